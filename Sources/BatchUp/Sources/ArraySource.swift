/// Samples from arrays of equal length, or from loaders: sample i is row i of each.
///
/// A batch is a tuple with one member per array; with a single array it is the array's batch itself. `Batch` is that
/// tuple, so that the types of the arrays need not be named.
public struct ArraySource<Batch, S: Sampler, Failure: Error>: RandomAccessSource {
  @usableFromInline typealias Load = @Sendable (BatchIndices, StorageRecycler?) throws(Failure) -> Batch

  @usableFromInline let sampler: S
  @usableFromInline let load: Load

  @usableFromInline
  init(sampler: S, load: @escaping Load) {
    self.sampler = sampler
    self.load = load
  }

  public var sampleCount: SampleCount { sampler.sampleCount }

  @inlinable
  public func makePositionIterator(batchSize: Int, order: SampleOrder) -> S.IndexIterator {
    sampler.makeIndexIterator(batchSize: batchSize, order: order)
  }

  @inlinable
  public func batch(at position: BatchIndices, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try load(position, recycler)
  }
}

extension ArraySource: InOrderSource where S: InOrderSampler {}

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
    self.init(sampler: sampler) { indices, recycler throws(Never) in
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
    self.init(sampler: sampler) { indices, recycler in
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
