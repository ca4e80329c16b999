import Foundation

/// Holds threads up until it is opened, and counts those that came.
final class Gate: @unchecked Sendable {
  private let changed = NSCondition()
  // Guarded by `changed`.
  private var isOpen = false
  private var arrivalCount = 0

  func open() { change { isOpen = true } }

  func pass() {
    change { arrivalCount += 1 }
    wait { isOpen }
  }

  func waitForArrivals(_ count: Int) { wait { arrivalCount >= count } }

  private func change(_ body: () -> Void) {
    changed.withLock(body)
    changed.broadcast()
  }

  private func wait(until isDone: () -> Bool) {
    changed.withLock {
      while !isDone() { changed.wait() }
    }
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
