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
  /// Where iterations start; nil for the beginning.
  var resumption: Resumption?
  var isAccounted = false
  /// How many batches are left out at the beginning.
  private(set) var droppedBatchCount = 0

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
    switch remainingSampleCount {
    case .finite(let count): .finite(Swift.min(count, sampleLimit))
    case .infinite: limit == nil ? .infinite : .finite(sampleLimit)
    case .unknown: .unknown
    }
  }

  /// What all ranks go through together, where these are the batches of one of them; nil otherwise.
  public var whole: WholeBatches? {
    source.wholeSampleCount.map { WholeBatches(sampleCount: $0, batchSize: batchSize) }
  }

  /// Without the limit.
  private var remainingSampleCount: SampleCount {
    guard let resumption else { return source.sampleCount(batchSize: batchSize, remainder: remainder) }
    let counts = resumption.state.counts
    if resumption.isSeekable {
      return source.sampleCount(batchSize: batchSize, remainder: remainder, startingAt: counts.place)
    }
    return source.sampleCount(batchSize: batchSize, remainder: remainder).without(counts.sampleCount)
  }

  private var sampleLimit: Int {
    limit == nil ? .max : remainingBatchCount.multipliedSaturating(by: batchSize)
  }

  private var remainingBatchCount: Int {
    Swift.max((limit ?? .max) - (resumption?.state.batchCount ?? 0), 0)
  }

  /// At most the first `count` batches.
  public func prefix(_ count: Int) -> Batches {
    precondition(count >= 0, "the number of batches is not negative, not \(count)")
    var result = self
    result.limit = Swift.min(limit ?? count, count)
    return result
  }

  /// Starts an iteration of its own, which other iterations do not disturb.
  public func makeIterator() -> Iterator { makeIterator(from: IterationOrigin(of: self)) }

  func makeIterator(from origin: IterationOrigin) -> Iterator {
    if let ranges = seekableRanges, let base = source.makeBatchIterator(over: ranges, order: origin.order) {
      return makeIterator(base, from: origin)
    }
    var iterator = makeIterator(source.makeBatchIterator(batchSize: batchSize, order: origin.order), from: origin)
    iterator.passOver(batchCount: origin.start.batchCount)
    return iterator
  }

  private func makeIterator(_ base: Source.BatchIterator, from origin: IterationOrigin) -> Iterator {
    Iterator(base: base, origin: origin, minimumCount: minimumCount, remaining: remainingBatchCount)
  }

  /// Where an iteration goes straight to its place.
  private var seekableRanges: BatchRanges? {
    guard let resumption, resumption.isSeekable else { return nil }
    return BatchRanges(batchSize: batchSize, start: resumption.state.counts.place)
  }

  /// Parts of batches are shorter than these; their source drops the short ones.
  private var minimumCount: Int { remainder == .drop && !source.isSharded ? batchSize : 0 }

  /// Delivers the batches one after the other.
  public struct Iterator {
    @usableFromInline var base: Source.BatchIterator
    @usableFromInline let minimumCount: Int
    @usableFromInline var remaining: Int
    @usableFromInline let origin: IterationOrigin
    @usableFromInline var counts: IterationCounts
    @usableFromInline let isAccounted: Bool

    /// The number of samples in the batch that `nextBatch()` delivered last.
    @inlinable public var lastSampleCount: Int { deliveredCount }
    @usableFromInline var deliveredCount = 0

    init(base: Source.BatchIterator, origin: IterationOrigin, minimumCount: Int, remaining: Int) {
      self.base = base
      self.origin = origin
      self.minimumCount = minimumCount
      self.remaining = remaining
      counts = origin.start
      isAccounted = counts.digest != nil
    }

    /// How far the iteration has come, to go on from there: `resuming(_:)`.
    ///
    /// - Complexity: O(1), but for the first one of an iteration over chosen or weighted samples, which takes a look at
    ///   all of them.
    public var state: IterationState { origin.state(counts) }

    /// What has been delivered, from the beginning of the whole iteration on; nil unless it is `accounted()`.
    public var digest: SampleDigest? { counts.digest }

    /// The next batch; nil after the last. After an error, the next call goes on with the batch behind the failed one.
    @inlinable
    public mutating func nextBatch() throws(Source.Failure) -> Source.Batch? {
      if remaining == 0 { return nil }
      remaining -= 1
      origin.begin()
      counts.batchCount += 1
      guard let count = try advance() else {
        counts.batchCount -= 1
        remaining = 0
        return nil
      }
      counts.sampleCount += count
      deliveredCount = count
      return isAccounted ? try makeAccountedBatch(count) : try base.makeBatch(ofFirst: count)
    }

    /// Moves on to the next batch that is not dropped.
    @inlinable
    mutating func advance() throws(Source.Failure) -> Int? {
      while let count = try base.advance() {
        if count >= minimumCount { return count }
      }
      return nil
    }

    @usableFromInline
    mutating func makeAccountedBatch(_ count: Int) throws(Source.Failure) -> Source.Batch {
      let keys = base.sampleKeys
      let batch = try base.makeBatch(ofFirst: count)
      let place = origin.place(behind: counts.batchCount - 1)
      if let keys { counts.digest?.add(keys, first: count, at: place) }
      return batch
    }

    /// Moves on without making batches, unless the task is cancelled: then there are no more.
    mutating func passOver(batchCount: Int) {
      for number in 0..<batchCount {
        if isCancelled(at: number) {
          remaining = 0
          return
        }
        do throws(Source.Failure) {
          guard try advance() != nil else { return }
        } catch {
          continue
        }
      }
    }
  }
}

/// Whether the task that passes over many batches has been cancelled, which it asks at every 1,024th.
private func isCancelled(at number: Int) -> Bool { number % 1_024 == 1_023 && Task.isCancelled }

extension Batches where Source: RandomAccessSource {
  /// The batches behind the first ones, which keep their numbers; only for `makePositions()`.
  func droppingFirst(_ count: Int) -> Batches {
    var result = self
    result.droppedBatchCount = count
    return result
  }

  /// What is in each batch of an iteration that starts now.
  func makePositions(from origin: IterationOrigin) -> BatchPositions<Source> {
    if let ranges = seekableRanges, let base = source.makePositionIterator(over: ranges, order: origin.order) {
      return makePositions(base)
    }
    var positions = makePositions(source.makePositionIterator(batchSize: batchSize, order: origin.order))
    for number in 0..<origin.start.batchCount {
      if isCancelled(at: number) { positions.remaining = 0 }
      if !positions.passOver() { break }
    }
    return positions
  }

  private func makePositions(_ base: Source.Positions) -> BatchPositions<Source> {
    var positions = BatchPositions<Source>(base: base, minimumCount: minimumCount, remaining: remainingBatchCount)
    for _ in 0..<droppedBatchCount where !positions.passOver() { break }
    return positions
  }
}

extension Batches.Iterator: IteratorProtocol where Source.Failure == Never {
  @inlinable
  public mutating func next() -> Source.Batch? { nextBatch() }
}

extension Batches: Sequence where Source.Failure == Never {}

extension Batches: Sendable where Source: Sendable {}
