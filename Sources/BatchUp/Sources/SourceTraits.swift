/// What holds for a whole source. A combinator derives its traits from those of its base.
public struct SourceTraits: Sendable {
  /// The number of samples that one iteration delivers; at most that many where it depends on the batch size.
  public var sampleCount: SampleCount
  /// The number of samples of all ranks, where this is the part of one of them; nil otherwise.
  public var wholeSampleCount: SampleCount?
  /// Whether `positions(over:order:)` can start at any offset and deliver a rank's part of each batch. Only the last
  /// batch is then short, and the same samples come at the same offsets for any batch size.
  public var isSeekable: Bool
  /// Whether every batch but the last has the batch size.
  public var isEven: Bool
  /// Whether batches are a rank's parts of batches, which may all be shorter than the batch size.
  public var deliversParts = false
  /// Works out the lengths of the batches for a batch size, from an offset on; nil for what `sampleCount` and `isEven`
  /// imply.
  public var measuring: (@Sendable (_ batchSize: Int, _ offset: Int) -> BatchLengths)?
  private var makeFingerprint: @Sendable () -> Fingerprint

  /// Creates the traits of a source.
  ///
  /// - Parameters:
  ///   - sampleCount: The number of samples that one iteration delivers.
  ///   - isSeekable: Whether an iteration can start at any offset.
  ///   - isEven: Whether every batch but the last has the batch size; always so where the source is seekable.
  ///   - fingerprint: A digest of the data, by which a state from a different iteration is rejected; by default of the
  ///     number of samples. Called only where states are taken or resumed.
  public init(
    sampleCount: SampleCount, isSeekable: Bool = false, isEven: Bool = false,
    fingerprint: (@Sendable () -> Fingerprint)? = nil
  ) {
    self.sampleCount = sampleCount
    self.isSeekable = isSeekable
    self.isEven = isEven || isSeekable
    makeFingerprint = fingerprint ?? { Fingerprint(sampleCount) }
  }

  /// A digest of the data and of what the order depends on besides the seed.
  public var fingerprint: Fingerprint { makeFingerprint() }

  /// The lengths of the batches that an iteration delivers from an offset on.
  public func lengths(batchSize: Int, remainder: Remainder, startingAt offset: Int = 0) -> BatchLengths {
    let lengths = lengths(batchSize: batchSize, startingAt: offset)
    return remainder == .drop && !deliversParts ? lengths.dropping(shorterThan: batchSize) : lengths
  }

  /// As above, with the short ones.
  func lengths(batchSize: Int, startingAt offset: Int) -> BatchLengths {
    if let measuring { return measuring(batchSize, offset) }
    let rest = sampleCount.without(offset)
    return isEven
      ? BatchLengths(of: batchSize, sampleCount: rest) : BatchLengths(ofUnknownLengthsWith: rest)
  }

  /// The same traits with a digest that covers more.
  func combining(_ other: @escaping @Sendable (inout Fingerprint) -> Void) -> SourceTraits {
    var traits = self
    traits.makeFingerprint = { [makeFingerprint] in
      var fingerprint = makeFingerprint()
      other(&fingerprint)
      return fingerprint
    }
    return traits
  }
}
