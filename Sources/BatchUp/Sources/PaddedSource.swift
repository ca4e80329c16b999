/// A source whose batches all have the batch size, for models of a fixed shape: the samples that a short batch lacks are
/// copies of its last one, and a mask tells which are real.
///
/// Made by `padded()`. The number of samples is that of the real ones.
public struct PaddedSource<Base: RandomAccessSource>: RandomAccessSource, DerivedSource {
  public typealias Failure = Base.Failure
  /// The padded batch, and for each of its samples whether it is real.
  public typealias Batch = (Base.Batch, NDArray<Bool>)

  public let base: Base

  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions {
    Positions(base: base.makePositionIterator(batchSize: batchSize, order: order), batchSize: batchSize)
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Positions? {
    base.makePositionIterator(over: ranges, order: order).map { Positions(base: $0, batchSize: ranges.batchSize) }
  }

  public func batch(
    at position: Position, recycling recycler: StorageRecycler?
  ) throws(Failure) -> (Base.Batch, NDArray<Bool>) {
    let placeCount = fixedPlaceCount(for: position.sampleCount, batchSize: position.batchSize)
    return (
      try base.batch(at: position.base.filled(to: placeCount), recycling: recycler),
      NDArray(maskOf: position.sampleCount, among: placeCount, recycler: recycler)
    )
  }

  /// Says which samples are in a batch, and how many places it has.
  public struct Position: BatchPosition {
    let base: Base.Position
    let batchSize: Int

    public var sampleCount: Int { base.sampleCount }

    public func trimmed(to count: Int) -> Position { Position(base: base.trimmed(to: count), batchSize: batchSize) }

    public func picking(_ places: [Int]) -> Position { Position(base: base.picking(places), batchSize: batchSize) }

    public func sampleIndices(at place: Int) -> [Int] { base.sampleIndices(at: place) }

    public var sampleKeys: SampleKeys { base.sampleKeys }
  }

  /// The positions of the base, one after the other.
  public struct Positions: IteratorProtocol {
    var base: Base.Positions
    let batchSize: Int

    public mutating func next() -> Position? { base.next().map { Position(base: $0, batchSize: batchSize) } }
  }
}

extension PaddedSource: InOrderSource where Base: InOrderSource {}

/// A source whose batches have as many places as the batch size says, whatever the number of their samples.
package protocol FixedShapeSource {
  /// How many places a batch of so many samples has.
  func placeCount(for sampleCount: Int, batchSize: Int) -> Int
}

extension FixedShapeSource where Self: DerivedSource, Base: FixedShapeSource {
  package func placeCount(for sampleCount: Int, batchSize: Int) -> Int {
    base.placeCount(for: sampleCount, batchSize: batchSize)
  }
}

extension PaddedSource: FixedShapeSource {
  package func placeCount(for sampleCount: Int, batchSize: Int) -> Int {
    fixedPlaceCount(for: sampleCount, batchSize: batchSize)
  }
}

extension MappedSource: FixedShapeSource where Base: FixedShapeSource {}
extension RandomMappedSource: FixedShapeSource where Base: FixedShapeSource {}
extension IndexedSource: FixedShapeSource where Base: FixedShapeSource {}
extension FailableSource: FixedShapeSource where Base: FixedShapeSource {}
extension DealtSource: FixedShapeSource where Base: FixedShapeSource {}

extension BatchPosition {
  /// With copies of the last sample behind it, until there are `placeCount`.
  func filled(to placeCount: Int) -> Self {
    let count = sampleCount
    if count == placeCount { return self }
    requireMemory(forBatchOf: placeCount)
    return picking(Array(0..<count) + Array(repeating: count - 1, count: placeCount - count))
  }
}

extension NDArray<Bool> {
  /// Says that the first `sampleCount` of `placeCount` places hold real samples.
  init(maskOf sampleCount: Int, among placeCount: Int, recycler: StorageRecycler?) {
    self.init(uninitializedCount: placeCount, rowShape: [], rowLength: 1, recycler: recycler)
    for place in 0..<placeCount { start[place] = place < sampleCount }
  }
}

/// How many places a batch of so many samples has: none where there is no sample to fill them with, and more than the
/// batch size where a sampler of somebody else delivers more.
func fixedPlaceCount(for sampleCount: Int, batchSize: Int) -> Int {
  sampleCount == 0 ? 0 : max(sampleCount, batchSize)
}

extension RandomAccessSource {
  /// The same source with batches `(batch, mask)` that all have the batch size.
  ///
  /// In `predict`, the model then returns as many rows as the batch has places, and those of the padding are left out.
  public func padded() -> PaddedSource<Self> { PaddedSource(base: self) }
}
