/// Why numbers are not the probabilities of a choice. Positions are counted from 0.
public enum ProbabilityError: Error, Hashable, Sendable {
  /// There is not one probability for each number to choose from.
  case unequalCounts(expected: Int, found: Int)
  /// A probability is not a number.
  case notANumber(position: Int)
  /// A probability is below 0.
  case negative(position: Int, found: Double)
  /// The sum is farther from 1 than rounding explains.
  case sumIsNotOne(found: Double)
  /// Fewer probabilities are positive than numbers are wanted without replacement.
  case tooFewPositive(expected: Int, found: Int)
}

extension ProbabilityError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unequalCounts(let expected, let found):
      "\(found) probabilities for a choice from \(expected)"
    case .notANumber(let position):
      "the probability at position \(position) is not a number"
    case .negative(let position, let found):
      "the probability at position \(position) is negative: \(found)"
    case .sumIsNotOne(let found):
      "the probabilities add up to \(found), not 1"
    case .tooFewPositive(let expected, let found):
      "\(found) probabilities are positive, too few for \(expected) draws without replacement"
    }
  }
}

/// Checks probabilities as NumPy does, in the same order.
func requireProbabilities(_ probabilities: [Double], count: Int) throws(ProbabilityError) {
  guard probabilities.count == count else { throw .unequalCounts(expected: count, found: probabilities.count) }
  if let position = probabilities.firstIndex(where: \.isNaN) { throw .notANumber(position: position) }
  if let position = probabilities.firstIndex(where: { $0 < 0 }) {
    throw .negative(position: position, found: probabilities[position])
  }
  let sum = compensatedSum(probabilities)
  guard abs(sum - 1) <= Double.ulpOfOne.squareRoot() else { throw .sumIsNotOne(found: sum) }
}

/// Kahan's summation (1965). Infinity where the sum is too large: the compensation of infinity is not a number.
private func compensatedSum(_ values: [Double]) -> Double {
  var sum = 0.0
  var excess = 0.0
  for value in values {
    let corrected = value - excess
    let next = sum + corrected
    excess = (next - sum) - corrected
    sum = next
  }
  return sum.isNaN ? .infinity : sum
}
