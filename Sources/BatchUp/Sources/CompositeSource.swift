/// Two sources side by side: each batch is a pair of their batches. Made by `zip`; nest them for more than two.
///
/// Where the two batches differ in length, the longer one is trimmed to the shorter; the end is where the first of the
/// two ends. Shuffled, each has an order of its own, independent of the other's, so that the pairs differ in each
/// epoch.
public struct CompositeSource<First: BatchSource, Second: BatchSource>: BatchSource
where First.Failure == Second.Failure {
  public typealias Batch = (First.Batch, Second.Batch)
  public typealias Failure = First.Failure

  @usableFromInline let first: First
  @usableFromInline let second: Second

  @usableFromInline
  init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  /// The sample count is the smaller of the two.
  public var traits: SourceTraits {
    let (first, second) = (first.traits, second.traits)
    var traits = SourceTraits(
      sampleCount: first.sampleCount.limited(by: second.sampleCount),
      isSeekable: first.isSeekable && second.isSeekable
    ) {
      var fingerprint = first.fingerprint
      fingerprint.combine(second.fingerprint)
      return fingerprint
    }
    traits.isEven = first.isEven && second.isEven
    traits.wholeSampleCount = first.wholeSampleCount ?? second.wholeSampleCount
    traits.deliversParts = first.deliversParts || second.deliversParts
    traits.measuring = { batchSize, offset in
      first.lengths(batchSize: batchSize, startingAt: offset)
        .paired(with: second.lengths(batchSize: batchSize, startingAt: offset))
    }
    return traits
  }

  @inlinable
  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    Positions(
      first: first.positions(over: ranges, order: order.ofMember(0)),
      second: second.positions(over: ranges, order: order.ofMember(1)))
  }

  @inlinable
  public func batch(at position: Positions.Element, in context: BatchContext) throws(Failure) -> Batch {
    (try first.batch(at: position.first, in: context), try second.batch(at: position.second, in: context))
  }

  /// Pairs the positions in the two sources.
  public struct Positions: IteratorProtocol {
    @usableFromInline var first: First.Positions
    @usableFromInline var second: Second.Positions

    @usableFromInline
    init(first: First.Positions, second: Second.Positions) {
      self.first = first
      self.second = second
    }

    @inlinable
    public mutating func next() -> CompositePosition<First.Position, Second.Position>? {
      guard let first = first.next(), let second = second.next() else { return nil }
      return CompositePosition(first, second)
    }
  }
}

extension CompositeSource: InOrderSource where First: InOrderSource, Second: InOrderSource {}

extension CompositeSource: Sendable where First: Sendable, Second: Sendable {}

/// Which samples of either source are in a batch of pairs; equally many.
public struct CompositePosition<First: BatchPosition, Second: BatchPosition>: BatchPosition {
  /// The samples of the first source.
  public let first: First
  /// The samples of the second source.
  public let second: Second

  /// Creates a position of both, trimmed to the shorter one.
  public init(_ first: First, _ second: Second) {
    let count = min(first.sampleCount, second.sampleCount)
    self.first = first.sampleCount == count ? first : first.trimmed(to: count)
    self.second = second.sampleCount == count ? second : second.trimmed(to: count)
  }

  public var sampleIndices: CompositePosition<First.SampleIndices, Second.SampleIndices> {
    CompositePosition<First.SampleIndices, Second.SampleIndices>(first.sampleIndices, second.sampleIndices)
  }

  public var sampleCount: Int { first.sampleCount }

  public var rowCount: Int { max(first.rowCount, second.rowCount) }

  public func selecting(_ places: [Int]) -> CompositePosition {
    CompositePosition(first.selecting(places), second.selecting(places))
  }

  public func trimmed(to count: Int) -> CompositePosition {
    CompositePosition(first.trimmed(to: count), second.trimmed(to: count))
  }

  public func sampleIndices(at place: Int) -> [Int] {
    first.sampleIndices(at: place) + second.sampleIndices(at: place)
  }

  public var sampleKeys: SampleKeys { .paired(first.sampleKeys, second.sampleKeys) }
}

extension CompositePosition: Sendable where First: Sendable, Second: Sendable {}

/// Batches of pairs `(a, b)`: those of two sources side by side, such as labelled and unlabelled samples.
///
/// The batches end with the shorter source, and the longer batch of each pair is trimmed.
@inlinable
public func zip<First: BatchSource, Second: BatchSource>(
  _ first: First, _ second: Second
) -> CompositeSource<First, Second> where First.Failure == Second.Failure {
  CompositeSource(first, second)
}

/// Batches of pairs `(a, b)`, where the two sources fail in different ways, or only one of them can.
@inlinable
public func zip<First: BatchSource, Second: BatchSource>(
  _ first: First, _ second: Second
) -> CompositeSource<FailableSource<First>, FailableSource<Second>> {
  CompositeSource(first.failable(), second.failable())
}

extension CompositeSource {
  /// Batches `(x, y, u)` instead of `((x, y), u)`: the members of both batches in one tuple.
  public func flattened<each X, each Y>() -> MappedSource<Self, (repeat each X, repeat each Y)>
  where First.Batch == (repeat each X), Second.Batch == (repeat each Y) {
    MappedSource(base: self) { pair throws(Failure) in
      let (first, second) = pair
      return (repeat each first, repeat each second)
    }
  }
}
