/// Why batches cannot be reduced to one result.
public enum ReductionError: Error, Hashable, Sendable {
  /// The source never ends.
  case endless
  /// There is no mean of no samples.
  case noSamples
  /// An array of rank 0 has no rows to be joined to others.
  case noRows
  /// The rows of one batch have another shape than those before.
  case unequalRows(expected: [Int], found: [Int])
}

extension ReductionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .endless: "the source never ends: limit it with prefix(_:)"
    case .noSamples: "there is no mean of no samples"
    case .noRows: "the result for a batch is an array of rank 0, which has no rows to be joined to others"
    case .unequalRows(let expected, let found):
      "the result for a batch has rows of shape \(found); those before have \(expected)"
    }
  }
}
