extension Batches {
  /// The results of `transform` for all batches, joined in order: prediction over a whole source.
  ///
  /// - Throws: `ReductionError.endless`, or what loading or `transform` throws.
  public func concatenated<Result: BatchConcatenable>(
    _ transform: (Source.Batch) throws -> Result
  ) throws -> Result {
    try requireEnd()
    var parts: [Result] = []
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() { parts.append(try transform(batch)) }
    return Result.concatenating(parts)
  }

  /// The several results of `transform` for all batches, each joined in order.
  ///
  /// - Throws: `ReductionError.endless`, or what loading or `transform` throws.
  public func concatenated<each Result: BatchConcatenable>(
    _ transform: (Source.Batch) throws -> (repeat each Result)
  ) throws -> (repeat each Result) {
    try requireEnd()
    var parts = (repeat [each Result]())
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() {
      let results = try transform(batch)
      parts = (repeat (each parts) + [each results])
    }
    return (repeat (each Result).concatenating(each parts))
  }
}
