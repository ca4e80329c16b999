/// Delivers chosen samples once per pass, in the order given or shuffled anew for each pass.
public struct SubsetSampler: PassSampler {
  private let passes: Passes

  /// The samples at `indices`; one that is listed twice is delivered twice.
  ///
  /// An index that the data does not have is reported when the source is made.
  ///
  /// - Precondition: `repeats` is at least 1.
  public init(_ indices: some Sequence<Int>, repeats: Repetition = 1) {
    passes = Passes(over: BatchIndices(indices), repeats: repeats)
  }

  public var samples: BatchIndices { passes.samples }
  public var repeats: Repetition { passes.repeats }
  public var sampleCount: SampleCount { passes.sampleCount }

  public var isSeekable: Bool { true }

  public func indices(over ranges: BatchRanges, order: SampleOrder) -> PassIterator {
    PassIterator(passes: passes, ranges: ranges, order: order)
  }

  public func hint(of indices: PassIterator) -> ReadAheadHint? { indices.hint }

  public var fingerprint: Fingerprint { passes.fingerprint }

  public func validate(forSampleCount count: Int) throws(SourceError) {
    try passes.samples.requireSamples(below: count)
  }
}

extension BatchIndices {
  func requireSamples(below count: Int) throws(SourceError) {
    if case .run(let range) = storage, range.lowerBound >= 0, range.upperBound <= count { return }
    for (position, index) in enumerated() where index < 0 || index >= count {
      throw .indexOutOfRange(position: position, index: index, sampleCount: count)
    }
  }
}
