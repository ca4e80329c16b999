import Synchronization

/// Holds threads up until it is opened, and counts those that came.
final class Gate: Sendable {
  private let isOpen = Atomic<Bool>(false)
  private let arrivals = Atomic<Int>(0)

  func open() { isOpen.store(true, ordering: .releasing) }

  func pass() {
    arrivals.add(1, ordering: .relaxed)
    while !isOpen.load(ordering: .acquiring) {}
  }

  func waitForArrivals(_ count: Int) {
    while arrivals.load(ordering: .relaxed) < count {}
  }
}

/// How many there are now, and how many there were at most.
final class Peak: Sendable {
  private let state = Mutex((now: 0, peak: 0))

  func enter() {
    state.withLock {
      $0.now += 1
      $0.peak = max($0.peak, $0.now)
    }
  }

  func leave() { state.withLock { $0.now -= 1 } }

  var peak: Int { state.withLock { $0.peak } }
}
