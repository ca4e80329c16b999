/// Adds up the time spent on one thing among others.
final class Stopwatch {
  private(set) var total = Duration.zero

  func measure<Result>(_ work: () -> Result) -> Result {
    let start = ContinuousClock.now
    defer { total += ContinuousClock.now - start }
    return work()
  }
}

extension Sequence {
  /// The same elements; the time until each of them is there goes to `stopwatch`.
  func timed(by stopwatch: Stopwatch) -> TimedSequence<Self> {
    TimedSequence(base: self, stopwatch: stopwatch)
  }
}

struct TimedSequence<Base: Sequence>: Sequence {
  let base: Base
  let stopwatch: Stopwatch

  func makeIterator() -> Iterator {
    Iterator(base: stopwatch.measure(base.makeIterator), stopwatch: stopwatch)
  }

  struct Iterator: IteratorProtocol {
    fileprivate var base: Base.Iterator
    fileprivate let stopwatch: Stopwatch

    mutating func next() -> Base.Element? { stopwatch.measure { base.next() } }
  }
}

extension Duration {
  var inSeconds: Double { self / .seconds(1) }
}
