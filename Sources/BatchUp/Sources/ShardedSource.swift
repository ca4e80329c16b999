/// The part of one of several ranks in each batch of another source. Made by `sharded(rank:of:end:)`.
public struct ShardedSource<Base: RandomAccessSource>: RandomAccessSource, DerivedSource {
  public typealias Failure = Base.Failure
  public typealias Batch = Base.Batch

  public let base: Base
  let shard: Shard

  init(base: Base, shard: Shard) {
    self.base = base
    self.shard = shard
  }

  /// The samples of this rank; as many as the batches of all can have at most, where it depends on the batch size.
  public var sampleCount: SampleCount { base.sampleCount }

  public var wholeSampleCount: SampleCount? { base.sampleCount }

  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    shard.count(of: base.sampleCount(batchSize: batchSize, remainder: .keep), batchSize: batchSize)
  }

  public func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount {
    let rest = base.sampleCount(batchSize: batchSize, remainder: .keep, startingAt: place)
    return shard.count(of: rest, batchSize: batchSize)
  }

  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> ShardPositions<Base> {
    makePositionIterator(over: BatchRanges(batchSize: batchSize), order: order)
      ?? ShardPositions(
        whole: base.makePositionIterator(batchSize: batchSize, order: order), shard: shard, batchSize: batchSize)
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> ShardPositions<Base>? {
    guard ranges.rankCount == 1, base.sampleCount != .unknown else { return nil }
    let ranges = shard.ranges(of: ranges.limited(to: base.sampleCount.end))
    return base.makePositionIterator(over: ranges, order: order).map { ShardPositions(parts: $0, ranges: ranges) }
  }

  public func batch(
    at position: ShardPosition<Base.Position>, recycling recycler: StorageRecycler?
  ) throws(Failure) -> Batch {
    try base.batch(at: position.samples, recycling: recycler)
  }
}

extension ShardedSource: InOrderSource where Base: InOrderSource {}

/// What happens to the last batch, where the samples do not fill it.
public enum ShardEnd: Sendable, Hashable {
  /// It is left out, on all ranks.
  case drop
  /// It is split like the others, so that the parts of some ranks are shorter by one sample than those of others, or
  /// empty.
  case uneven
}

/// The parts of all ranks have the same number of samples in every step, the missing ones being copies, and a mask.
public enum ShardPadding: Sendable, Hashable {
  /// Each part is filled up with copies of its last sample (of the batch's last one where it has none), and comes with
  /// a mask that says which are real.
  case pad
}

extension RandomAccessSource {
  /// The part of rank `rank` of `rankCount` in each batch of this source.
  ///
  /// The batch size of `batches(of:)` is that of all ranks together: each batch is split into contiguous parts, in the
  /// order of the ranks; where the batch size is no multiple of their number, the first ones have one sample more. So
  /// the batches are the same for any number of ranks, each sample comes on one rank, and all ranks have as many steps.
  /// How short batches are dealt with, `end` says; `remainder:` has no say.
  ///
  /// Where the source can be entered at any place, a rank works out only its own part.
  ///
  /// - Precondition: `rank` is in `0..<rankCount`.
  public func sharded(rank: Int, of rankCount: Int, end: ShardEnd) -> ShardedSource<Self> {
    ShardedSource(base: self, shard: Shard(rank: rank, rankCount: rankCount, dropsShort: end == .drop))
  }

  /// As above, with batches `(batch, mask)` that have as many samples on every rank: the batch size by the number of
  /// ranks, rounded up. `predict` leaves out the padding, and the number of samples is that of the real ones.
  ///
  /// - Precondition: `rank` is in `0..<rankCount`.
  public func sharded(rank: Int, of rankCount: Int, end: ShardPadding) -> PaddedShardSource<Self> {
    PaddedShardSource(base: self, shard: Shard(rank: rank, rankCount: rankCount, dropsShort: false, pads: true))
  }
}

/// Sources whose batches may be parts of batches, with their own way to deal with the end.
protocol ShardedBatches {
  var deliversParts: Bool { get }
}

extension BatchSource {
  /// Whether batches are parts of batches, which may all be shorter than the batch size.
  var isSharded: Bool {
    if let source = self as? any ShardedBatches { return source.deliversParts }
    return (self as? any DerivedSource)?.base.isSharded ?? false
  }
}

extension ShardedSource: ShardedBatches { var deliversParts: Bool { true } }
extension PaddedShardSource: ShardedBatches { var deliversParts: Bool { true } }
extension AnySource: ShardedBatches { var deliversParts: Bool { base.isSharded } }
extension CompositeSource: ShardedBatches { var deliversParts: Bool { first.isSharded || second.isSharded } }
extension ChoiceSource: ShardedBatches { var deliversParts: Bool { members.contains { $0.isSharded } } }
