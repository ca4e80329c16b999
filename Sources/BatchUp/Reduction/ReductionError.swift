/// Why batches cannot be reduced to one result.
public enum ReductionError: Error, Hashable, Sendable {
  /// The source never ends.
  case endless
  /// There is no mean of no samples.
  case noSamples
}

extension ReductionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .endless: "the source never ends: limit it with prefix(_:)"
    case .noSamples: "there is no mean of no samples"
    }
  }
}
