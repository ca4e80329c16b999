/// Something that delivers samples in batches.
///
/// Iterate with `batches(of:)`; a source may be iterated over any number of times, also at once.
public protocol BatchSource<Batch, Failure>: MayFail {
  /// What one batch is: an array, or a tuple of them.
  associatedtype Batch
  /// Delivers the batches of one iteration.
  associatedtype BatchIterator: BatchIteratorProtocol<Batch, Failure>

  /// How many samples one iteration delivers; at most that many where it depends on the batch size.
  var sampleCount: SampleCount { get }

  /// How many samples one iteration delivers in batches of this size, without short ones where they are dropped.
  func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount

  /// How many of those come from a place of the iteration on, for sources that can be entered at any.
  func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount

  /// The number of samples of all ranks, where this is the part of one of them; nil otherwise.
  var wholeSampleCount: SampleCount? { get }

  /// A digest of what the order depends on besides the seed, and of what the data are like, so that states of other
  /// iterations are found out.
  var fingerprint: Fingerprint { get }

  /// The batches at ranges of places of the same order; nil where it cannot be entered at any place, and where batches
  /// other than the last can be short.
  func makeBatchIterator(over ranges: BatchRanges, order: SampleOrder) -> BatchIterator?

  /// Batches of `batchSize` samples in the given order, from the first on.
  ///
  /// Nothing is drawn from the order before the first batch is asked for.
  func makeBatchIterator(batchSize: Int, order: SampleOrder) -> BatchIterator
}

extension BatchSource {
  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    switch (sampleCount, remainder) {
    case (.finite(let count), .drop): .finite(count - count % batchSize)
    case (let count, _): count
    }
  }

  public func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount {
    let rest = sampleCount.without(place)
    if case .finite(let count) = rest, remainder == .drop { return .finite(count - count % batchSize) }
    return rest
  }

  public func makeBatchIterator(over ranges: BatchRanges, order: SampleOrder) -> BatchIterator? { nil }

  public var fingerprint: Fingerprint { Fingerprint(sampleCount) }

  public var wholeSampleCount: SampleCount? { nil }
}

/// A source that delivers the samples of another one in other batches.
public protocol DerivedSource<Base>: BatchSource {
  /// The source that the samples come from.
  associatedtype Base: BatchSource

  /// Where the samples come from.
  var base: Base { get }
}

extension DerivedSource {
  public var sampleCount: SampleCount { base.sampleCount }

  public func sampleCount(batchSize: Int, remainder: Remainder) -> SampleCount {
    base.sampleCount(batchSize: batchSize, remainder: remainder)
  }

  public func sampleCount(batchSize: Int, remainder: Remainder, startingAt place: Int) -> SampleCount {
    base.sampleCount(batchSize: batchSize, remainder: remainder, startingAt: place)
  }

  public var fingerprint: Fingerprint { base.fingerprint }

  public var wholeSampleCount: SampleCount? { base.wholeSampleCount }
}

/// Something whose batches may fail to be made; `Failure` is `Never` where they cannot.
///
/// A protocol of its own only because Swift 6.3 otherwise looks up `Failure: Error` through the iterator, which looks
/// it up through its source, and so on without end when the program runs.
public protocol MayFail {
  /// What may be thrown; `Never` where nothing can.
  associatedtype Failure: Error
}

/// A source whose samples have an order of their own, so that it can be iterated over without a shuffle.
public protocol InOrderSource<Batch, Failure>: BatchSource {}

/// Delivers one batch after the other, each in two steps: first how many samples it has, then the batch, or only as
/// many of its first samples as are wanted.
///
/// An iterator and its copy may share what they go through, such as a generator of batches: go on with one of them
/// only.
public protocol BatchIteratorProtocol<Batch, Failure> {
  /// What one batch is: an array, or a tuple of them.
  associatedtype Batch
  /// What may be thrown; `Never` where nothing can.
  associatedtype Failure: Error

  /// Moves on to the next batch and returns its number of samples; nil after the last. After an error, the next call
  /// goes on behind the batch that failed.
  mutating func advance() throws(Failure) -> Int?

  /// The first `count` samples of the batch that `advance()` moved to; to be asked for at most once.
  mutating func makeBatch(ofFirst count: Int) throws(Failure) -> Batch

  /// What tells the samples of the batch that `advance()` moved to apart, to be asked for before it is made; nil where
  /// nobody knows.
  var sampleKeys: SampleKeys? { get }
}

extension BatchIteratorProtocol {
  public var sampleKeys: SampleKeys? { nil }

  /// The next batch, whole; nil after the last.
  @inlinable
  public mutating func nextBatch() throws(Failure) -> Batch? {
    guard let count = try advance() else { return nil }
    return try makeBatch(ofFirst: count)
  }
}

/// What happens to a batch that is shorter than the batch size, because the samples ran out.
public enum Remainder: String, Sendable, Hashable, Codable {
  /// It is delivered, short as it is.
  case keep
  /// It is left out.
  case drop
}
