/// A source whose batches all have the same number of rows, for models of a fixed shape: the samples that a short batch
/// lacks are copies of its last one, and a mask tells which are real.
///
/// Made by `padded()` and `sharded(rank:of:end: .pad)`. The number of samples is that of the real ones.
public struct PaddedSource<Base: BatchSource>: BatchSource {
  public typealias Failure = Base.Failure
  /// The padded batch, and for each of its samples whether it is real.
  public typealias Batch = (Base.Batch, NDArray<Bool>)

  let base: Base
  /// The number of ranks that share the rows of a batch.
  let rankCount: Int
  /// Whether a position without samples has one to pad with. Others are left empty.
  let padsEmpty: @Sendable (Base.Position) -> Bool

  public var traits: SourceTraits { base.traits }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    Positions(
      base: base.positions(over: ranges, order: order), rowCount: (ranges.batchSize - 1) / rankCount + 1,
      padsEmpty: padsEmpty)
  }

  public func batch(at position: Position, in context: BatchContext) throws(Failure) -> Batch {
    (
      try base.batch(at: position.base.filled(to: position.filledCount), in: context),
      NDArray(maskOf: position.sampleCount, among: position.rowCount, recycler: context.memory)
    )
  }

  /// Says which samples are in a batch, and how many rows it has.
  public struct Position: BatchPosition {
    let base: Base.Position
    let leastRowCount: Int
    let padsEmpty: Bool

    public var sampleCount: Int { base.sampleCount }

    /// Without the rows that the base adds.
    fileprivate var filledCount: Int { sampleCount == 0 && !padsEmpty ? 0 : max(sampleCount, leastRowCount) }

    /// More than the batch size where a source delivers larger batches.
    public var rowCount: Int { max(filledCount, base.rowCount) }

    public func selecting(_ places: [Int]) -> Position { with(base.selecting(places)) }

    public func trimmed(to count: Int) -> Position { with(base.trimmed(to: count)) }

    private func with(_ base: Base.Position) -> Position {
      Position(base: base, leastRowCount: leastRowCount, padsEmpty: padsEmpty)
    }

    public func sampleIndices(at place: Int) -> [Int] { base.sampleIndices(at: place) }

    public var sampleKeys: SampleKeys { base.sampleKeys }
  }

  /// The positions of the base, one after the other.
  public struct Positions: IteratorProtocol {
    var base: Base.Positions
    let rowCount: Int
    let padsEmpty: (Base.Position) -> Bool

    public mutating func next() -> Position? {
      base.next().map { Position(base: $0, leastRowCount: rowCount, padsEmpty: padsEmpty($0)) }
    }
  }
}

extension PaddedSource: InOrderSource where Base: InOrderSource {}

extension PaddedSource: Sendable where Base: Sendable {}

extension BatchPosition {
  /// The same samples with copies of the last one behind them, `count` in all.
  fileprivate func filled(to count: Int) -> Self {
    let sampleCount = sampleCount
    if sampleCount >= count { return self }
    requireMemory(forBatchOf: count)
    return selecting((0..<count).map { min($0, max(sampleCount - 1, 0)) })
  }
}

extension NDArray<Bool> {
  /// Creates a mask in which the first `sampleCount` of `count` rows hold samples.
  fileprivate init(maskOf sampleCount: Int, among count: Int, recycler: StorageRecycler) {
    self.init(uninitializedCount: count, recycler: recycler)
    for row in 0..<count { start[row] = row < sampleCount }
  }
}

extension BatchSource {
  /// The same source with batches `(batch, mask)` that all have the batch size.
  ///
  /// A batch without samples stays empty. In `predict`, the model returns as many rows as the batch has, and those of the
  /// padding are left out. Means, metrics and `concatenated` use all rows: apply the mask there.
  public func padded() -> PaddedSource<Self> { PaddedSource(base: self, rankCount: 1) { _ in false } }
}
