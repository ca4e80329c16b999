import Foundation

/// Asks again and again, for four minutes at most.
public func eventually(_ isSo: () -> Bool) -> Bool {
  let end = ContinuousClock.now + .seconds(240)
  while !isSo() {
    // Also where this thread did not have its turn for so long.
    if .now >= end { return isSo() }
    letOthersRun()
  }
  return true
}

/// Leaves the processor to those that this thread waits for, until it looks again. Those who only yield it get it back at
/// once, or for a whole turn of everybody not at all, as the scheduler likes.
public func letOthersRun() { poll(nil, 0, 1) }
