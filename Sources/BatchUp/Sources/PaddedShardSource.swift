/// The part of one of several ranks in each batch of another source, filled up so that the parts of all ranks have the
/// same number of samples. Made by `sharded(rank:of:end: .pad)`.
public struct PaddedShardSource<Base: RandomAccessSource>: RandomAccessSource {
  public typealias Failure = Base.Failure
  /// The samples, and for each whether it is real.
  public typealias Batch = (Base.Batch, NDArray<Bool>)

  let parts: ShardedSource<Base>

  init(base: Base, shard: Shard) {
    parts = ShardedSource(base: base, shard: shard)
  }

  public var sampleCount: SampleCount { parts.sampleCount }

  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    parts.sampleCount(batchSize: batchSize, remainder: remainder)
  }

  public func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount {
    parts.sampleCount(batchSize: batchSize, remainder: remainder, startingAt: place)
  }

  public var fingerprint: Fingerprint { parts.fingerprint }

  public var wholeSampleCount: SampleCount? { parts.wholeSampleCount }

  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions {
    Positions(
      base: parts.makePositionIterator(batchSize: batchSize, order: order),
      placeCount: parts.shard.placeCount(batchSize: batchSize))
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Positions? {
    parts.makePositionIterator(over: ranges, order: order).map {
      Positions(base: $0, placeCount: parts.shard.placeCount(batchSize: ranges.batchSize))
    }
  }

  public func batch(
    at position: Position, recycling recycler: StorageRecycler?
  ) throws(Failure) -> (Base.Batch, NDArray<Bool>) {
    let placeCount = max(position.sampleCount, position.placeCount)
    return (
      try parts.base.batch(at: position.base.samples.filled(to: placeCount), recycling: recycler),
      NDArray(maskOf: position.sampleCount, among: placeCount, recycler: recycler)
    )
  }

  /// Says which samples are in a part, and how many places it has.
  public struct Position: BatchPosition {
    let base: ShardPosition<Base.Position>
    let placeCount: Int

    public var sampleCount: Int { base.sampleCount }

    public func trimmed(to count: Int) -> Position { Position(base: base.trimmed(to: count), placeCount: placeCount) }

    public func picking(_ places: [Int]) -> Position { Position(base: base.picking(places), placeCount: placeCount) }

    public func sampleIndices(at place: Int) -> [Int] { base.sampleIndices(at: place) }

    public var sampleKeys: SampleKeys { base.sampleKeys }
  }

  /// The positions of the parts, one after the other.
  public struct Positions: IteratorProtocol {
    var base: ShardPositions<Base>
    let placeCount: Int

    public mutating func next() -> Position? { base.next().map { Position(base: $0, placeCount: placeCount) } }
  }
}

extension PaddedShardSource: InOrderSource where Base: InOrderSource {}

extension PaddedShardSource: FixedShapeSource {
  package func placeCount(for sampleCount: Int, batchSize: Int) -> Int {
    max(sampleCount, parts.shard.placeCount(batchSize: batchSize))
  }
}
