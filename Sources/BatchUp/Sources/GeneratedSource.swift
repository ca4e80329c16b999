/// Batches that a closure generates, for data that is in no array.
///
/// ```swift
/// let noise = GeneratedSource(sampleCount: .infinite) { batchSize, order in
///   sequence(state: SeededGenerator(seed: 12345)) { generator in
///     NDArray((0..<batchSize).map { _ in Float.random(in: 0..<1, using: &generator) })
///   }
/// }
/// ```
///
/// The closure is called once for each iteration, when its first batch is asked for. It is given the batch size that
/// was asked for, and the order: its `makeGenerator()` draws the random numbers of a shuffle.
public struct GeneratedSource<Batch, Failure: Error>: InOrderSource, Sendable {
  private let announcedCount: SampleCount
  private let shape: BatchShape<Batch>
  private let generate: @Sendable (Int, SampleOrder) -> () throws(Failure) -> Batch?

  /// The batches of the sequence that `generate` returns, one after the other.
  ///
  /// - Parameters:
  ///   - sampleCount: What an iteration delivers; it is believed, not checked.
  ///   - generate: Given the batch size and the order. The parts of each batch have equally many samples.
  public init<First: BatchPart, each Part: BatchPart, Generated: Sequence & SendableMetatype>(
    sampleCount: SampleCount = .unknown, _ generate: @escaping @Sendable (Int, SampleOrder) -> Generated
  ) where Batch == (First, repeat each Part), Generated.Element == Batch, Failure == Never {
    self.init(sampleCount: sampleCount, shape: BatchShape()) { batchSize, order in
      var iterator = generate(batchSize, order).makeIterator()
      return { () throws(Never) in iterator.next() }
    }
  }

  /// The batches that come from the closure that `generate` returns, called again and again until it returns nil.
  ///
  /// After an error, the next call is for the batch behind the one that failed.
  ///
  /// - Parameters:
  ///   - sampleCount: What an iteration delivers; it is believed, not checked.
  ///   - generate: Given the batch size and the order. The parts of each batch have equally many samples.
  public init<First: BatchPart, each Part: BatchPart>(
    sampleCount: SampleCount = .unknown,
    loading generate: @escaping @Sendable (Int, SampleOrder) -> () throws(Failure) -> (First, repeat each Part)?
  ) where Batch == (First, repeat each Part) {
    self.init(sampleCount: sampleCount, shape: BatchShape(), generate: generate)
  }

  private init(
    sampleCount: SampleCount, shape: BatchShape<Batch>,
    generate: @escaping @Sendable (Int, SampleOrder) -> () throws(Failure) -> Batch?
  ) {
    announcedCount = sampleCount
    self.shape = shape
    self.generate = generate
  }

  public var traits: SourceTraits { SourceTraits(sampleCount: announcedCount) }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> MadePositions<Batch, Failure> {
    var next: (() throws(Failure) -> Batch?)?
    return MadePositions(shape: shape, batchSize: ranges.batchSize) { () throws(Failure) in
      let started = next ?? generate(ranges.batchSize, order)
      next = started
      return try started()
    }
  }

  public func batch(at position: MadePosition<Batch, Failure>, in context: BatchContext) throws(Failure) -> Batch {
    try position.batch(in: context)
  }
}
