extension NDArray where Scalar == Float {
  /// The mean of all elements, added up in Float64; NaN for none.
  public func mean() -> Double { withUnsafeBufferPointer(BatchUp.mean) }

  /// The mean of all elements, each with its weight; NaN where the weights sum to 0.
  ///
  /// - Precondition: both arrays have the same shape.
  public func mean(weightedBy weights: NDArray) -> Double {
    requireSameShape(as: weights)
    return withUnsafeBufferPointer { values in weights.withUnsafeBufferPointer { weightedMean(values, $0) } }
  }
}

extension NDArray where Scalar == Double {
  /// The mean of all elements, added up in Float64; NaN for none.
  public func mean() -> Double { withUnsafeBufferPointer(BatchUp.mean) }

  /// The mean of all elements, each with its weight; NaN where the weights sum to 0.
  ///
  /// - Precondition: both arrays have the same shape.
  public func mean(weightedBy weights: NDArray) -> Double {
    requireSameShape(as: weights)
    return withUnsafeBufferPointer { values in weights.withUnsafeBufferPointer { weightedMean(values, $0) } }
  }
}

extension NDArray {
  private func requireSameShape(as weights: NDArray) {
    precondition(shape == weights.shape, "weights of shape \(weights.shape) for values of shape \(shape)")
  }
}
