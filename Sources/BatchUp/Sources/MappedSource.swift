/// The batches of another source, each changed by a closure.
public struct MappedSource<Base: BatchSource, Batch>: BatchSource {
  public typealias Failure = Base.Failure

  @usableFromInline typealias Transform = @Sendable (Base.Batch) throws(Failure) -> Batch

  @usableFromInline let base: Base
  @usableFromInline let transform: Transform

  @usableFromInline
  init(base: Base, transform: @escaping Transform) {
    self.base = base
    self.transform = transform
  }

  public var traits: SourceTraits { base.traits }

  @inlinable
  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Base.Positions {
    base.positions(over: ranges, order: order)
  }

  @inlinable
  public func batch(at position: Base.Position, in context: BatchContext) throws(Failure) -> Batch {
    let batch = try base.batch(at: position, in: context)
    return try context.measuring(.map) { () throws(Failure) in try transform(batch) }
  }
}

extension MappedSource: InOrderSource where Base: InOrderSource {}

extension MappedSource: Sendable where Base: Sendable {}

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
