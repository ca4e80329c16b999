/// Samples from arrays of equal length, or from loaders: sample i is row i of each.
///
/// A batch is a tuple with one member per array; with a single array it is the array's batch itself. `Batch` is that
/// tuple, so that the types of the arrays need not be named.
public struct ArraySource<Batch, S: Sampler, Failure: Error>: BatchSource, Sendable {
  @usableFromInline typealias Load = @Sendable (ArrayPosition, BatchContext) throws(Failure) -> Batch

  @usableFromInline let sampler: S
  @usableFromInline let load: Load
  @usableFromInline let stage: Stage
  /// Of the arrays.
  let arrayCount: Int
  let dataFingerprint: Fingerprint

  @usableFromInline
  init(sampler: S, arrayCount: Int, dataFingerprint: Fingerprint, stage: Stage, load: @escaping Load) {
    self.sampler = sampler
    self.arrayCount = arrayCount
    self.dataFingerprint = dataFingerprint
    self.stage = stage
    self.load = load
  }

  public var traits: SourceTraits {
    SourceTraits(sampleCount: sampler.sampleCount, isSeekable: sampler.isSeekable, isEven: true) {
      [sampler, dataFingerprint] in
      var fingerprint = dataFingerprint
      fingerprint.combine(sampler.fingerprint)
      return fingerprint
    }
  }

  @inlinable
  public func positions(over ranges: BatchRanges, order: SampleOrder) -> Positions {
    Positions(
      indices: sampler.indices(over: ranges, order: order), sampler: sampler, areReadAhead: stage == .load)
  }

  @inlinable
  public func batch(at position: ArrayPosition, in context: BatchContext) throws(Failure) -> Batch {
    try context.measuring(stage) { () throws(Failure) in try load(position, context) }
  }

  /// What the sampler chooses, one batch after the other.
  public struct Positions: IteratorProtocol {
    @usableFromInline var indices: S.Indices
    @usableFromInline let sampler: S
    @usableFromInline let areReadAhead: Bool

    @usableFromInline
    init(indices: S.Indices, sampler: S, areReadAhead: Bool) {
      self.indices = indices
      self.sampler = sampler
      self.areReadAhead = areReadAhead
    }

    @inlinable
    public mutating func next() -> ArrayPosition? {
      guard let chosen = indices.next() else { return nil }
      return ArrayPosition(chosen, hint: areReadAhead ? sampler.hint(of: indices) : nil)
    }
  }
}

/// Which samples of arrays are in a batch.
public struct ArrayPosition: BatchPosition, Sendable {
  public let sampleIndices: BatchIndices
  /// What will be read behind the batch.
  @usableFromInline let hint: ReadAheadHint?

  @usableFromInline
  init(_ indices: BatchIndices, hint: ReadAheadHint?) {
    sampleIndices = indices
    self.hint = hint
  }

  @inlinable public var sampleCount: Int { sampleIndices.count }

  public func selecting(_ places: [Int]) -> ArrayPosition {
    ArrayPosition(sampleIndices.selecting(places), hint: nil)
  }

  public func trimmed(to count: Int) -> ArrayPosition { ArrayPosition(sampleIndices.trimmed(to: count), hint: hint) }

  public func sampleIndices(at place: Int) -> [Int] { [sampleIndices[place]] }

  public var sampleKeys: SampleKeys { sampleIndices.sampleKeys }
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
    try repeats.requireOne()
    let count = try commonSampleCount(repeat each arrays)
    try self.init(repeat each arrays, sampler: StandardSampler(count: count, repeats: repeats))
  }

  /// The samples at `indices`, gone through `repeats` times.
  public init<each A: SampleArray & Sendable>(
    _ arrays: repeat each A, indices: some Sequence<Int>, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == SubsetSampler {
    try repeats.requireOne()
    try self.init(repeat each arrays, sampler: SubsetSampler(indices, repeats: repeats))
  }

  /// The samples that `sampler` chooses.
  @inlinable
  public init<each A: SampleArray & Sendable>(
    _ arrays: repeat each A, sampler: S
  ) throws(SourceError) where Batch == (repeat (each A).Batch) {
    let count = try commonSampleCount(repeat each arrays)
    try sampler.validate(forSampleCount: count)
    self.init(
      sampler: sampler, arrayCount: count, dataFingerprint: commonFingerprint(repeat each arrays), stage: .gather
    ) { position, context throws(Never) in
      let indices = position.sampleIndices
      return (repeat (each arrays).batch(at: indices, in: context))
    }
  }
}

extension ArraySource where Failure == any Error {
  /// All samples of arrays and loaders, gone through `repeats` times.
  public init<each A: SampleLoader & Sendable>(
    loading loaders: repeat each A, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == StandardSampler {
    try repeats.requireOne()
    let count = try commonSampleCount(repeat each loaders)
    try self.init(loading: repeat each loaders, sampler: StandardSampler(count: count, repeats: repeats))
  }

  /// The samples at `indices`, gone through `repeats` times.
  public init<each A: SampleLoader & Sendable>(
    loading loaders: repeat each A, indices: some Sequence<Int>, repeats: Repetition = 1
  ) throws(SourceError) where Batch == (repeat (each A).Batch), S == SubsetSampler {
    try repeats.requireOne()
    try self.init(loading: repeat each loaders, sampler: SubsetSampler(indices, repeats: repeats))
  }

  /// The samples that `sampler` chooses.
  public init<each A: SampleLoader & Sendable>(
    loading loaders: repeat each A, sampler: S
  ) throws(SourceError) where Batch == (repeat (each A).Batch) {
    let count = try commonSampleCount(repeat each loaders)
    try sampler.validate(forSampleCount: count)
    self.init(
      sampler: sampler, arrayCount: count, dataFingerprint: commonFingerprint(repeat each loaders), stage: .load
    ) { position, context in
      let (indices, context) = (position.sampleIndices, context.with(position.hint))
      var array = 0
      return (repeat try (each loaders).checkedBatch(at: indices, in: context, array: &array))
    }
  }
}

extension SampleLoader {
  /// A batch of the loader with this number, which is then that of the next one.
  ///
  /// - Throws: `SourceError.wrongBatchLength` among others.
  fileprivate func checkedBatch(
    at indices: BatchIndices, in context: BatchContext, array: inout Int
  ) throws -> Batch {
    let batch = try self.batch(at: indices, in: context)
    if let found = Self.sampleCount(of: batch), found != indices.count {
      throw SourceError.wrongBatchLength(array: array, expected: indices.count, found: found)
    }
    array += 1
    return batch
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
