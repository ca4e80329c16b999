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
  let divisor = min(weights.withUnsafeBufferPointer(numPySum), .greatestFiniteMagnitude)
  return weights.map { Double($0 / divisor) }
}

/// `numpy.sum` of a contiguous array: by halves down to 128 numbers, which are added in eight interleaved sums.
func numPySum<Number: FloatingPoint>(_ numbers: UnsafeBufferPointer<Number>) -> Number {
  if numbers.count < 8 { return numbers.reduce(0, +) }
  if numbers.count <= 128 { return interleavedSum(numbers) }
  let half = numbers.count / 2 - numbers.count / 2 % 8
  return numPySum(UnsafeBufferPointer(rebasing: numbers[..<half]))
    + numPySum(UnsafeBufferPointer(rebasing: numbers[half...]))
}

private func interleavedSum<Number: FloatingPoint>(_ numbers: UnsafeBufferPointer<Number>) -> Number {
  let end = numbers.count - numbers.count % 8
  func laneSum(_ lane: Int) -> Number {
    stride(from: lane, to: end, by: 8).reduce(0) { $0 + numbers[$1] }
  }
  let sum =
    ((laneSum(0) + laneSum(1)) + (laneSum(2) + laneSum(3))) + ((laneSum(4) + laneSum(5)) + (laneSum(6) + laneSum(7)))
  return numbers[end...].reduce(sum, +)
}
