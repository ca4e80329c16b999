/// The whole batches of one of several ranks. Made by `dealt(rank:of:)`.
public struct DealtSource<Base: BatchSource>: BatchSource {
  public typealias Failure = Base.Failure
  public typealias Batch = Base.Batch

  private let base: Base
  private let rank: Int
  private let rankCount: Int

  init(base: Base, rank: Int, of rankCount: Int) {
    precondition(rankCount > 0, "there is at least one rank, not \(rankCount)")
    precondition((0..<rankCount).contains(rank), "rank \(rank) is outside 0..<\(rankCount)")
    self.base = base
    self.rank = rank
    self.rankCount = rankCount
  }

  /// The fingerprint is that of the base and the rank: a state is one of this rank alone.
  public var traits: SourceTraits {
    let whole = base.traits
    var traits = whole.combining { [rank, rankCount] fingerprint in
      fingerprint.combine(rank)
      fingerprint.combine(rankCount)
    }
    traits.isSeekable = false
    traits.wholeSampleCount = whole.sampleCount
    traits.measuring = { [rank, rankCount] batchSize, _ in
      whole.lengths(batchSize: batchSize, startingAt: 0).dealt(rank: rank, of: rankCount)
    }
    return traits
  }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    Positions(
      base: base.positions(over: ranges, order: order), batchSize: ranges.batchSize, rank: rank, rankCount: rankCount)
  }

  public func batch(at position: Position, in context: BatchContext) throws(Failure) -> Batch {
    try base.batch(at: position.base, in: context)
  }

  /// Says which samples are in a batch.
  public struct Position: BatchPosition {
    let base: Base.Position
    /// How many samples of other ranks come before, at most.
    let skippedCount: Int

    public var sampleCount: Int { base.sampleCount }

    public var sampleIndices: Base.Position.SampleIndices { base.sampleIndices }

    public var rowCount: Int { base.rowCount }

    public func selecting(_ places: [Int]) -> Position {
      Position(base: base.selecting(places), skippedCount: skippedCount)
    }

    public func trimmed(to count: Int) -> Position {
      Position(base: base.trimmed(to: count), skippedCount: skippedCount)
    }

    public func sampleIndices(at place: Int) -> [Int] { base.sampleIndices(at: place) }

    public var sampleKeys: SampleKeys {
      var keys = base.sampleKeys
      keys.firstPlace &+= skippedCount
      return keys
    }
  }

  /// Every `rankCount`-th position of the base.
  public struct Positions: IteratorProtocol {
    private var base: Base.Positions
    private let batchSize: Int
    private let rankCount: Int
    /// How many positions of other ranks come before the next one of this rank.
    private var leadCount: Int
    private var skippedCount = 0

    init(base: Base.Positions, batchSize: Int, rank: Int, rankCount: Int) {
      self.base = base
      self.batchSize = batchSize
      self.rankCount = rankCount
      leadCount = rank
    }

    public mutating func next() -> Position? {
      for _ in 0..<leadCount {
        if base.next() == nil { return nil }
        skippedCount &+= batchSize
      }
      leadCount = rankCount - 1
      return base.next().map { Position(base: $0, skippedCount: skippedCount) }
    }
  }
}

extension DealtSource: InOrderSource where Base: InOrderSource {}

extension DealtSource: Sendable where Base: Sendable {}

extension BatchSource {
  /// The batches `rank`, `rank + rankCount`, `rank + 2 rankCount` and so on of this source, whole.
  ///
  /// For what is worked out batch by batch, such as sums and predictions: whatever the number of ranks, each batch is the
  /// one that a single process would get. Some ranks may have one batch less than others; for steps that all ranks take
  /// together, use `sharded(rank:of:end:)`.
  ///
  /// - Precondition: `rank` is in `0..<rankCount`.
  public func dealt(rank: Int, of rankCount: Int) -> DealtSource<Self> {
    DealtSource(base: self, rank: rank, of: rankCount)
  }
}
