extension BatchSequence {
  /// The mean over all samples of what `sum` returns summed over the samples of a batch: a mean loss.
  ///
  /// The sums of the batches are added in Float64, in the order of the batches, and divided by the number of samples.
  ///
  /// - Parameters:
  ///   - progress: is told how many samples are done.
  ///   - sum: is called with each batch, in order.
  /// - Precondition: a sum that is an array has the same shape in all batches.
  /// - Throws: `ReductionError`, or what loading or `sum` throws.
  public func mean<Sum: BatchSummable>(
    progress: (any ProgressObserver)? = nil, _ sum: (Batch) throws -> Sum
  ) throws -> Sum.Mean {
    var total: Sum.Mean?
    var sampleCount = 0
    try forEachBatch(reportingTo: progress) { batch, count in
      total = try sum(batch).added(to: total)
      sampleCount += count
    }
    guard let total, sampleCount > 0 else { throw ReductionError.noSamples }
    return Sum.mean(of: total, over: sampleCount)
  }

  /// The means over all samples of the several values that `sums` returns, each summed over the samples of a batch.
  ///
  /// - Parameters:
  ///   - progress: is told how many samples are done.
  ///   - sums: is called with each batch, in order.
  /// - Precondition: a sum that is an array has the same shape in all batches.
  /// - Throws: `ReductionError`, or what loading or `sums` throws.
  public func mean<each Sum: BatchSummable>(
    progress: (any ProgressObserver)? = nil, _ sums: (Batch) throws -> (repeat each Sum)
  ) throws -> (repeat (each Sum).Mean) {
    var totals: (repeat (each Sum).Mean)?
    var sampleCount = 0
    try forEachBatch(reportingTo: progress) { batch, count in
      let results = try sums(batch)
      if let previous = totals {
        totals = .some((repeat (each results).added(to: each previous)))
      } else {
        totals = .some((repeat (each results).added(to: nil)))
      }
      sampleCount += count
    }
    guard let totals, sampleCount > 0 else { throw ReductionError.noSamples }
    return (repeat (each Sum).mean(of: each totals, over: sampleCount))
  }

  /// The mean over all samples of what `results` returns for each of them: arrays with a value, or several, per sample.
  ///
  /// Each batch's results are summed along `sumAxis`, the axis that counts samples, and then treated as by `mean(_:)`.
  /// Swift arrays give a number, and `NDArray`s an array without that axis, whose only element is `scalar` where no
  /// other axis is left.
  ///
  /// - Parameters:
  ///   - sumAxis: the axis that counts samples.
  ///   - progress: is told how many samples are done.
  ///   - results: is called with each batch, in order.
  /// - Precondition: `sumAxis` is an axis of each result, and the other axes are the same in all batches.
  /// - Throws: `ReductionError`, or what loading or `results` throws.
  public func mean<each Result: AxisSummable>(
    sumAxis: Int, progress: (any ProgressObserver)? = nil, _ results: (Batch) throws -> (repeat each Result)
  ) throws -> (repeat (each Result).Sum.Mean) {
    try mean(progress: progress) { batch in
      let results = try results(batch)
      return (repeat (each results).sum(axis: sumAxis))
    }
  }
}
