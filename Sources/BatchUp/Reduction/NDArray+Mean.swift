extension NDArray where Scalar: RealScalar {
  /// The mean of all elements, added up in Float64; NaN for none.
  public func mean() -> Double { termSum(.value, self) / Double(count) }

  /// The mean of all elements, each with its weight; NaN where the weights sum to 0.
  ///
  /// - Precondition: both arrays have the same shape.
  public func mean(weightedBy weights: NDArray) -> Double {
    precondition(shape == weights.shape, "weights of shape \(weights.shape) for values of shape \(shape)")
    let total = termSum(.value, weights)
    return total == 0 ? .nan : termSum(.product, self, weights) / total
  }
}
