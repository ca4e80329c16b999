/// Why weights cannot say how often samples are drawn. Positions are counted from 0.
public enum WeightsError: Error, Hashable, Sendable {
  /// There are no weights.
  case empty
  /// There are more than 2^32 - 1 weights.
  case tooMany(limit: Int, found: Int)
  /// The weights, or the classes, have another number of axes than one.
  case notAList(shape: [Int])
  /// A weight is not a number.
  case notANumber(position: Int)
  /// A weight is below 0.
  case negative(position: Int, value: Double)
  /// A weight is infinite.
  case infinite(position: Int)
  /// No weight is above 0.
  case allZero(count: Int)
  /// There is not one weight for each chosen sample.
  case unequalCounts(indices: Int, weights: Int)
  /// Without replacement, fewer samples have a weight above 0 than are to be drawn.
  case tooFewPositive(expected: Int, found: Int)
  /// A chosen sample has no class.
  case indexWithoutClass(position: Int, index: Int, classCount: Int)
  /// A weight is given to a sample that has none.
  case indexWithoutWeight(position: Int, index: Int, weightCount: Int)
}

extension WeightsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "there are no weights"
    case .tooMany(let limit, let found): "there are \(found) weights, but at most \(limit) are supported"
    case .notAList(let shape): "weights and classes lie along one axis, not in shape \(shape)"
    case .notANumber(let position): "the weight at position \(position) is not a number"
    case .negative(let position, let value): "the weight at position \(position) is negative: \(value)"
    case .infinite(let position): "the weight at position \(position) is infinite"
    case .allZero(let count): "none of the \(count) weights is above 0"
    case .unequalCounts(let indices, let weights): "there are \(weights) weights for \(indices) chosen samples"
    case .tooFewPositive(let expected, let found):
      "\(expected) samples are to be drawn without replacement, but only \(found) have a weight above 0"
    case .indexWithoutClass(let position, let index, let classCount):
      "index \(index) at position \(position) is outside 0..<\(classCount), the samples whose classes are known"
    case .indexWithoutWeight(let position, let index, let weightCount):
      "index \(index) at position \(position) is outside 0..<\(weightCount), the samples that have weights"
    }
  }
}
