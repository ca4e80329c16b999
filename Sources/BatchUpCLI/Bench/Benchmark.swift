import BatchUp

/// Work whose speed is measured, beside the limit that the machine sets it.
struct Benchmark {
  enum Unit: Equatable {
    case gigabytesPerSecond
    case nanosecondsPer(String)
    case milliseconds
  }

  /// Stable: programs that read the results know benchmarks by it.
  let name: String
  let unit: Unit
  /// How many bytes or items one run deals with.
  let amount: Int
  /// The name of the benchmark, of the same group and unit, that shows what the machine can do.
  let limit: String?
  /// Sets the work up, and returns one run of it.
  let prepare: () -> () -> Void

  init(
    _ name: String, unit: Unit, amount: Int, limit: String? = nil, prepare: @escaping () -> () -> Void
  ) {
    self.name = name
    self.unit = unit
    self.amount = amount
    self.limit = limit
    self.prepare = prepare
  }

  /// The figure of one run that took so many seconds.
  func figure(seconds: Double) -> Double {
    switch unit {
    case .gigabytesPerSecond: Double(amount) / seconds / 1e9
    case .nanosecondsPer: seconds * 1e9 / Double(amount)
    case .milliseconds: seconds * 1e3
    }
  }
}

extension Benchmark.Unit: CustomStringConvertible {
  var description: String {
    switch self {
    case .gigabytesPerSecond: "GB/s"
    case .nanosecondsPer(let item): "ns/\(item)"
    case .milliseconds: "ms"
    }
  }

  /// How much of `limit` a figure reaches, from 0 to about 1.
  func share(_ figure: Double, of limit: Double) -> Double {
    self == .gigabytesPerSecond ? figure / limit : limit / figure
  }
}

extension Benchmark {
  /// The same work with each of these numbers of workers; nil for a consumer that makes the batches itself.
  static func byWorkers(
    _ workerCounts: [Int?] = [nil, 1, 2], in group: String, unit: Unit = .milliseconds, amount: Int, limit: String?,
    work: @escaping (WorkerPool?) -> Void
  ) -> [Benchmark] {
    workerCounts.map { workerCount in
      let name = "\(group)/" + (workerCount.map { "workers-\($0)" } ?? "inline")
      return Benchmark(name, unit: unit, amount: amount, limit: name == limit ? nil : limit) {
        let pool = workerCount.map { WorkerPool(workerCount: $0) }
        return { work(pool) }
      }
    }
  }
}

/// Benchmarks that are run in turn, round after round, so that a change of the machine's speed meets all of them.
struct BenchmarkGroup {
  let benchmarks: [Benchmark]

  /// Those whose name contains `pattern`, and the limits that they are measured against.
  func filtered(by pattern: String?) -> BenchmarkGroup? {
    guard let pattern else { return self }
    let chosen = benchmarks.filter { $0.name.contains(pattern) }
    let limits = Set(chosen.compactMap(\.limit))
    let kept = benchmarks.filter { $0.name.contains(pattern) || limits.contains($0.name) }
    return chosen.isEmpty ? nil : BenchmarkGroup(benchmarks: kept)
  }
}
