/// A source in which any batch can be made at any time, once it is known which samples are in it.
///
/// The positions say which, and are cheap; making the batch is the work, which several threads may share.
public protocol RandomAccessSource<Batch, Failure>: BatchSource, Sendable {
  associatedtype Position: BatchPosition
  associatedtype Positions: IteratorProtocol<Position>

  /// What is in each batch, in order.
  func makePositionIterator(batchSize: Int, order: SampleOrder) -> Positions

  /// The batch of the samples at `position`, in memory from `recycler` where that is possible.
  func batch(at position: Position, recycling recycler: StorageRecycler?) throws(Failure) -> Batch
}

/// Says which samples are in one batch.
public protocol BatchPosition: Sendable {
  /// The number of samples in the batch.
  var sampleCount: Int { get }
}

extension RandomAccessSource {
  /// The batch of the samples at `position`.
  @inlinable
  public func batch(at position: Position) throws(Failure) -> Batch {
    try batch(at: position, recycling: nil)
  }

  @inlinable
  public func makeBatchIterator(
    batchSize: Int, order: SampleOrder, remainder: Remainder
  ) -> RandomAccessIterator<Self> {
    RandomAccessIterator(
      source: self, positions: makePositionIterator(batchSize: batchSize, order: order),
      minimumCount: remainder == .drop ? batchSize : 1)
  }
}

/// Makes the batches of a random-access source one after the other, on the caller's thread.
public struct RandomAccessIterator<Source: RandomAccessSource>: BatchIteratorProtocol {
  public typealias Batch = Source.Batch
  public typealias Failure = Source.Failure

  @usableFromInline let source: Source
  @usableFromInline var positions: Source.Positions
  @usableFromInline let minimumCount: Int
  @usableFromInline let recycler = StorageRecycler()
  public var lastSampleCount: Int { deliveredCount }
  @usableFromInline var deliveredCount = 0

  @usableFromInline
  init(source: Source, positions: Source.Positions, minimumCount: Int) {
    self.source = source
    self.positions = positions
    self.minimumCount = minimumCount
  }

  @inlinable
  public mutating func nextBatch() throws(Failure) -> Batch? {
    while let position = positions.next() {
      if position.sampleCount < minimumCount { continue }
      deliveredCount = position.sampleCount
      return try source.batch(at: position, recycling: recycler)
    }
    return nil
  }
}
