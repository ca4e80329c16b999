import BatchUpSystem

/// Pearson's statistic of counts that are expected to be equal.
public func chiSquared(_ counts: some Collection<Int>) -> Double {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}

/// Pearson's statistic of counts that are expected in proportion to `weights`; infinite where one with weight 0 occurs.
public func chiSquared(_ counts: [Int], weights: [Double]) -> Double {
  let factor = Double(counts.reduce(0, +)) / weights.reduce(0, +)
  return zip(counts, weights).reduce(0) { sum, cell in
    let (count, expected) = (Double(cell.0), cell.1 * factor)
    if expected == 0 { return count == 0 ? sum : .infinity }
    return sum + (count - expected) * (count - expected) / expected
  }
}

/// The statistic that a fair source exceeds once in a million tests.
///
/// Wilson and Hilferty's approximation: (X / d)^(1/3) is close to normal with mean 1 - 2 / 9d and variance 2 / 9d; the
/// one-sided 1e-6 quantile of the normal distribution is 4.7534.
public func chiSquaredBound(degreesOfFreedom: Int) -> Double {
  let d = Double(degreesOfFreedom)
  let root = 1 - 2 / (9 * d) + 4.7534 * (2 / (9 * d)).squareRoot()
  return d * pow(root, 3)
}
