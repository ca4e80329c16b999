/// The batches of another source, each changed by a closure.
public struct MappedSource<Base: RandomAccessSource, Batch>: RandomAccessSource {
  public typealias Failure = Base.Failure

  @usableFromInline let base: Base
  @usableFromInline let transform: @Sendable (Base.Batch) throws(Failure) -> Batch

  @usableFromInline
  init(base: Base, transform: @escaping @Sendable (Base.Batch) throws(Failure) -> Batch) {
    self.base = base
    self.transform = transform
  }

  public var sampleCount: SampleCount { base.sampleCount }

  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Base.Positions {
    base.makePositionIterator(batchSize: batchSize, order: order)
  }

  @inlinable
  public func batch(at position: Base.Position, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try transform(base.batch(at: position, recycling: recycler))
  }
}

extension MappedSource: InOrderSource where Base: InOrderSource {}

extension RandomAccessSource {
  /// The same source with each batch changed by `transform`, such as for augmentation.
  ///
  /// The closure may run on worker threads, for several batches at once.
  @inlinable
  public func map<Result>(
    _ transform: @escaping @Sendable (Batch) throws(Failure) -> Result
  ) -> MappedSource<Self, Result> {
    MappedSource(base: self, transform: transform)
  }
}
