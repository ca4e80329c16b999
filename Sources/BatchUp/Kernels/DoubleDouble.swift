/// A number of twice the digits of a Double, as the sum of two (T. J. Dekker, 1971). Results are within 2^-100 of their
/// values, as far as those are finite.
struct DoubleDouble {
  let high: Double
  let low: Double

  /// - Precondition: `low` is at most `high` in magnitude.
  init(_ high: Double, _ low: Double) {
    self.high = high + low
    self.low = low - (self.high - high)
  }

  init(sum a: Double, _ b: Double) {
    let sum = a + b
    let other = sum - a
    high = sum
    low = (a - (sum - other)) + (b - other)
  }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let sum = DoubleDouble(sum: a.high, b.high)
    return DoubleDouble(sum.high, sum.low + (a.low + b.low))
  }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let product = a.high * b.high
    return DoubleDouble(product, (-product).addingProduct(a.high, b.high) + (a.high * b.low + a.low * b.high))
  }

  func divided(by divisor: Double) -> DoubleDouble {
    let quotient = high / divisor
    return DoubleDouble(quotient, (high.addingProduct(-quotient, divisor) + low) / divisor)
  }
}
