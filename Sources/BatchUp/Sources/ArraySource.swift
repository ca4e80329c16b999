/// Samples from arrays of equal length, or from loaders: sample i is row i of each.
///
/// A batch is a tuple with one member per array; with a single array it is the array's batch itself. `Batch` is that
/// tuple, so that the types of the arrays need not be named.
public struct ArraySource<Batch, S: Sampler, Failure: Error>: RandomAccessSource {
  @usableFromInline typealias Load = @Sendable (BatchIndices, StorageRecycler?) throws(Failure) -> Batch

  @usableFromInline let sampler: S
  @usableFromInline let load: Load
  /// Of the arrays.
  let dataFingerprint: Fingerprint

  @usableFromInline
  init(sampler: S, dataFingerprint: Fingerprint, load: @escaping Load) {
    self.sampler = sampler
    self.dataFingerprint = dataFingerprint
    self.load = load
  }

  public var fingerprint: Fingerprint {
    var fingerprint = dataFingerprint
    fingerprint.combine(sampler.fingerprint)
    return fingerprint
  }

  public var sampleCount: SampleCount { sampler.sampleCount }

  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> S.IndexIterator {
    sampler.makeIndexIterator(batchSize: batchSize, order: order)
  }

  @inlinable
  public func makePositionIterator(over ranges: BatchRanges, order: SampleOrder) -> S.IndexIterator? {
    sampler.makeIndexIterator(over: ranges, order: order)
  }

  @inlinable
  public func batch(at position: BatchIndices, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try load(position, recycler)
  }
}

extension ArraySource: InOrderSource where S: InOrderSampler {}

extension ArraySource: CustomStringConvertible {
  /// How many samples there are, and what a batch is: `ArraySource(1000 samples, (NDArray<Float>, NDArray<Int32>))`.
  public var description: String {
    let count =
      switch sampleCount {
      case .finite(let count): "\(count) sample\(count == 1 ? "" : "s")"
      case .infinite: "samples without end"
      case .unknown: "samples whose number is not known"
      }
    return "ArraySource(\(count), \(Batch.self))"
  }
}

extension ArraySource where Failure == Never {
  /// All samples of the arrays, gone through `repeats` times.
  @inlinable
  public init<each A: SampleArray & Sendable>(
    _ arrays: repeat each A, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == StandardSampler {
    let count = try commonSampleCount(repeat each arrays)
    try self.init(repeat each arrays, sampler: StandardSampler(count: count, repeats: repeats))
  }

  /// The samples at `indices`, gone through `repeats` times.
  public init<each A: SampleArray & Sendable>(
    _ arrays: repeat each A, indices: some Sequence<Int>, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == SubsetSampler {
    try self.init(repeat each arrays, sampler: SubsetSampler(indices, repeats: repeats))
  }

  /// The samples that `sampler` chooses.
  @inlinable
  public init<each A: SampleArray & Sendable>(
    _ arrays: repeat each A, sampler: S
  ) throws(SourceError) where Batch == (repeat (each A).Batch) {
    try sampler.validate(forSampleCount: commonSampleCount(repeat each arrays))
    self.init(sampler: sampler, dataFingerprint: commonFingerprint(repeat each arrays)) {
      indices, recycler throws(Never) in
      StageMeter.measuring(.gather, recycler) {
        (repeat (each arrays).batch(at: indices, recycling: recycler))
      }
    }
  }
}

extension ArraySource where Failure == any Error {
  /// All samples of arrays and loaders, gone through `repeats` times.
  public init<each A: SampleLoader & Sendable>(
    loading loaders: repeat each A, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == StandardSampler {
    let count = try commonSampleCount(repeat each loaders)
    try self.init(loading: repeat each loaders, sampler: StandardSampler(count: count, repeats: repeats))
  }

  /// The samples at `indices`, gone through `repeats` times.
  public init<each A: SampleLoader & Sendable>(
    loading loaders: repeat each A, indices: some Sequence<Int>, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == SubsetSampler {
    try self.init(loading: repeat each loaders, sampler: SubsetSampler(indices, repeats: repeats))
  }

  /// The samples that `sampler` chooses.
  public init<each A: SampleLoader & Sendable>(
    loading loaders: repeat each A, sampler: S
  ) throws(SourceError) where Batch == (repeat (each A).Batch) {
    try sampler.validate(forSampleCount: commonSampleCount(repeat each loaders))
    self.init(sampler: sampler, dataFingerprint: commonFingerprint(repeat each loaders)) { indices, recycler in
      try StageMeter.measuring(.load, recycler) {
        (repeat try (each loaders).batch(at: indices, recycling: recycler))
      }
    }
  }
}

/// The number of samples that all loaders have.
@usableFromInline
func commonSampleCount<each A: SampleLoader>(_ loaders: repeat each A) throws(SourceError) -> Int {
  var counts: [Int] = []
  for loader in repeat each loaders {
    guard loader.hasSampleAxis else { throw .noSampleAxis(array: counts.count) }
    counts.append(loader.sampleCount)
  }
  guard let expected = counts.first else { preconditionFailure("a source needs at least one array") }
  for (array, found) in counts.enumerated() where found != expected {
    throw .unequalSampleCounts(array: array, expected: expected, found: found)
  }
  return expected
}

/// A digest of what all loaders are like.
@usableFromInline
func commonFingerprint<each A: SampleLoader>(_ loaders: repeat each A) -> Fingerprint {
  var fingerprint = Fingerprint()
  for loader in repeat each loaders { fingerprint.combine(loader.fingerprint) }
  return fingerprint
}
