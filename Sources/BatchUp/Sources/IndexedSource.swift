/// The batches of another source together with the positions of their samples in the data.
public struct IndexedSource<Base: RandomAccessSource>: RandomAccessSource, DerivedSource {
  public typealias Batch = (indices: Base.Position, samples: Base.Batch)
  public typealias Failure = Base.Failure

  public let base: Base

  @usableFromInline
  init(base: Base) {
    self.base = base
  }

  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Base.Positions {
    base.makePositionIterator(batchSize: batchSize, order: order)
  }

  @inlinable
  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Base.Positions? {
    base.makePositionIterator(over: ranges, order: order)
  }

  @inlinable
  public func batch(at position: Base.Position, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    (position, try base.batch(at: position, recycling: recycler))
  }
}

extension IndexedSource: InOrderSource where Base: InOrderSource {}

extension RandomAccessSource {
  /// The same source with each batch preceded by the indices of its samples.
  @inlinable
  public func indexed() -> IndexedSource<Self> {
    IndexedSource(base: self)
  }
}

extension IndexedSource {
  /// Batches `(indices, x, y)` instead of `(indices, (x, y))`.
  public func flattened<each Part>() -> MappedSource<Self, (Base.Position, repeat each Part)>
  where Base.Batch == (repeat each Part) {
    MappedSource(base: self) { batch throws(Failure) in
      let (indices, samples) = batch
      return (indices, repeat each samples)
    }
  }
}
