/// Adds up the time spent on one thing among others.
final class Stopwatch {
  private(set) var total = Duration.zero

  func measure<Result>(_ work: () -> Result) -> Result {
    let start = ContinuousClock.now
    defer { total += ContinuousClock.now - start }
    return work()
  }
}

extension Duration {
  var inSeconds: Double { self / .seconds(1) }
}
