/// Something that delivers samples in batches.
///
/// Iterate with `batches(of:)`; a source may be iterated over any number of times, also at once.
public protocol BatchSource<Batch, Failure>: MayFail {
  associatedtype Batch
  associatedtype BatchIterator: BatchIteratorProtocol<Batch, Failure>

  /// How many samples one iteration delivers.
  var sampleCount: SampleCount { get }

  /// Batches of `batchSize` samples in the given order, from the first on.
  func makeBatchIterator(batchSize: Int, order: SampleOrder, remainder: Remainder) -> BatchIterator
}

/// Something whose batches may fail to be made; `Failure` is `Never` where they cannot.
///
/// A protocol of its own only because Swift 6.3 otherwise looks up `Failure: Error` through the iterator, which looks it
/// up through its source, and so on without end when the program runs.
public protocol MayFail {
  associatedtype Failure: Error
}

/// A source whose samples have an order of their own, so that it can be iterated over without a shuffle.
public protocol InOrderSource<Batch, Failure>: BatchSource {}

/// Delivers one batch after the other.
public protocol BatchIteratorProtocol<Batch, Failure> {
  associatedtype Batch
  associatedtype Failure: Error

  /// The next batch; nil after the last. After an error, the next call goes on with the batch behind the failed one.
  mutating func nextBatch() throws(Failure) -> Batch?

  /// The number of samples in the batch that `nextBatch()` delivered last.
  var lastSampleCount: Int { get }
}

/// What happens to a batch that is shorter than the batch size, because the samples ran out.
public enum Remainder: Sendable, Hashable {
  case keep
  case drop
}
