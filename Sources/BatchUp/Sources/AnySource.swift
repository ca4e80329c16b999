/// A source of any type with these batches, so that sources of different types can be members of one choice.
///
/// Made by `erased()`. Each batch costs two dynamic casts more than its source's own.
public struct AnySource<Batch, Failure: Error>: BatchSource, Sendable {
  let base: any BatchSource<Batch, Failure> & Sendable

  /// Creates a source of the same batches as those of `base`.
  public init(_ base: some BatchSource<Batch, Failure> & Sendable) {
    self.base = base
  }

  public var traits: SourceTraits { base.traits }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<AnyPosition> {
    func positions(of source: some BatchSource) -> AnyIterator<AnyPosition> {
      var positions = source.positions(over: ranges, order: order)
      return AnyIterator { positions.next().map { AnyPosition($0) } }
    }
    return positions(of: base)
  }

  public func batch(at position: AnyPosition, in context: BatchContext) throws(Failure) -> Batch {
    func batch<Source: BatchSource<Batch, Failure>>(of source: Source) throws(Failure) -> Batch {
      guard let position = position.base as? Source.Position else {
        preconditionFailure("a position of another source")
      }
      return try source.batch(at: position, in: context)
    }
    return try batch(of: base)
  }
}

/// A source of any type with these batches, which can be iterated over in order.
public struct AnyInOrderSource<Batch, Failure: Error>: InOrderSource, Sendable {
  let base: AnySource<Batch, Failure>

  /// Creates a source of the same batches as those of `base`.
  public init(_ base: some InOrderSource<Batch, Failure> & Sendable) {
    self.base = AnySource(base)
  }

  public var traits: SourceTraits { base.traits }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<AnyPosition> {
    base.positions(over: ranges, order: order)
  }

  public func batch(at position: AnyPosition, in context: BatchContext) throws(Failure) -> Batch {
    try base.batch(at: position, in: context)
  }
}

/// A position in a source of any type.
public struct AnyPosition: BatchPosition {
  /// The position in the source's own type.
  public let base: any BatchPosition

  init(_ base: any BatchPosition) {
    self.base = base
  }

  public var sampleCount: Int { base.sampleCount }

  public var rowCount: Int { base.rowCount }

  public func selecting(_ places: [Int]) -> AnyPosition { AnyPosition(base.selecting(places)) }

  public func trimmed(to count: Int) -> AnyPosition { AnyPosition(base.trimmed(to: count)) }

  public func sampleIndices(at place: Int) -> [Int] { base.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys { base.sampleKeys }
}

extension BatchSource where Self: Sendable {
  /// The same source without its own type.
  public func erased() -> AnySource<Batch, Failure> { AnySource(self) }
}

extension InOrderSource where Self: Sendable {
  /// The same source without its own type.
  public func erased() -> AnyInOrderSource<Batch, Failure> { AnyInOrderSource(self) }
}
