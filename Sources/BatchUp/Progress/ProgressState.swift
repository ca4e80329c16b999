/// How far a piece of work has come.
public struct ProgressState: Hashable, Sendable {
  /// How much is done, usually in samples.
  public var completedCount: Int
  /// How much there is to do, in the same unit; nil where that is not known.
  public var totalCount: Int?
  /// Whether the work goes on.
  public var phase: Phase

  /// Whether the work goes on.
  public enum Phase: Hashable, Sendable {
    /// The work goes on.
    case running
    /// All is done.
    case finished
    /// The work ended before its end: by an error, or because nobody asked for more.
    case abandoned
  }

  /// A state of work; by default of work that goes on and whose total is unknown.
  public init(completedCount: Int, totalCount: Int? = nil, phase: Phase = .running) {
    self.completedCount = completedCount
    self.totalCount = totalCount
    self.phase = phase
  }

  /// The share that is done, from 0 to 1; nil where the total is unknown, and 1 where there is nothing to do.
  public var fraction: Double? {
    guard let totalCount else { return nil }
    return totalCount > 0 ? Double(min(max(completedCount, 0), totalCount)) / Double(totalCount) : 1
  }
}
