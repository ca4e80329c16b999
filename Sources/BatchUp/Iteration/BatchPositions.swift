/// The positions of the batches that an iteration delivers: without the short ones where they are dropped, up to a limit.
@usableFromInline
struct BatchPositions<Source: BatchSource>: IteratorProtocol {
  @usableFromInline var base: Source.Positions
  @usableFromInline let minimumCount: Int
  @usableFromInline var remaining: Int
  @usableFromInline private(set) var shortBatches: ShortBatches

  init(base: Source.Positions, minimumCount: Int, of sampleCount: SampleCount, remaining: Int) {
    self.base = base
    self.minimumCount = minimumCount
    self.remaining = remaining
    shortBatches = ShortBatches(leastCount: minimumCount, of: sampleCount)
  }

  @inlinable
  mutating func next() -> Source.Position? {
    if remaining == 0 { return nil }
    remaining -= 1
    if let position = nextDelivered() { return position }
    remaining = 0
    return nil
  }

  @inlinable
  mutating func nextDelivered() -> Source.Position? {
    guard let position = base.next() else { return nil }
    return position.sampleCount >= minimumCount ? position : shortBatches.next(of: &base)
  }

  /// The same positions, drawn by threads for a consumer that gives a signal when it ends.
  func drawn(until signal: EndSignal) -> BatchPositions {
    var result = self
    result.shortBatches.consumer = signal
    return result
  }

  /// Moves on by positions that are not part of the limit, unless the task is cancelled: then there are no more.
  mutating func passOver(_ count: Int, reportingTo observer: (any ProgressObserver)?) {
    if count == 0 { return }
    var progress = ProgressCounter(totalCount: count, observer: observer ?? ProgressHandler { _ in })
    while progress.state.completedCount < count, remaining > 0 {
      let stepCount = Swift.min(count - progress.state.completedCount, 1_024)
      for _ in 0..<stepCount where remaining > 0 && nextDelivered() == nil { remaining = 0 }
      progress.advance(by: stepCount)
      if stepCount == 1_024 && Task.isCancelled { remaining = 0 }
    }
    if remaining > 0 { progress.finish() }
  }
}
