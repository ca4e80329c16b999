/// The batches of another source, each changed by a closure.
public struct MappedSource<Base: BatchSource, Batch>: DerivedSource {
  public typealias Failure = Base.Failure

  @usableFromInline typealias Transform = @Sendable (Base.Batch) throws(Failure) -> Batch

  public let base: Base
  @usableFromInline let transform: Transform

  @usableFromInline
  init(base: Base, transform: @escaping Transform) {
    self.base = base
    self.transform = transform
  }

  @inlinable
  public func makeBatchIterator(batchSize: Int, order: SampleOrder) -> BatchIterator {
    BatchIterator(base: base.makeBatchIterator(batchSize: batchSize, order: order), transform: transform)
  }

  public func makeBatchIterator(over ranges: BatchRanges, order: SampleOrder) -> BatchIterator? {
    base.makeBatchIterator(over: ranges, order: order).map { BatchIterator(base: $0, transform: transform) }
  }

  /// Changes one batch after the other.
  public struct BatchIterator: BatchIteratorProtocol {
    public typealias Failure = Base.Failure

    @usableFromInline var base: Base.BatchIterator
    @usableFromInline let transform: Transform

    @usableFromInline
    init(base: Base.BatchIterator, transform: @escaping Transform) {
      self.base = base
      self.transform = transform
    }

    @inlinable
    public mutating func advance() throws(Failure) -> Int? { try base.advance() }

    @inlinable
    public mutating func makeBatch(ofFirst count: Int) throws(Failure) -> Batch {
      try transform(base.makeBatch(ofFirst: count))
    }

    public var sampleKeys: SampleKeys? { base.sampleKeys }
  }
}

extension MappedSource: InOrderSource where Base: InOrderSource {}

extension MappedSource: Sendable where Base: Sendable {}

extension MappedSource: RandomAccessSource where Base: RandomAccessSource {
  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Base.Positions {
    base.makePositionIterator(batchSize: batchSize, order: order)
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Base.Positions? {
    base.makePositionIterator(over: ranges, order: order)
  }

  @inlinable
  public func batch(at position: Base.Position, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    let batch = try base.batch(at: position, recycling: recycler)
    return try StageMeter.measuring(.map, recycler) { () throws(Failure) in try transform(batch) }
  }
}

extension BatchSource {
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
