/// How often the samples are gone through before the end.
///
/// Batches run on from one pass into the next, so only the very last one can be short.
public enum Repetition: Sendable, Hashable {
  /// So many times, at least once.
  case times(Int)
  /// Without end.
  case forever
}

extension Repetition {
  /// Throws where there is not one pass.
  @usableFromInline
  func requireOne() throws(SourceError) {
    if case .times(let count) = self, count < 1 { throw .noRepeats(found: count) }
  }
}

extension Repetition: ExpressibleByIntegerLiteral {
  public init(integerLiteral count: Int) { self = .times(count) }
}
