/// The share of samples whose label is among the k classes with the largest scores.
///
/// Of equal scores, the first is the larger. A NaN is larger than any score, and a label whose own score is one is
/// not among the k.
public struct TopKAccuracy: ClassificationMetric {
  /// How many classes a sample has to name its label.
  public let k: Int
  /// The label of samples that do not count.
  public let ignoredLabel: Int32?
  /// The samples so far whose label is among the k classes.
  @CheckedCount public private(set) var correctCount = 0
  @CheckedCount public private(set) var sampleCount = 0

  private struct Settings: Equatable {
    let k: Int
    let ignoredLabel: Int32?
  }

  /// The accuracy over no samples yet.
  ///
  /// - Precondition: `k` is at least 1.
  public init(k: Int, ignoredLabel: Int32? = nil) {
    precondition(k >= 1, "a label among the first \(k) classes")
    self.k = k
    self.ignoredLabel = ignoredLabel
  }

  public mutating func add<Scalar: RealScalar>(
    _ scores: NDArray<Scalar>, _ labels: NDArray<Int32>
  ) throws(MetricError) {
    let batch = try LabelledScores(scores, labels, ignoredLabel: ignoredLabel)
    guard batch.classCount >= k else { throw .tooFewClasses(expected: k, found: batch.classCount) }
    let errors = try batch.checked(batch.errors(top: k))
    correctCount += errors.rowCount - Int(errors.sum)
    sampleCount += errors.rowCount
  }

  public var value: Double {
    get throws(ReductionError) {
      guard sampleCount > 0 else { throw .noSamples }
      return Double(correctCount) / Double(sampleCount)
    }
  }

  public mutating func merge(_ other: TopKAccuracy) throws(MetricError) {
    try requireSameSettings(settings, other.settings)
    correctCount += other.correctCount
    sampleCount += other.sampleCount
  }

  private var settings: Settings { Settings(k: k, ignoredLabel: ignoredLabel) }
}

extension TopKAccuracy {
  private enum CodingKeys: CodingKey {
    case k, ignoredLabel, correctCount, sampleCount
  }

  /// - Throws: `DecodingError` where `k` or a count cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    k = try container.decode(Int.self, forKey: .k)
    ignoredLabel = try container.decodeIfPresent(Int32.self, forKey: .ignoredLabel)
    _correctCount = try container.decode(CheckedCount.self, forKey: .correctCount)
    _sampleCount = try container.decode(CheckedCount.self, forKey: .sampleCount)
    guard k >= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .k, in: container, debugDescription: "a label among the first \(k) classes")
    }
  }
}
