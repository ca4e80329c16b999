import BatchUp

/// What it costs to note where an iteration is, to go on from there, and to account for what it delivers.
enum StateBenchmarks {
  static var groups: [BenchmarkGroup] {
    let source = try? ArraySource(Indices(sampleCount: trillion))
    let rank = source?.sharded(rank: 12_345, of: 100_000, end: .drop)
    let benchmarks = [
      taking, resuming, seeking("state/seek-trillion", source, batchSize: 1_000),
      seeking("state/seek-trillion-rank", rank, batchSize: 100_000_000),
    ]
    return [BenchmarkGroup(benchmarks: benchmarks), epochs]
  }

  private static let shuffle = Shuffle.seed(1, memory: .constant)

  private static var taking: Benchmark {
    let count = 10_000
    return Benchmark("state/take", unit: .nanosecondsPer("state"), amount: count) {
      guard let source = try? ArraySource(Indices(sampleCount: 1_000_000)) else { return {} }
      var iterator = source.batches(of: 64, shuffle: shuffle).makeIterator()
      keep(iterator.nextBatch())
      return { for _ in 0..<count { keep(iterator.state) } }
    }
  }

  /// Opens 10^12 samples behind the first batch, and draws 10^6 indices.
  private static var resuming: Benchmark {
    Benchmark("state/resume-trillion", unit: .milliseconds, amount: 1) {
      guard let source = try? ArraySource(Indices(sampleCount: 1_000_000_000_000)) else { return {} }
      var iterator = source.batches(of: 1_000, shuffle: shuffle).makeIterator()
      keep(iterator.nextBatch())
      let state = iterator.state
      return {
        guard let rest = try? source.batches(of: 1_000, shuffle: shuffle, resuming: state) else { return }
        for batch in rest.prefix(1_001) { keep(batch) }
      }
    }
  }

  /// Seeks to the middle of 10^12 samples, and draws 10^6 indices.
  private static func seeking<Source: BatchSource & Sendable>(
    _ name: String, _ source: Source?, batchSize: Int
  ) -> Benchmark where Source.Failure == Never {
    Benchmark(name, unit: .nanosecondsPer("index"), amount: 1_000_000) {
      guard let source, let middle = stateInTheMiddle else { return {} }
      return {
        guard let rest = try? source.batches(of: batchSize, shuffle: shuffle, resuming: middle) else { return }
        for batch in rest.prefix(1_001) { keep(batch) }
      }
    }
  }

  private static let trillion = 1_000_000_000_000

  /// Behind one batch of half of the samples, of which a rank has five.
  private static var stateInTheMiddle: IterationState? {
    guard let source = try? ArraySource(Indices(sampleCount: trillion)) else { return nil }
    let halves = source.sharded(rank: 0, of: trillion / 10, end: .drop).batches(of: trillion / 2, shuffle: shuffle)
    var iterator = halves.makeIterator()
    keep(iterator.nextBatch())
    return iterator.state
  }

  private static var epochs: BenchmarkGroup {
    let rows = Lazily { NDArray<Float>(repeating: 0.5, shape: [60_000, 784]) }
    func epoch(_ name: String, limit: String? = nil, isAccounted: Bool) -> Benchmark {
      Benchmark(name, unit: .milliseconds, amount: 60_000, limit: limit) {
        guard let source = try? ArraySource(rows.value) else { return {} }
        let batches = source.batches(of: 256, shuffle: .seed(1))
        return { for batch in isAccounted ? batches.accounted() : batches { keep(batch) } }
      }
    }
    return BenchmarkGroup(benchmarks: [
      epoch("state/epoch", isAccounted: false),
      epoch("state/epoch-accounted", limit: "state/epoch", isAccounted: true),
    ])
  }
}

/// The indices themselves.
private struct Indices: SampleArray {
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> BatchIndices { indices }
}
