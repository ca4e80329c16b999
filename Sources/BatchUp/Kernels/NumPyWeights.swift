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

  /// NumPy refuses weights whose sum overflows, as its remainder is too small.
  static func numPyQuotients(_ weights: NDArray<UInt64>) -> NDArray<Double> {
    let sum = weights.withUnsafeBufferPointer { weights in weights.reduce(into: UInt128(0)) { $0 += UInt128($1) } }
    let divisor = Double(sum)
    return weights.map { Double($0) / divisor }
  }
}
