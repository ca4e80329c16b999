extension BatchSequence {
  /// The results of `transform` for all batches, joined in order: prediction over a whole source.
  ///
  /// Arrays are copied straight to their place in the result, so that no more memory than the result's is needed.
  ///
  /// - Parameter progress: is told how many samples are done.
  /// - Throws: `ReductionError.endless`, or what loading or `transform` throws.
  public func concatenated<Result: BatchConcatenable>(
    progress: (any ProgressObserver)? = nil, _ transform: (Batch) throws -> Result
  ) throws -> Result {
    let concatenation = Result.makeConcatenation(expectedCount: sampleCount.finiteCount)
    try forEachBatch(reportingTo: progress) { batch, _ in concatenation.append(try transform(batch)) }
    return concatenation.whole()
  }

  /// The several results of `transform` for all batches, each joined in order.
  ///
  /// - Parameter progress: is told how many samples are done.
  /// - Throws: `ReductionError.endless`, or what loading or `transform` throws.
  public func concatenated<each Result: BatchConcatenable>(
    progress: (any ProgressObserver)? = nil, _ transform: (Batch) throws -> (repeat each Result)
  ) throws -> (repeat each Result) {
    let count = sampleCount.finiteCount
    let concatenations = (repeat (each Result).makeConcatenation(expectedCount: count))
    try forEachBatch(reportingTo: progress) { batch, _ in
      let results = try transform(batch)
      repeat (each concatenations).append(each results)
    }
    return (repeat (each concatenations).whole())
  }
}
