/// A type of weights whose sum and quotients come out as NumPy's, bit for bit.
protocol NumPyWeight: BitwiseCopyable, Sendable, Comparable, AdditiveArithmetic {
  var asDouble: Double { get }

  /// `weights / weights.sum()` in the arithmetic that NumPy chooses for this type, then as Float64.
  static func numPyQuotients(_ weights: NDArray<Self>) -> NDArray<Double>
}

extension Double: NumPyWeight {
  var asDouble: Double { self }

  static func numPyQuotients(_ weights: NDArray<Double>) -> NDArray<Double> { floatQuotients(weights) }
}

extension Float: NumPyWeight {
  var asDouble: Double { Double(self) }

  static func numPyQuotients(_ weights: NDArray<Float>) -> NDArray<Double> { floatQuotients(weights) }
}

extension UInt64: NumPyWeight {
  var asDouble: Double { Double(self) }

  static func numPyQuotients(_ weights: NDArray<UInt64>) -> NDArray<Double> {
    let sum = Double(weights.scalars.reduce(0, +))
    return weights.map { Double($0) / sum }
  }
}

/// NumPy refuses weights whose sum overflows in their own type; any finite divisor will do for them.
private func floatQuotients<Weight: BinaryFloatingPoint>(_ weights: NDArray<Weight>) -> NDArray<Double> {
  let sum = weights.withUnsafeBufferPointer { weights in pairwiseSum(weights.indices) { weights[$0] } }
  let divisor = min(sum, .greatestFiniteMagnitude)
  return weights.map { Double($0 / divisor) }
}
