/// The share of samples whose largest score is not their label's.
///
/// Of equal scores, the first is the largest; a sample with a NaN among its scores is an error.
public struct ErrorRate: ClassificationMetric {
  /// The label of samples that do not count.
  public let ignoredLabel: Int32?
  /// The samples so far whose largest score is not their label's.
  @CheckedCount public private(set) var errorCount = 0
  @CheckedCount public private(set) var sampleCount = 0

  /// The rate over no samples yet.
  public init(ignoredLabel: Int32? = nil) {
    self.ignoredLabel = ignoredLabel
  }

  public mutating func add<Scalar: RealScalar>(
    _ scores: NDArray<Scalar>, _ labels: NDArray<Int32>
  ) throws(MetricError) {
    let batch = try LabelledScores(scores, labels, ignoredLabel: ignoredLabel)
    let errors = try batch.checked(batch.errors(top: 1))
    errorCount += Int(errors.sum)
    sampleCount += errors.rowCount
  }

  public var value: Double {
    get throws(ReductionError) {
      guard sampleCount > 0 else { throw .noSamples }
      return Double(errorCount) / Double(sampleCount)
    }
  }

  public mutating func merge(_ other: ErrorRate) throws(MetricError) {
    try requireSameSettings(ignoredLabel, other.ignoredLabel)
    errorCount += other.errorCount
    sampleCount += other.sampleCount
  }
}
