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
  public var sampleCount: SampleCount { lengths.sampleCount }

  /// How many batches one iteration delivers; nil where there is no end, or where it is not known beforehand.
  public var batchCount: Int? { lengths.batchCount }

  /// What all ranks go through together, where these are the batches of one of them; nil otherwise.
  public var whole: WholeBatches? {
    source.traits.wholeSampleCount.map { WholeBatches(sampleCount: $0, batchSize: batchSize) }
  }

  private var lengths: BatchLengths {
    let counts = resumption?.state.counts
    let offset = resumption?.isSeekable == true ? counts?.place : nil
    var lengths = source.traits.lengths(batchSize: batchSize, remainder: remainder, startingAt: offset ?? 0)
    if let counts, offset == nil {
      lengths = lengths.dropFirst(counts.batchCount, sampleCount: counts.sampleCount)
    }
    return limit == nil ? lengths : lengths.prefix(remainingBatchCount)
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
  public func makeIterator() -> Iterator {
    let origin = IterationOrigin(of: self)
    return Iterator(batches: self, origin: origin)
  }

  /// The same batches behind the first ones, which keep their numbers.
  func droppingFirst(_ count: Int) -> Batches {
    var result = self
    result.droppedBatchCount = count
    return result
  }

  /// The positions of the batches of an iteration that starts now.
  func makePositions(from origin: IterationOrigin) -> BatchPositions<Source> {
    let isSeekable = resumption?.isSeekable ?? false
    let ranges = BatchRanges(batchSize: batchSize, start: isSeekable ? origin.start.place : 0)
    // Parts of batches are shorter than the batch size; their source drops the short ones.
    var positions = BatchPositions<Source>(
      base: source.positions(over: ranges, order: origin.order),
      minimumCount: remainder == .drop && !source.traits.deliversParts ? batchSize : 0, of: source.sampleCount,
      remaining: remainingBatchCount)
    positions.passOver(
      (isSeekable ? 0 : origin.start.batchCount) + droppedBatchCount, reportingTo: resumption?.progress)
    return positions
  }

  /// Delivers the batches one after the other.
  public struct Iterator {
    @usableFromInline let source: Source
    private let batches: Batches
    /// Nil until the first batch is asked for, since a sampler may draw from the order as soon as it makes indices.
    @usableFromInline var positions: BatchPositions<Source>?
    @usableFromInline var context = BatchContext()
    private let origin: IterationOrigin
    @usableFromInline var counts: IterationCounts
    @usableFromInline let isAccounted: Bool

    /// The number of samples in the batch that `nextBatch()` delivered last.
    @inlinable public var lastSampleCount: Int { deliveredCount }
    @usableFromInline var deliveredCount = 0
    /// The number of its rows, which is larger where it is padded.
    @usableFromInline package var lastRowCount = 0

    init(batches: Batches, origin: IterationOrigin) {
      source = batches.source
      self.batches = batches
      self.origin = origin
      counts = origin.start
      isAccounted = counts.digest != nil
      context.failures = RowFailures()
    }

    /// How far the iteration has come, to resume it from there: `resuming(_:)`.
    ///
    /// - Complexity: O(1), but for the first one of an iteration over chosen or weighted samples, which takes a look at
    ///   all of them.
    public var state: IterationState { origin.state(counts) }

    /// What has been delivered, from the beginning of the whole iteration on; nil unless it is `accounted()`, and where it
    /// is resumed from a state without a digest.
    public var digest: SampleDigest? { counts.digest }

    /// The next batch; nil after the last. After an error, the next call delivers the batch behind the failed one.
    @inlinable
    public mutating func nextBatch() throws(Source.Failure) -> Source.Batch? {
      if positions == nil { begin() }
      guard let position = positions?.next() else { return nil }
      deliveredCount = position.sampleCount
      lastRowCount = position.rowCount
      counts.batchCount += 1
      counts.sampleCount += deliveredCount
      do throws(Source.Failure) {
        let batch = try source.batch(at: position, in: context)
        if isAccounted { account(for: position) }
        return batch
      } catch {
        noteFailure()
        throw error
      }
    }

    /// The samples of a batch that was never made are not known, and do not count.
    @usableFromInline
    mutating func noteFailure() {
      if context.failures?.byPlace == nil { counts.sampleCount -= deliveredCount }
      context.failures = RowFailures()
    }

    @usableFromInline
    mutating func begin() {
      origin.begin()
      positions = batches.makePositions(from: origin)
    }

    @usableFromInline
    mutating func account(for position: Source.Position) {
      let place = origin.place(behind: counts.batchCount - 1)
      counts.digest?.add(position.sampleKeys, first: position.sampleCount, at: place)
    }
  }
}

extension Batches.Iterator: IteratorProtocol where Source.Failure == Never {
  @inlinable
  public mutating func next() -> Source.Batch? { nextBatch() }
}

extension Batches: Sequence where Source.Failure == Never {}

extension Batches: Sendable where Source: Sendable {}
