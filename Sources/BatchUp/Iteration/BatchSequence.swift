/// Batches that can be gone through to their end: those that are made on the way, and those that workers prepare.
public protocol BatchSequence<Batch> {
  associatedtype Batch

  /// Calls `body` with each batch, in order.
  ///
  /// - Throws: `ReductionError.endless` where it is known that there is no end, or what loading or `body` throws.
  func forEachBatch(_ body: (Batch) throws -> Void) throws
}

extension Batches: BatchSequence {
  public typealias Batch = Source.Batch

  public func forEachBatch(_ body: (Source.Batch) throws -> Void) throws {
    try requireEnd()
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() { try body(batch) }
  }
}

extension PrefetchedBatches: BatchSequence {
  public func forEachBatch(_ body: (Batch) throws -> Void) throws {
    var iterator = makeIterator()
    defer { iterator.close() }
    while let batch = try iterator.nextBatch() { try body(batch) }
  }
}
