extension BenchmarkGroup {
  /// Runs the benchmarks in turn until each has had about `seconds`, in at least five rounds.
  func measure(seconds: Double) -> [BenchmarkResult] {
    let runs = benchmarks.map { Run($0) }
    let start = ContinuousClock.now
    var rounds = 0
    while rounds < 5 || (ContinuousClock.now - start).inSeconds < seconds * Double(runs.count) {
      for run in runs { run.sample() }
      rounds += 1
    }
    let figures = Dictionary(uniqueKeysWithValues: runs.map { ($0.benchmark.name, $0.figures) })
    return runs.map { run in
      BenchmarkResult(
        of: run.benchmark, figures: run.figures, limits: run.benchmark.limit.flatMap { figures[$0] })
    }
  }
}

/// One benchmark that has been set up, and its samples.
private final class Run {
  let benchmark: Benchmark
  private let body: () -> Void
  /// How often the work is repeated in one sample, so that reading the clock does not count.
  private let repetitions: Int
  private(set) var figures: [Double] = []

  private static let shortestSample = 0.002

  init(_ benchmark: Benchmark) {
    self.benchmark = benchmark
    let body = benchmark.prepare()
    body()  // touches all memory
    let once = Self.seconds { body() }
    self.body = body
    repetitions = max(1, Int(Self.shortestSample / max(once, 1e-9)))
  }

  func sample() {
    let seconds = Self.seconds { for _ in 0..<repetitions { body() } }
    figures.append(benchmark.figure(seconds: seconds / Double(repetitions)))
  }

  private static func seconds(_ work: () -> Void) -> Double {
    ContinuousClock().measure(work).inSeconds
  }
}
