/// Chooses which samples make up each batch.
///
/// To write one, say how many samples it delivers and make an iterator over lists of sample indices:
///
/// ```swift
/// struct EveryOther: InOrderSampler {
///   let count: Int
///   var sampleCount: SampleCount { .finite((count + 1) / 2) }
///   func makeIndexIterator(batchSize: Int, order: SampleOrder) -> some IteratorProtocol<BatchIndices> {
///     SubsetSampler(stride(from: 0, to: count, by: 2)).makeIndexIterator(batchSize: batchSize, order: order)
///   }
/// }
/// ```
public protocol Sampler: Sendable {
  /// Delivers the sample indices of one batch after the other.
  associatedtype IndexIterator: IteratorProtocol<BatchIndices>

  /// How many samples one iteration delivers.
  var sampleCount: SampleCount { get }

  /// Lists of `batchSize` sample indices, fewer only where the samples run out.
  ///
  /// The lists are a function of `order` alone: asked for again, the same come out.
  func makeIndexIterator(batchSize: Int, order: SampleOrder) -> IndexIterator

  /// The indices of the samples at ranges of places of the same order; nil where it cannot be entered at any place.
  ///
  /// With it, iterations go on at once from where they were stopped, and of several ranks each draws only its part. All
  /// lists but the last then have the batch size, whatever it is, and the same samples come at the same places.
  func makeIndexIterator(over ranges: BatchRanges, order: SampleOrder) -> IndexIterator?

  /// A digest of what the order depends on besides the seed, so that states of other iterations are found out.
  var fingerprint: Fingerprint { get }

  /// Throws where this sampler does not fit arrays of `count` samples. Sources call it once, when they are made.
  func validate(forSampleCount count: Int) throws(SourceError)
}

extension Sampler {
  public func validate(forSampleCount count: Int) throws(SourceError) {}

  public func makeIndexIterator(over ranges: BatchRanges, order: SampleOrder) -> IndexIterator? { nil }

  public var fingerprint: Fingerprint { Fingerprint(sampleCount) }
}

/// A sampler whose samples have an order of their own, so that `batches(of:)` needs no shuffle.
public protocol InOrderSampler: Sampler {}

/// A sampler that goes through a list of samples, once or several times: one that can be filtered and split.
public protocol PassSampler: InOrderSampler {
  /// The samples of each pass, in order.
  var samples: BatchIndices { get }

  /// How often they are gone through.
  var repeats: Repetition { get }
}
