import Foundation
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
final class Peak: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  private var largest = 0

  func enter() {
    lock.withLock {
      count += 1
      largest = max(largest, count)
    }
  }

  func leave() { lock.withLock { count -= 1 } }

  var peak: Int { lock.withLock { largest } }
}
