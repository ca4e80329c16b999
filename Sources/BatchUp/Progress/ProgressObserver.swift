/// Is told how far a piece of work has come.
///
/// Work reports its start with nothing done (or with what an earlier run has done), every batch, and its end once, from
/// the thread that takes the batches and never from two at once. There may be a million batches: an observer that shows
/// them chooses which.
public protocol ProgressObserver {
  /// Takes note of a state; the next one has not less done, until the phase is not `running` and new work may start.
  func progressChanged(to state: ProgressState)
}

/// An observer that is a closure.
public struct ProgressHandler: ProgressObserver {
  private let body: (ProgressState) -> Void

  /// An observer that calls `body` with each state.
  public init(_ body: @escaping (ProgressState) -> Void) {
    self.body = body
  }

  public func progressChanged(to state: ProgressState) { body(state) }
}
