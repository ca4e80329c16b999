extension KernelWeight where Self: BinaryFloatingPoint {
  var asDouble: Double { Double(self) }

  /// NumPy refuses weights whose sum overflows in their own type; any finite divisor will do for them.
  static func numPyQuotients(_ weights: NDArray<Self>) -> NDArray<Double> {
    let sum = weights.withUnsafeBufferPointer { weights in pairwiseSum(weights.indices) { weights[$0] } }
    let divisor = min(sum, .greatestFiniteMagnitude)
    return weights.map { Double($0 / divisor) }
  }
}

extension UInt64 {
  var asDouble: Double { Double(self) }

  static func numPyQuotients(_ weights: NDArray<UInt64>) -> NDArray<Double> {
    let sum = Double(weights.scalars.reduce(0, +))
    return weights.map { Double($0) / sum }
  }
}
