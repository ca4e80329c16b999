/// A source in which any batch can be made at any time, once it is known which samples are in it.
///
/// The positions say which, and are cheap; making the batch is the work, which several threads may share.
public protocol RandomAccessSource<Batch, Failure>: BatchSource, Sendable {
  /// Says which samples are in one batch.
  associatedtype Position: BatchPosition
  /// Delivers the positions of an iteration, in order.
  associatedtype Positions: IteratorProtocol<Position>

  /// What is in each batch, in order.
  ///
  /// Nothing is drawn from the order before the first position is asked for.
  func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions

  /// What is in each batch at ranges of places of the same order; nil where it cannot be entered at any place, and where
  /// batches other than the last can be short.
  func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Positions?

  /// The batch of the samples at `position`, in memory from `recycler` where that is possible.
  func batch(at position: Position, recycling recycler: StorageRecycler?) throws(Failure) -> Batch
}

/// Says which samples are in one batch.
public protocol BatchPosition: Sendable {
  /// The number of samples in the batch.
  var sampleCount: Int { get }

  /// The first `count` of them.
  func trimmed(to count: Int) -> Self

  /// Those at the given places of the batch, counted from 0.
  func picking(_ places: [Int]) -> Self

  /// The index of the sample at one place of the batch; several where sources stand side by side, from left to right.
  func sampleIndices(at place: Int) -> [Int]

  /// What tells the samples apart in digests; by default their indices.
  var sampleKeys: SampleKeys { get }
}

extension BatchPosition {
  public var sampleKeys: SampleKeys {
    SampleKeys(
      words: (0..<sampleCount).map { place in
        let words = sampleIndices(at: place).map { UInt64(truncatingIfNeeded: $0) }
        return words.dropFirst().reduce(words.first ?? 0) { mixed($0) &+ $1 }
      })
  }
}

extension RandomAccessSource {
  /// The batch of the samples at `position`.
  @inlinable
  public func batch(at position: Position) throws(Failure) -> Batch {
    try batch(at: position, recycling: nil)
  }

  @inlinable
  public func makeBatchIterator(batchSize: Int, order: SampleOrder) -> RandomAccessIterator<Self> {
    RandomAccessIterator(source: self, batchSize: batchSize, order: order)
  }

  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> Positions? { nil }
}

extension RandomAccessSource where BatchIterator == RandomAccessIterator<Self> {
  @inlinable
  public func makeBatchIterator(over ranges: BatchRanges, order: SampleOrder) -> RandomAccessIterator<Self>? {
    makePositionIterator(over: ranges, order: order).map { RandomAccessIterator(source: self, positions: $0) }
  }
}

/// Makes the batches of a random-access source one after the other, on the caller's thread.
public struct RandomAccessIterator<Source: RandomAccessSource>: BatchIteratorProtocol {
  public typealias Batch = Source.Batch
  public typealias Failure = Source.Failure

  @usableFromInline let source: Source
  @usableFromInline var positions: Source.Positions
  /// Where `advance()` moved to, until the batch is made. Not longer: it may hold memory that the next position needs.
  @usableFromInline var position: Source.Position?
  @usableFromInline let recycler = StorageRecycler()

  /// All batches of an iteration.
  @inlinable
  public init(source: Source, batchSize: Int, order: SampleOrder) {
    self.source = source
    positions = source.makePositionIterator(batchSize: batchSize, order: order)
  }

  @usableFromInline
  init(source: Source, positions: Source.Positions) {
    self.source = source
    self.positions = positions
  }

  public var sampleKeys: SampleKeys? { position?.sampleKeys }

  @inlinable
  public mutating func advance() -> Int? {
    position = nil
    position = positions.next()
    return position?.sampleCount
  }

  @inlinable
  public mutating func makeBatch(ofFirst count: Int) throws(Failure) -> Batch {
    guard let position else { preconditionFailure("no batch to make: advance() comes first, and once for each") }
    self.position = nil
    return try source.batch(
      at: position.sampleCount == count ? position : position.trimmed(to: count), recycling: recycler)
  }
}
