/// A source of any type with these batches, so that sources of different types can be members of one choice.
///
/// Made by `erased()`. Each batch costs two dynamic casts more than its source's own.
public struct AnySource<Batch, Failure: Error>: RandomAccessSource {
  let base: any RandomAccessSource<Batch, Failure>

  /// The same batches as those of `base`.
  public init(_ base: some RandomAccessSource<Batch, Failure>) {
    self.base = base
  }

  public var sampleCount: SampleCount { base.sampleCount }

  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    base.sampleCount(batchSize: batchSize, remainder: remainder)
  }

  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> AnyIterator<AnyPosition> {
    Self.positions(of: base, batchSize: batchSize, order: order)
  }

  private static func positions(
    of source: some RandomAccessSource, batchSize: Int, order: SampleOrder
  ) -> AnyIterator<AnyPosition> {
    var positions = source.makePositionIterator(batchSize: batchSize, order: order)
    return AnyIterator { positions.next().map(AnyPosition.init) }
  }

  public func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount {
    base.sampleCount(batchSize: batchSize, remainder: remainder, startingAt: place)
  }

  public var fingerprint: Fingerprint { base.fingerprint }

  public var wholeSampleCount: SampleCount? { base.wholeSampleCount }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<AnyPosition>? {
    Self.positions(of: base, over: ranges, order: order)
  }

  private static func positions(
    of source: some RandomAccessSource, over ranges: BatchRanges, order: SampleOrder
  ) -> AnyIterator<AnyPosition>? {
    guard var positions = source.makePositionIterator(over: ranges, order: order) else { return nil }
    return AnyIterator { positions.next().map(AnyPosition.init) }
  }

  public func batch(at position: AnyPosition, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try Self.batch(of: base, at: position, recycling: recycler)
  }

  private static func batch<Source: RandomAccessSource<Batch, Failure>>(
    of source: Source, at position: AnyPosition, recycling recycler: StorageRecycler?
  ) throws(Failure) -> Batch {
    guard let position = position.base as? Source.Position else {
      preconditionFailure("a position of another source")
    }
    return try source.batch(at: position, recycling: recycler)
  }
}

/// A source of any type with these batches, which can be iterated over in order.
public struct AnyInOrderSource<Batch, Failure: Error>: RandomAccessSource, InOrderSource, DerivedSource {
  public let base: AnySource<Batch, Failure>

  /// The same batches as those of `base`.
  public init(_ base: some RandomAccessSource<Batch, Failure> & InOrderSource<Batch, Failure>) {
    self.base = AnySource(base)
  }

  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> AnyIterator<AnyPosition> {
    base.makePositionIterator(batchSize: batchSize, order: order)
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<AnyPosition>? {
    base.makePositionIterator(over: ranges, order: order)
  }

  public func batch(at position: AnyPosition, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try base.batch(at: position, recycling: recycler)
  }
}

/// A position in a source of any type.
public struct AnyPosition: BatchPosition {
  /// The position in the source's own type.
  public let base: any BatchPosition

  init(_ base: some BatchPosition) {
    self.base = base
  }

  public var sampleCount: Int { base.sampleCount }

  public func trimmed(to count: Int) -> AnyPosition { Self.trimmed(base, to: count) }

  private static func trimmed(_ position: some BatchPosition, to count: Int) -> AnyPosition {
    AnyPosition(position.trimmed(to: count))
  }

  public func picking(_ places: [Int]) -> AnyPosition { Self.picking(places, from: base) }

  private static func picking(_ places: [Int], from position: some BatchPosition) -> AnyPosition {
    AnyPosition(position.picking(places))
  }

  public func sampleIndices(at place: Int) -> [Int] { base.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys { base.sampleKeys }
}

extension AnySource: FixedShapeSource {
  package func placeCount(for sampleCount: Int, batchSize: Int) -> Int {
    (base as? any FixedShapeSource)?.placeCount(for: sampleCount, batchSize: batchSize) ?? sampleCount
  }
}

extension AnyInOrderSource: FixedShapeSource {}

extension RandomAccessSource {
  /// The same source without its own type.
  public func erased() -> AnySource<Batch, Failure> { AnySource(self) }
}

extension RandomAccessSource where Self: InOrderSource {
  /// The same source without its own type.
  public func erased() -> AnyInOrderSource<Batch, Failure> { AnyInOrderSource(self) }
}
