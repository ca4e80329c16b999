/// Batches that exist already, or that some sequence delivers.
///
/// They come as they are: the batch size and the order that an iteration asks for change nothing. A sequence that can
/// be gone through only once can be iterated over only once.
public struct SequenceSource<Existing: Sequence>: InOrderSource {
  public typealias Batch = Existing.Element
  public typealias Failure = Never

  private let announcedCount: SampleCount
  private let batches: Existing
  private let shape: BatchShape<Batch>

  /// The batches of a sequence, whose parts have equally many samples. The number of samples is believed, not checked.
  public init<First: BatchPart, each Part: BatchPart>(
    _ batches: Existing, sampleCount: SampleCount = .unknown
  ) where Existing.Element == (First, repeat each Part) {
    self.init(batches, sampleCount: sampleCount, shape: BatchShape())
  }

  /// As with batches of several parts, for those that are one array: so that they can be written as a literal.
  public init(_ batches: Existing, sampleCount: SampleCount = .unknown) where Existing.Element: BatchPart {
    self.init(batches, sampleCount: sampleCount, shape: BatchShape())
  }

  private init(_ batches: Existing, sampleCount: SampleCount, shape: BatchShape<Batch>) {
    self.batches = batches
    announcedCount = sampleCount
    self.shape = shape
  }

  public var traits: SourceTraits { SourceTraits(sampleCount: announcedCount) }

  public func positions(over ranges: BatchRanges, order: SampleOrder) -> MadePositions<Batch, Never> {
    var iterator = batches.makeIterator()
    return MadePositions(shape: shape, batchSize: ranges.batchSize) { () throws(Never) in iterator.next() }
  }

  public func batch(at position: MadePosition<Batch, Never>, in context: BatchContext) -> Batch {
    position.batch(in: context)
  }
}

extension SequenceSource: Sendable where Existing: Sendable {}
