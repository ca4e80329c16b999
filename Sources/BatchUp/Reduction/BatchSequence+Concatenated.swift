extension BatchSequence {
  /// The results of `transform` for all batches, joined in order: prediction over a whole source.
  ///
  /// Arrays are copied straight to their place in the result, so that no more memory than the result's is needed.
  ///
  /// - Parameters:
  ///   - progress: is told how many samples are done.
  ///   - transform: is called with each batch, in order.
  /// - Throws: `ReductionError`, or what loading or `transform` throws.
  public func concatenated<Result: BatchConcatenable>(
    progress: (any ProgressObserver)? = nil, _ transform: (Batch) throws -> Result
  ) throws -> Result {
    let concatenation = Result.makeConcatenation(expectedCount: sampleCount.finiteCount)
    try forEachBatch(reportingTo: progress) { batch, count in
      try concatenation.append(try transform(batch), sampleCount: count)
    }
    return concatenation.whole()
  }

  /// The several results of `transform` for all batches, each joined in order.
  ///
  /// - Parameters:
  ///   - progress: is told how many samples are done.
  ///   - transform: is called with each batch, in order.
  /// - Throws: `ReductionError`, or what loading or `transform` throws.
  public func concatenated<each Result: BatchConcatenable>(
    progress: (any ProgressObserver)? = nil, _ transform: (Batch) throws -> (repeat each Result)
  ) throws -> (repeat each Result) {
    let expectedCount = sampleCount.finiteCount
    let concatenations = (repeat (each Result).makeConcatenation(expectedCount: expectedCount))
    try forEachBatch(reportingTo: progress) { batch, count in
      let results = try transform(batch)
      repeat try (each concatenations).append(each results, sampleCount: count)
    }
    return (repeat (each concatenations).whole())
  }
}
