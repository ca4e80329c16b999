/// Batches that can be gone through from the first to the last, whether or not workers prepare them: what is reduced.
public protocol BatchSequence<Batch> {
  /// What one batch is: an array, or a tuple of them.
  associatedtype Batch

  /// How many samples one iteration delivers; at most that many where it depends on the batch size.
  var sampleCount: SampleCount { get }

  /// What all ranks go through together, where these are the batches of one of them; nil otherwise.
  var whole: WholeBatches? { get }

  /// Calls `body` with each batch, in order, and its number of samples.
  ///
  /// - Throws: what loading or `body` throws.
  func forEachBatch(_ body: (Batch, _ sampleCount: Int) throws -> Void) throws
}

/// What several ranks go through together, which must be the same on all of them.
public struct WholeBatches: Sendable, Hashable, CustomStringConvertible {
  /// The number of samples of all ranks.
  public let sampleCount: SampleCount
  /// The number of samples in a batch, before it is split.
  public let batchSize: Int

  public var description: String {
    switch sampleCount {
    case .finite(let count): "\(count) samples in batches of \(batchSize)"
    case .infinite: "endless samples in batches of \(batchSize)"
    case .unknown: "batches of \(batchSize)"
    }
  }
}

extension BatchSequence {
  public var whole: WholeBatches? { nil }

  /// As `forEachBatch(_:)`, with the samples counted for an observer; an error where the batches never end.
  @inlinable
  func forEachBatch(
    reportingTo observer: (any ProgressObserver)?, _ body: (Batch, _ sampleCount: Int) throws -> Void
  ) throws {
    if sampleCount == .infinite { throw ReductionError.endless }
    guard let observer else { return try forEachBatch(body) }
    var progress = ProgressCounter(totalCount: sampleCount.finiteCount, observer: observer)
    try forEachBatch { batch, sampleCount in
      try body(batch, sampleCount)
      progress.advance(by: sampleCount)
    }
    progress.finish()
  }
}

extension Batches: BatchSequence {
  public typealias Batch = Source.Batch

  @inlinable
  public func forEachBatch(_ body: (Source.Batch, _ sampleCount: Int) throws -> Void) throws {
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() { try body(batch, iterator.lastSampleCount) }
  }
}
