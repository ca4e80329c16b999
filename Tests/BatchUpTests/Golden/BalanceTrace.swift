import BatchUp

/// Weights of samples that make all their classes equally likely.
struct BalanceTrace: GoldenTrace {
  private let classes: [Int]
  private let weights: [Double]

  init(reading fields: inout Fields) throws {
    classes = try fields.read("y")
    weights = try fields.read("weights")
  }

  func replay() throws {
    try check(WeightedSampler.balancingWeights(forClasses: classes), is: weights, "weights of a list")
    try check(WeightedSampler.balancingWeights(forClasses: NDArray(classes)), is: weights, "weights of an array")
  }
}
