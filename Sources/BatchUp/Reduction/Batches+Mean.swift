extension Batches {
  /// The mean over all samples of what `sum` returns summed over the samples of a batch: a mean loss.
  ///
  /// The sums of the batches are added in Float64, in the order of the batches, and divided by the number of samples.
  ///
  /// - Throws: `ReductionError`, or what loading or `sum` throws.
  public func mean<Sum: BatchSummable>(_ sum: (Source.Batch) throws -> Sum) throws -> Sum.Mean {
    try requireEnd()
    var total: Sum.Mean?
    var sampleCount = 0
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() {
      total = try sum(batch).added(to: total)
      sampleCount += iterator.lastSampleCount
    }
    guard let total, sampleCount > 0 else { throw ReductionError.noSamples }
    return Sum.mean(of: total, over: sampleCount)
  }

  /// The means over all samples of the several values that `sums` returns, each summed over the samples of a batch.
  ///
  /// - Throws: `ReductionError`, or what loading or `sums` throws.
  public func mean<each Sum: BatchSummable>(
    _ sums: (Source.Batch) throws -> (repeat each Sum)
  ) throws -> (repeat (each Sum).Mean) {
    try requireEnd()
    var totals: (repeat (each Sum).Mean)?
    var sampleCount = 0
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() {
      let results = try sums(batch)
      if let previous = totals {
        totals = .some((repeat (each results).added(to: each previous)))
      } else {
        totals = .some((repeat (each results).added(to: nil)))
      }
      sampleCount += iterator.lastSampleCount
    }
    guard let totals, sampleCount > 0 else { throw ReductionError.noSamples }
    return (repeat (each Sum).mean(of: each totals, over: sampleCount))
  }
}
