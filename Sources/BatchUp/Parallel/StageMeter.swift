import Synchronization

/// What part of the making of a batch takes time.
@usableFromInline
enum Stage {
  case gather, load, map
}

/// Adds up, over all threads, how long the stages take, and how many bytes batches have.
@usableFromInline
final class StageMeter: Sendable {
  private let gathering = Atomic<Int>(0)
  private let loading = Atomic<Int>(0)
  private let mapping = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  var gatherTime: Duration { .nanoseconds(gathering.load(ordering: .relaxed)) }
  var loadTime: Duration { .nanoseconds(loading.load(ordering: .relaxed)) }
  var mapTime: Duration { .nanoseconds(mapping.load(ordering: .relaxed)) }
  var byteCount: Int { bytes.load(ordering: .relaxed) }

  func note(byteCount: Int) {
    bytes.add(byteCount, ordering: .relaxed)
  }

  @usableFromInline
  func note(_ stage: Stage, since begin: ContinuousClock.Instant) {
    let nanoseconds = (ContinuousClock.now - begin).nanoseconds
    switch stage {
    case .gather: gathering.add(nanoseconds, ordering: .relaxed)
    case .load: loading.add(nanoseconds, ordering: .relaxed)
    case .map: mapping.add(nanoseconds, ordering: .relaxed)
    }
  }

  /// The result of `body`, whose time is noted where the recycler has a meter.
  @inlinable
  static func measuring<Result, E: Error>(
    _ stage: Stage, _ recycler: StorageRecycler?, _ body: () throws(E) -> Result
  ) throws(E) -> Result {
    guard let meter = recycler?.meter else { return try body() }
    let begin = ContinuousClock.now
    defer { meter.note(stage, since: begin) }
    return try body()
  }
}

extension Duration {
  /// Rounded down.
  var nanoseconds: Int { Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000) }
}
