/// Says which samples form one batch.
public protocol BatchPosition: SendableMetatype {
  /// What `indexed()` delivers beside the batch: the indices of its samples.
  associatedtype SampleIndices: BatchPosition = Self

  /// The indices of the samples.
  var sampleIndices: SampleIndices { get }

  /// The number of samples in the batch.
  var sampleCount: Int { get }

  /// The number of rows in the batch: more than there are samples where it is padded. By default, `sampleCount`.
  var rowCount: Int { get }

  /// Selects the samples at these places of the batch, counted from 0; the same place may come several times.
  func selecting(_ places: [Int]) -> Self

  /// Selects the first `count` samples. By default by `selecting(_:)`.
  func trimmed(to count: Int) -> Self

  /// The index of the sample at one place of the batch; several where sources stand side by side, from left to right.
  func sampleIndices(at place: Int) -> [Int]

  /// What tells the samples apart in digests. By default, their indices.
  var sampleKeys: SampleKeys { get }
}

extension BatchPosition {
  public var rowCount: Int { sampleCount }

  public func trimmed(to count: Int) -> Self {
    precondition(count <= sampleCount, "\(sampleCount) samples cannot be trimmed to \(count)")
    return selecting(Array(0..<count))
  }

  public var sampleKeys: SampleKeys {
    SampleKeys(
      words: (0..<sampleCount).map { place in
        let words = sampleIndices(at: place).map { UInt64(truncatingIfNeeded: $0) }
        return words.dropFirst().reduce(words.first ?? 0) { mixed($0) &+ $1 }
      })
  }
}

extension BatchPosition where SampleIndices == Self {
  public var sampleIndices: Self { self }
}
