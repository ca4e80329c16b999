extension NDArray where Scalar: RealScalar {
  /// The mean of all elements, added up in Float64, finite also where their sum is too large; NaN for none.
  public func mean() -> Double {
    let sum = termSum(.value, self)
    if sum.isFinite { return sum / Double(count) }
    let (values, unit) = nearOne()
    return termSum(.value, values) / Double(count) * Double(unit)
  }

  /// The mean of all elements, each with its weight; NaN where the weights sum to 0.
  ///
  /// - Precondition: both arrays have the same shape.
  public func mean(weightedBy weights: NDArray) -> Double {
    precondition(shape == weights.shape, "weights of shape \(weights.shape) for values of shape \(shape)")
    let (sum, total) = (termSum(.product, self, weights), termSum(.value, weights))
    if total == 0 { return .nan }
    if sum.isFinite, total.isFinite { return sum / total }
    let (values, unit) = nearOne()
    let shares = weights.nearOne().array
    return termSum(.product, values, shares) / termSum(.value, shares) * Double(unit)
  }

  /// The elements divided by a power of two, of which the largest is from 1 to 2; as they are where one is not finite.
  private func nearOne() -> (array: NDArray, unit: Scalar) {
    let largest = withUnsafeBufferPointer { $0.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : .infinity } }
    if largest == 0 || !largest.isFinite { return (self, 1) }
    let unit = largest.binade
    return (map { $0 / unit }, unit)
  }
}
