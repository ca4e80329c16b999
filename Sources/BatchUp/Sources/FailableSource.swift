/// Another source, typed as one that may fail in any way, so that it can be combined with others that may.
public struct FailableSource<Base: BatchSource>: BatchSource {
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
  public func batch(at position: Base.Position, in context: BatchContext) throws -> Base.Batch {
    try base.batch(at: position, in: context)
  }
}

extension FailableSource: InOrderSource where Base: InOrderSource {}

extension FailableSource: Sendable where Base: Sendable {}

extension BatchSource {
  /// The same source as one whose batches may fail in any way: for a `map` that throws, or beside sources that fail.
  @inlinable
  public func failable() -> FailableSource<Self> { FailableSource(base: self) }
}
