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

  /// The smaller of the numbers of samples.
  public var sampleCount: SampleCount { first.sampleCount.limited(by: second.sampleCount) }

  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    first.sampleCount(batchSize: batchSize, remainder: remainder)
      .limited(by: second.sampleCount(batchSize: batchSize, remainder: remainder))
  }

  public func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount {
    first.sampleCount(batchSize: batchSize, remainder: remainder, startingAt: place)
      .limited(by: second.sampleCount(batchSize: batchSize, remainder: remainder, startingAt: place))
  }

  @inlinable
  public func makeBatchIterator(batchSize: Int, order: SampleOrder) -> BatchIterator {
    BatchIterator(
      first: first.makeBatchIterator(batchSize: batchSize, order: order.ofMember(0)),
      second: second.makeBatchIterator(batchSize: batchSize, order: order.ofMember(1)))
  }

  public func makeBatchIterator(over ranges: BatchRanges, order: SampleOrder) -> BatchIterator? {
    guard let first = first.makeBatchIterator(over: ranges, order: order.ofMember(0)),
      let second = second.makeBatchIterator(over: ranges, order: order.ofMember(1))
    else { return nil }
    return BatchIterator(first: first, second: second)
  }

  public var fingerprint: Fingerprint {
    var fingerprint = first.fingerprint
    fingerprint.combine(second.fingerprint)
    return fingerprint
  }

  public var wholeSampleCount: SampleCount? { first.wholeSampleCount ?? second.wholeSampleCount }

  /// Pairs the batches of the two sources.
  public struct BatchIterator: BatchIteratorProtocol {
    public typealias Failure = First.Failure

    @usableFromInline var first: First.BatchIterator
    @usableFromInline var second: Second.BatchIterator

    @usableFromInline
    init(first: First.BatchIterator, second: Second.BatchIterator) {
      self.first = first
      self.second = second
    }

    @inlinable
    public mutating func advance() throws(Failure) -> Int? {
      let firstCount: Int?
      do { firstCount = try first.advance() } catch {
        _ = try? second.advance()  // so that the pairs stay the same behind the one that failed
        throw error
      }
      guard let firstCount, let secondCount = try second.advance() else { return nil }
      return min(firstCount, secondCount)
    }

    @inlinable
    public mutating func makeBatch(ofFirst count: Int) throws(Failure) -> (First.Batch, Second.Batch) {
      (try first.makeBatch(ofFirst: count), try second.makeBatch(ofFirst: count))
    }

    public var sampleKeys: SampleKeys? {
      guard let first = first.sampleKeys, let second = second.sampleKeys else { return nil }
      return .paired(first, second)
    }
  }
}

extension CompositeSource: InOrderSource where First: InOrderSource, Second: InOrderSource {}

extension CompositeSource: Sendable where First: Sendable, Second: Sendable {}

extension CompositeSource: RandomAccessSource where First: RandomAccessSource, Second: RandomAccessSource {
  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions {
    Positions(
      first: first.makePositionIterator(batchSize: batchSize, order: order.ofMember(0)),
      second: second.makePositionIterator(batchSize: batchSize, order: order.ofMember(1)))
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Positions? {
    guard let first = first.makePositionIterator(over: ranges, order: order.ofMember(0)),
      let second = second.makePositionIterator(over: ranges, order: order.ofMember(1))
    else { return nil }
    return Positions(first: first, second: second)
  }

  @inlinable
  public func batch(at position: Position, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    (
      try first.batch(at: position.first, recycling: recycler),
      try second.batch(at: position.second, recycling: recycler)
    )
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

/// Which samples of either source are in a batch of pairs; equally many.
public struct CompositePosition<First: BatchPosition, Second: BatchPosition>: BatchPosition {
  /// The samples of the first source.
  public let first: First
  /// The samples of the second source.
  public let second: Second

  /// Both, trimmed to the shorter one.
  public init(_ first: First, _ second: Second) {
    let count = min(first.sampleCount, second.sampleCount)
    self.first = first.sampleCount == count ? first : first.trimmed(to: count)
    self.second = second.sampleCount == count ? second : second.trimmed(to: count)
  }

  public var sampleCount: Int { first.sampleCount }

  public func trimmed(to count: Int) -> CompositePosition {
    CompositePosition(first.trimmed(to: count), second.trimmed(to: count))
  }

  public func picking(_ places: [Int]) -> CompositePosition {
    CompositePosition(first.picking(places), second.picking(places))
  }

  public func sampleIndices(at place: Int) -> [Int] {
    first.sampleIndices(at: place) + second.sampleIndices(at: place)
  }

  public var sampleKeys: SampleKeys { .paired(first.sampleKeys, second.sampleKeys) }
}

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
