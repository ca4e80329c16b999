/// The batches of another source together with the positions of their samples in the data.
public struct IndexedSource<Base: BatchSource>: BatchSource {
  public typealias Batch = (indices: Base.Position.SampleIndices, samples: Base.Batch)
  public typealias Failure = Base.Failure

  @usableFromInline let base: Base

  @usableFromInline
  init(base: Base) {
    self.base = base
  }

  public var traits: SourceTraits { base.traits }

  @inlinable
  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Base.Positions {
    base.positions(over: ranges, order: order)
  }

  @inlinable
  public func batch(at position: Base.Position, in context: BatchContext) throws(Failure) -> Batch {
    (position.sampleIndices, try base.batch(at: position, in: context))
  }
}

extension IndexedSource: InOrderSource where Base: InOrderSource {}

extension IndexedSource: Sendable where Base: Sendable {}

extension BatchSource {
  /// The same source with each batch preceded by the indices of its samples.
  @inlinable
  public func indexed() -> IndexedSource<Self> {
    IndexedSource(base: self)
  }
}

extension IndexedSource {
  /// Batches `(indices, x, y)` instead of `(indices, (x, y))`.
  public func flattened<each Part>() -> MappedSource<Self, (Base.Position.SampleIndices, repeat each Part)>
  where Base.Batch == (repeat each Part) {
    MappedSource(base: self) { batch throws(Failure) in
      let (indices, samples) = batch
      return (indices, repeat each samples)
    }
  }
}
