import Synchronization

/// The short batches that an iteration leaves out one after the other.
///
/// A source that may never end is not left to deliver nothing but those: after 10,000 in a row the program ends with a
/// message, since an iterator that cannot fail has no error to throw. Before, cancelling the task ends the iteration.
@usableFromInline
struct ShortBatches {
  private static let limit = 10_000

  private let leastCount: Int
  private let mayBeEndless: Bool
  /// Tells that nothing waits for batches any longer, where a thread without a task draws them.
  var consumer: EndSignal?

  /// - Parameters:
  ///   - leastCount: The number of samples in a batch that is not short.
  ///   - sampleCount: What the source delivers.
  init(leastCount: Int, of sampleCount: SampleCount) {
    self.leastCount = leastCount
    mayBeEndless = sampleCount.finiteCount == nil
  }

  @usableFromInline func isShort(_ position: some BatchPosition) -> Bool { position.sampleCount < leastCount }

  /// The next position that is not short, behind a short one; nil at the end, and after a cancellation.
  @usableFromInline
  func next<Positions: IteratorProtocol>(of positions: inout Positions) -> Positions.Element?
  where Positions.Element: BatchPosition {
    var shortCount = 1
    while !(Task.isCancelled || consumer?.isGiven ?? false), let position = positions.next() {
      if !isShort(position) { return position }
      shortCount += 1
      if mayBeEndless, shortCount == Self.limit { endEndlessness(position.sampleCount) }
    }
    return nil
  }

  private func endEndlessness(_ count: Int) -> Never {
    endProgram(
      "the last \(Self.limit) batches of a source that announces no end were left out as short, the last with \(count)"
        + " of \(leastCount) samples; make batches of the size that is asked for, or keep short ones")
  }
}

/// Tells threads, once and for all, that what they work for has ended.
final class EndSignal: Sendable {
  private let state = Atomic(false)

  var isGiven: Bool { state.load(ordering: .relaxed) }

  func give() { state.store(true, ordering: .relaxed) }
}
