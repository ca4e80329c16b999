/// Another source, typed as one that may fail in any way, so that it can be combined with others that may.
public struct FailableSource<Base: BatchSource>: DerivedSource {
  public typealias Batch = Base.Batch
  public typealias Failure = any Error

  public let base: Base

  @usableFromInline
  init(base: Base) {
    self.base = base
  }

  @inlinable
  public func makeBatchIterator(batchSize: Int, order: SampleOrder) -> BatchIterator {
    BatchIterator(base: base.makeBatchIterator(batchSize: batchSize, order: order))
  }

  public func makeBatchIterator(over ranges: BatchRanges, order: SampleOrder) -> BatchIterator? {
    base.makeBatchIterator(over: ranges, order: order).map { BatchIterator(base: $0) }
  }

  /// Passes the batches and the errors on.
  public struct BatchIterator: BatchIteratorProtocol {
    @usableFromInline var base: Base.BatchIterator

    @usableFromInline
    init(base: Base.BatchIterator) {
      self.base = base
    }

    @inlinable
    public mutating func advance() throws -> Int? { try base.advance() }

    @inlinable
    public mutating func makeBatch(ofFirst count: Int) throws -> Base.Batch { try base.makeBatch(ofFirst: count) }

    public var sampleKeys: SampleKeys? { base.sampleKeys }
  }
}

extension FailableSource: InOrderSource where Base: InOrderSource {}

extension FailableSource: Sendable where Base: Sendable {}

extension FailableSource: RandomAccessSource where Base: RandomAccessSource {
  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Base.Positions {
    base.makePositionIterator(batchSize: batchSize, order: order)
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Base.Positions? {
    base.makePositionIterator(over: ranges, order: order)
  }

  @inlinable
  public func batch(at position: Base.Position, recycling recycler: StorageRecycler?) throws -> Base.Batch {
    try base.batch(at: position, recycling: recycler)
  }
}

extension BatchSource {
  /// The same source as one whose batches may fail in any way: for a `map` that throws, or beside sources that fail.
  @inlinable
  public func failable() -> FailableSource<Self> { FailableSource(base: self) }
}
