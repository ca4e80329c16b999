/// Delivers each of the samples 0..<count once per pass, in order or shuffled anew for each pass.
public struct StandardSampler: PassSampler {
  private let passes: Passes

  /// The samples `0..<count`, gone through `repeats` times.
  ///
  /// - Precondition: `count` is not negative, and `repeats` is at least 1.
  public init(count: Int, repeats: Repetition = 1) {
    passes = Passes(over: BatchIndices(0..<count), repeats: repeats)
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
    try requireSampleCount(passes.samples.count, of: count)
  }
}
