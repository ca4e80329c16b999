/// The mean of values, each with its weight: sum(weight x value) / sum(weight). For losses of samples that count more
/// or less.
///
/// Both sums are kept as those of `MeanLoss`, with the same bounds, and for Double 8,320 in place of 512: those
/// products are OpenBLAS's, and their bits depend on the machine, but not on the number of workers.
public struct WeightedMean: ElementwiseMetric {
  /// The sum of the weighted values.
  public private(set) var sum = ExactSum()
  /// The sum of the weights.
  public private(set) var weightSum = ExactSum()
  @CheckedCount public private(set) var sampleCount = 0

  /// A mean of nothing yet.
  public init() {}

  /// Adds values and their weights.
  public mutating func add<Scalar: RealScalar>(
    _ values: NDArray<Scalar>, _ weights: NDArray<Scalar>
  ) throws(MetricError) {
    try requireComparable(values, weights)
    sum.add(.product, values, weights)
    weightSum.add(.value, weights, weights)
    sampleCount += values.sampleCount
  }

  /// The mean; NaN where the weights sum to 0.
  public var value: Double {
    get throws(ReductionError) {
      guard sampleCount > 0 else { throw .noSamples }
      let (sum, total) = (sum.value, weightSum.value)
      if total == 0 { return .nan }
      if sum.isFinite, total.isFinite { return sum / total }
      return self.sum.scaledDown.value / weightSum.scaledDown.value
    }
  }

  public mutating func merge(_ other: WeightedMean) {
    sum.merge(other.sum)
    weightSum.merge(other.weightSum)
    sampleCount += other.sampleCount
  }
}
