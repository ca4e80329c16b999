/// The batches of a source, to be iterated over.
///
/// Where loading cannot fail this is a `Sequence`; otherwise make an iterator and call `nextBatch()`:
///
/// ```swift
/// var iterator = source.batches(of: 64).makeIterator()
/// while let (x, y) = try iterator.nextBatch() { … }
/// ```
///
/// Each batch belongs to whoever receives it, for as long as it is kept.
public struct Batches<Source: BatchSource> {
  let source: Source
  let batchSize: Int
  let shuffle: Shuffle?
  let remainder: Remainder
  private var limit: Int?
  private var droppedSampleCount = 0

  @usableFromInline
  init(source: Source, batchSize: Int, shuffle: Shuffle?, remainder: Remainder) {
    precondition(batchSize > 0, "a batch has at least one sample, not \(batchSize)")
    self.source = source
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.remainder = remainder
  }

  /// How many samples one iteration delivers; at most that many where it depends on the batch size.
  public var sampleCount: SampleCount {
    switch source.sampleCount(batchSize: batchSize, remainder: remainder) {
    case .finite(let count): .finite(Swift.min(count, sampleLimit))
    case .infinite: limit == nil ? .infinite : .finite(sampleLimit)
    case .unknown: .unknown
    }
  }

  private var sampleLimit: Int {
    guard let limit else { return .max }
    let (count, overflow) = limit.multipliedReportingOverflow(by: batchSize)
    return overflow ? .max : count
  }

  /// At most the first `count` batches.
  public func prefix(_ count: Int) -> Batches {
    precondition(count >= 0, "the number of batches is not negative, not \(count)")
    var result = self
    result.limit = Swift.min(limit ?? count, count)
    return result
  }

  /// Starts an iteration of its own, which other iterations do not disturb.
  public func makeIterator() -> Iterator {
    Iterator(
      base: source.makeBatchIterator(batchSize: batchSize, order: makeOrder()),
      minimumCount: minimumCount, remaining: limit ?? .max)
  }

  private func makeOrder() -> SampleOrder { shuffle?.makeOrder() ?? .inOrder }

  private var minimumCount: Int { remainder == .drop ? batchSize : 0 }

  /// Delivers the batches one after the other.
  public struct Iterator {
    @usableFromInline var base: Source.BatchIterator
    @usableFromInline let minimumCount: Int
    @usableFromInline var remaining: Int

    /// The number of samples in the batch that `nextBatch()` delivered last.
    @inlinable public var lastSampleCount: Int { deliveredCount }
    @usableFromInline var deliveredCount = 0

    init(base: Source.BatchIterator, minimumCount: Int, remaining: Int) {
      self.base = base
      self.minimumCount = minimumCount
      self.remaining = remaining
    }

    /// The next batch; nil after the last. After an error, the next call goes on with the batch behind the failed one.
    @inlinable
    public mutating func nextBatch() throws(Source.Failure) -> Source.Batch? {
      if remaining == 0 { return nil }
      remaining -= 1
      while let count = try base.advance() {
        if count < minimumCount { continue }
        deliveredCount = count
        return try base.makeBatch(ofFirst: count)
      }
      remaining = 0
      return nil
    }
  }
}

extension Batches where Source: RandomAccessSource {
  /// The batches behind the first ones that have so many samples together; only for `makePositions()`.
  func droppingFirst(samples count: Int) -> Batches {
    var result = self
    result.droppedSampleCount = count
    return result
  }

  /// What is in each batch of an iteration that starts now.
  func makePositions() -> BatchPositions<Source> {
    BatchPositions(
      base: source.makePositionIterator(batchSize: batchSize, order: makeOrder()), minimumCount: minimumCount,
      remaining: limit ?? .max, droppedSampleCount: droppedSampleCount)
  }
}

extension Batches.Iterator: IteratorProtocol where Source.Failure == Never {
  @inlinable
  public mutating func next() -> Source.Batch? { nextBatch() }
}

extension Batches: Sequence where Source.Failure == Never {}

extension Batches: Sendable where Source: Sendable {}
