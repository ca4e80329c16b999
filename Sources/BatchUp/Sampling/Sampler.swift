/// Chooses which samples make up each batch.
///
/// To write one, say how many samples it delivers and make an iterator over lists of sample indices:
///
/// ```swift
/// struct EveryOther: InOrderSampler {
///   let count: Int
///   var sampleCount: SampleCount { .finite((count + 1) / 2) }
///   func indices(over ranges: BatchRanges, order: SampleOrder) -> some IteratorProtocol<BatchIndices> {
///     SubsetSampler(stride(from: 0, to: count, by: 2)).indices(over: ranges, order: order)
///   }
/// }
/// ```
public protocol Sampler: Sendable {
  /// Delivers the sample indices of one batch after the other.
  associatedtype Indices: IteratorProtocol<BatchIndices>

  /// The number of samples that one iteration delivers.
  var sampleCount: SampleCount { get }

  /// Whether `indices(over:order:)` can start at any offset; by default false.
  ///
  /// Iterations are then resumed at once, and each of several ranks draws only its own part. All lists but the last have
  /// the batch size, whatever it is, and the same samples come at the same offsets.
  var isSeekable: Bool { get }

  /// The indices of the samples at ranges of offsets, a list for each range; shorter only where the samples run out.
  ///
  /// The lists are a function of `order` alone: asked for again, the same come out. A sampler that is not seekable gets
  /// batches of `ranges.batchSize` from offset 0 on.
  func indices(over ranges: BatchRanges, order: SampleOrder) -> Indices

  /// What will be read behind the list that `indices` returned last; by default nil, which says nothing.
  func hint(of indices: Indices) -> ReadAheadHint?

  /// A digest of what the order depends on besides the seed, by which a state from a different iteration is rejected.
  var fingerprint: Fingerprint { get }

  /// Throws where this sampler does not fit arrays of `count` samples. Sources call it once, when they are made.
  func validate(forSampleCount count: Int) throws(SourceError)
}

extension Sampler {
  public var isSeekable: Bool { false }

  @inlinable
  public func hint(of indices: Indices) -> ReadAheadHint? { nil }

  public func validate(forSampleCount count: Int) throws(SourceError) {}

  public var fingerprint: Fingerprint { Fingerprint(sampleCount) }
}

/// Throws where a sampler for `found` samples, labels or weights does not fit arrays of `expected` samples.
func requireSampleCount(_ found: Int, of expected: Int) throws(SourceError) {
  guard found == expected else { throw .unequalSamplerCount(expected: expected, found: found) }
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
