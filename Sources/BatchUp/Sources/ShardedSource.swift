/// The part of one of several ranks in each batch of another source. Made by `sharded(rank:of:end:)`.
public struct ShardedSource<Base: BatchSource>: BatchSource {
  public typealias Failure = Base.Failure
  public typealias Batch = Base.Batch

  let base: Base
  let shard: Shard

  /// The sample count is that of all ranks, which the batches of one can have at most.
  public var traits: SourceTraits {
    let whole = base.traits
    var traits = whole
    traits.wholeSampleCount = whole.sampleCount
    traits.isSeekable = whole.canBeSplit
    traits.isEven = false
    traits.deliversParts = true
    let dropsShort = shard.dropsShort && !whole.deliversParts
    traits.measuring = { [shard] batchSize, offset in
      whole.lengths(batchSize: batchSize, startingAt: offset).dropping(shorterThan: dropsShort ? batchSize : 0)
        .parts { shard.part(of: $0).count }
    }
    return traits
  }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    let traits = base.traits
    let isSplit = traits.canBeSplit && order.isSeekable
    let ranges = isSplit ? shard.ranges(of: ranges.limited(to: base.sampleCount.end)) : ranges
    let leastCount = shard.dropsShort && !traits.deliversParts ? ranges.batchSize : 0
    return Positions(
      base: base.positions(over: ranges, order: order), shard: shard,
      shortBatches: ShortBatches(leastCount: leastCount, of: traits.sampleCount), parts: isSplit ? ranges : nil)
  }

  public func batch(at position: ShardPosition<Base.Position>, in context: BatchContext) throws(Failure) -> Batch {
    try base.batch(at: position.samples, in: context)
  }

  /// Says which samples are in the rank's part of each batch.
  public struct Positions: IteratorProtocol {
    var base: Base.Positions
    let shard: Shard
    /// Those that are left out. Parts of batches are short in any case.
    let shortBatches: ShortBatches
    /// The offsets of the parts, where the base delivers nothing else; nil where it delivers whole batches.
    var parts: BatchRanges?

    public mutating func next() -> ShardPosition<Base.Position>? {
      guard let start = parts?.start else { return nextOfWhole() }
      guard let samples = base.next(), let part = parts?.nextPart() else { return nil }
      return ShardPosition(
        samples: samples, sampleCount: part.count, firstPlace: part.lowerBound - start, keepsOne: shard.pads)
    }

    private mutating func nextOfWhole() -> ShardPosition<Base.Position>? {
      guard let first = base.next(), let whole = shortBatches.isShort(first) ? shortBatches.next(of: &base) : first
      else { return nil }
      let count = whole.sampleCount
      let part = shard.part(of: count)
      // Where the whole batch is empty, there is nothing to pad with on any rank.
      let kept = part.isEmpty && shard.pads ? max(count - 1, 0)..<count : part
      return ShardPosition(
        samples: whole.selecting(Array(kept)), sampleCount: part.count, firstPlace: part.lowerBound,
        keepsOne: shard.pads && count > 0)
    }
  }
}

extension SourceTraits {
  /// Whether a rank can work out its own part alone. The parts of a part have no ranges of their own.
  fileprivate var canBeSplit: Bool { isSeekable && !deliversParts && sampleCount != .unknown }
}

extension ShardedSource: InOrderSource where Base: InOrderSource {}

extension ShardedSource: Sendable where Base: Sendable {}

/// Which samples are in a rank's part of a batch.
public struct ShardPosition<Samples: BatchPosition>: BatchPosition {
  /// The samples of the part; one to pad with where the part is to be padded and has none.
  public let samples: Samples
  /// The number of samples of the part, which may be 0.
  public let sampleCount: Int
  /// Where the part begins in the batch.
  let firstPlace: Int
  let keepsOne: Bool

  public var sampleIndices: Samples.SampleIndices { samples.sampleIndices }

  public var rowCount: Int { samples.rowCount }

  public func selecting(_ places: [Int]) -> ShardPosition {
    ShardPosition(
      samples: samples.selecting(places.isEmpty && keepsOne ? [0] : places), sampleCount: places.count,
      firstPlace: firstPlace, keepsOne: keepsOne)
  }

  public func trimmed(to count: Int) -> ShardPosition {
    let kept = count == 0 && keepsOne ? 1 : count
    return ShardPosition(
      samples: samples.trimmed(to: kept), sampleCount: count, firstPlace: firstPlace, keepsOne: keepsOne)
  }

  public func sampleIndices(at place: Int) -> [Int] { samples.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys {
    var keys = samples.sampleKeys
    if sampleCount == 0 { keys.words = [] }
    keys.firstPlace &+= firstPlace
    return keys
  }
}

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

extension BatchSource {
  /// The part of rank `rank` of `rankCount` in each batch of this source.
  ///
  /// The batch size of `batches(of:)` is that of all ranks together: each batch is split into contiguous parts, in the
  /// order of the ranks; where the batch size is no multiple of their number, the first ones have one sample more. So
  /// the batches are the same for any number of ranks, each sample comes on one rank, and all ranks have as many steps.
  /// `end` says what happens to short batches; `remainder:` has no say.
  ///
  /// Where the source can be entered at any offset, a rank works out only its own part.
  ///
  /// - Precondition: `rank` is in `0..<rankCount`.
  public func sharded(rank: Int, of rankCount: Int, end: ShardEnd) -> ShardedSource<Self> {
    ShardedSource(base: self, shard: Shard(rank: rank, rankCount: rankCount, dropsShort: end == .drop))
  }

  /// As above, with batches `(batch, mask)` that have as many rows on every rank: the batch size by the number of ranks,
  /// rounded up. `predict` leaves out the padding, and the number of samples is that of the real ones.
  ///
  /// - Precondition: `rank` is in `0..<rankCount`.
  public func sharded(rank: Int, of rankCount: Int, end: ShardPadding) -> PaddedSource<ShardedSource<Self>> {
    let shard = Shard(rank: rank, rankCount: rankCount, dropsShort: false, pads: true)
    return PaddedSource(base: ShardedSource(base: self, shard: shard), rankCount: rankCount) { $0.keepsOne }
  }
}

/// The padded part of one of several ranks in each batch of another source. Made by `sharded(rank:of:end: .pad)`.
public typealias PaddedShardSource<Base: BatchSource> = PaddedSource<ShardedSource<Base>>
