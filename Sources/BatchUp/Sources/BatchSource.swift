/// Delivers samples in batches.
///
/// A source is two things: a rule that lists *positions*, which say which samples form each batch and are cheap, and a
/// function that makes the batch at a position, which is the work and which several threads may share. Iterate with
/// `batches(of:)`; a source may be iterated over any number of times, also at once.
public protocol BatchSource<Batch, Failure>: SendableMetatype {
  /// What one batch is: an array, or a tuple of them.
  associatedtype Batch
  /// The error that making a batch can throw; `Never` where it cannot fail.
  associatedtype Failure: Error
  /// Says which samples form one batch.
  associatedtype Position: BatchPosition
  /// Delivers the positions of an iteration, in order.
  associatedtype Positions: IteratorProtocol<Position>

  /// What holds for the whole source: its counts, and how it can be iterated over.
  var traits: SourceTraits { get }

  /// The positions of the batches at ranges of offsets, in order.
  ///
  /// `ranges` begins at 0 and covers whole batches, unless the source and the order are seekable. Nothing is drawn from
  /// the order before the first position is asked for.
  func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions

  /// Makes the batch at `position`, in the memory of `context` where that is possible.
  func batch(at position: Position, in context: BatchContext) throws(Failure) -> Batch
}

extension BatchSource {
  /// Makes the batch at `position` in new memory.
  @inlinable
  public func batch(at position: Position) throws(Failure) -> Batch { try batch(at: position, in: BatchContext()) }

  /// The number of samples that one iteration delivers; at most that many where it depends on the batch size.
  public var sampleCount: SampleCount { traits.sampleCount }

  /// The number of samples that one iteration delivers in batches of this size, without short ones where they are
  /// dropped.
  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    traits.lengths(batchSize: batchSize, remainder: remainder).sampleCount
  }

  /// A digest of what the order depends on besides the seed, and of the shapes of the data, by which a state from a
  /// different iteration is rejected.
  public var fingerprint: Fingerprint { traits.fingerprint }

  /// Whether an iteration in this order can start at any offset.
  func isSeekable(in order: SampleOrder) -> Bool { traits.isSeekable && order.isSeekable }
}

/// A source whose samples have an order of their own, so that it can be iterated over without a shuffle.
public protocol InOrderSource<Batch, Failure>: BatchSource {}

/// What happens to a batch that is shorter than the batch size, because the samples ran out.
public enum Remainder: String, Sendable, Hashable, Codable {
  /// It is delivered, short as it is.
  case keep
  /// It is left out, as are short batches before it. A source without an announced end that delivers 10,000 such
  /// batches in a row ends the program with a message; cancelling the task ends the iteration before.
  case drop
}
