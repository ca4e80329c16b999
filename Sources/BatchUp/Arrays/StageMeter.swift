import Synchronization

/// What part of the making of a batch takes time.
@usableFromInline
enum Stage: Sendable {
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
}

extension Duration {
  /// Rounded down.
  var nanoseconds: Int { Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000) }
}
