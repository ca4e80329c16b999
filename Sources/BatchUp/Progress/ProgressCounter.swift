/// Counts what is done, and reports it to an observer.
///
/// The start is reported when the counter is made, and the end when it is told of it. A counter that goes out of scope
/// before that, as when an error is thrown, reports that the work was given up.
public struct ProgressCounter: ~Copyable {
  /// What was reported last.
  public private(set) var state: ProgressState
  private let observer: any ProgressObserver

  /// Reports the start of the work.
  ///
  /// - Parameters:
  ///   - completedCount: what is done before the start, which is not part of the rate.
  ///   - totalCount: how much there is to do, usually in samples; nil where that is not known.
  ///   - observer: who is told.
  public init(completedCount: Int = 0, totalCount: Int?, observer: any ProgressObserver) {
    state = ProgressState(completedCount: completedCount, totalCount: totalCount)
    self.observer = observer
    observer.progressChanged(to: state)
  }

  deinit {
    guard state.phase == .running else { return }
    var state = state
    state.phase = .abandoned
    observer.progressChanged(to: state)
  }

  /// Counts so much more, usually the samples of a batch.
  public mutating func advance(by count: Int) {
    state.completedCount += count
    observer.progressChanged(to: state)
  }

  /// Reports that all is done.
  public mutating func finish() {
    guard state.phase == .running else { return }
    state.phase = .finished
    observer.progressChanged(to: state)
  }
}
