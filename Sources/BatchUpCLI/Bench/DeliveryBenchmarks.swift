import BatchUp
import BatchUpSystem

/// Batches that workers prepare ahead, against those that the consumer makes itself, and against a consumer that never
/// waits.
enum DeliveryBenchmarks {
  static var groups: [BenchmarkGroup] { [handOver, draining, oneBuffered, firstBatch, computing, sleeping] }

  /// Batches of one number, so that all there is to do is to hand them over.
  private static var handOver: BenchmarkGroup {
    let count = 10_000
    let source = Lazily { pairs(rows: count, columns: 1) }
    return BenchmarkGroup(
      benchmarks: Benchmark.byWorkers(
        in: "delivery/hand-over", unit: .nanosecondsPer("batch"), amount: count, limit: nil
      ) { epoch(of: source.value, batchSize: 1, by: $0) {} })
  }

  /// A consumer that only takes the batches.
  private static var draining: BenchmarkGroup {
    group("drain/mnist-f32", amount: rowCount) { source, pool in epoch(of: source, batchSize: batchSize, by: pool) {} }
  }

  /// Large batches, of which only one at a time is ready or in preparation, so that several workers have only that one to
  /// make.
  private static var oneBuffered: BenchmarkGroup {
    group("one-buffered/4096x784-f32", amount: rowCount) { source, pool in
      epoch(of: source, batchSize: largeBatchSize, by: pool, buffering: 1) {}
    }
  }

  /// From the beginning of an iteration to its first batch.
  private static var firstBatch: BenchmarkGroup {
    group("first-batch/4096x784-f32", amount: largeBatchSize) { source, pool in
      keepFirstBatch(of: source, by: pool)
    }
  }

  /// The same work without workers, which is the limit, and with some.
  private static func group(
    _ name: String, amount: Int, work: @escaping (Pairs?, WorkerPool?) -> Void
  ) -> BenchmarkGroup {
    let source = Lazily { pairs(rows: rowCount, columns: 784) }
    return BenchmarkGroup(
      benchmarks: Benchmark.byWorkers(in: "delivery/\(name)", amount: amount, limit: "delivery/\(name)/inline") {
        work(source.value, $0)
      })
  }

  /// A consumer that computes for as long with each batch as it takes to make one; the limit is the computing alone.
  private static var computing: BenchmarkGroup {
    let source = Lazily { pairs(rows: rowCount, columns: 784) }
    let batchCount = (rowCount + batchSize - 1) / batchSize
    let batchTime = Lazily {
      epoch(of: source.value, batchSize: batchSize, by: nil) {}
      return ContinuousClock().measure { epoch(of: source.value, batchSize: batchSize, by: nil) {} } / batchCount
    }
    let limit = "delivery/compute/mnist-f32/alone"
    let alone = Benchmark(limit, unit: .milliseconds, amount: rowCount) {
      { for _ in 0..<batchCount { compute(for: batchTime.value) } }
    }
    return BenchmarkGroup(
      benchmarks: [alone]
        + Benchmark.byWorkers(in: "delivery/compute/mnist-f32", amount: rowCount, limit: limit) { pool in
          epoch(of: source.value, batchSize: batchSize, by: pool) { compute(for: batchTime.value) }
        })
  }

  /// A loader that takes 5 ms for each batch, as if it waited for a disk.
  private static var sleeping: BenchmarkGroup {
    let count = 40
    return BenchmarkGroup(
      benchmarks: Benchmark.byWorkers(
        [nil, 4], in: "delivery/sleep-5-ms", amount: count, limit: "delivery/sleep-5-ms/inline"
      ) { epoch(of: try? ArraySource(SleepingLoader(sampleCount: count)), batchSize: 1, by: $0) {} })
  }

  private typealias Pairs = ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>

  private static let rowCount = 60_000
  private static let batchSize = 256
  private static let largeBatchSize = 4_096

  /// Never nil, since the two arrays have the same length.
  private static func pairs(rows: Int, columns: Int) -> Pairs? {
    try? ArraySource(
      NDArray<Float>(repeating: 0.5, shape: [rows, columns]), NDArray<Int32>(repeating: 1, shape: [rows]))
  }

  private static func epoch<Source: BatchSource & Sendable>(
    of source: Source?, batchSize: Int, by pool: WorkerPool?, buffering: Int? = nil, consume: () -> Void
  ) where Source.Failure == Never {
    guard let source else { return }
    let batches = source.batches(of: batchSize, shuffle: .seed(1))
    if let pool {
      take(batches.prefetched(by: pool, buffering: buffering), consume)
    } else {
      take(batches, consume)
    }
  }

  private static func take(_ batches: some Sequence, _ consume: () -> Void) {
    for batch in batches {
      keep(batch)
      consume()
    }
  }

  private static func keepFirstBatch<Source: BatchSource & Sendable>(
    of source: Source?, by pool: WorkerPool?
  ) where Source.Failure == Never {
    guard let batches = source?.batches(of: largeBatchSize, shuffle: .seed(1)) else { return }
    if let pool {
      for batch in batches.prefetched(by: pool).prefix(1) { keep(batch) }
    } else {
      for batch in batches.prefix(1) { keep(batch) }
    }
  }

  private static func compute(for duration: Duration) {
    let begin = ContinuousClock.now
    while ContinuousClock.now - begin < duration {}
  }
}

private struct SleepingLoader: SampleArray {
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> [Int] {
    usleep(5_000)
    return Array(indices)
  }
}
