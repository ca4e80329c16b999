/// One number for each sample of a batch, by which digests tell samples apart.
public struct SampleKeys: Sendable {
  /// The numbers, in the order of the samples.
  public var words: [UInt64]
  /// Where the first of them stands in the batch of all ranks.
  public var firstPlace: Int

  /// The numbers of the samples of a batch.
  public init(words: [UInt64], firstPlace: Int = 0) {
    self.words = words
    self.firstPlace = firstPlace
  }

  /// The samples of two batches side by side, as many as there are of both.
  @usableFromInline
  static func paired(_ first: SampleKeys, _ second: SampleKeys) -> SampleKeys {
    SampleKeys(
      words: Swift.zip(first.words, second.words).map { mixed($0) &+ $1 }, firstPlace: first.firstPlace)
  }

  /// The samples of a member of a choice.
  @usableFromInline
  func ofMember(_ member: Int) -> SampleKeys {
    let salt = mixed(UInt64(truncatingIfNeeded: member))
    return SampleKeys(words: words.map { mixed($0 ^ salt) }, firstPlace: firstPlace)
  }
}
