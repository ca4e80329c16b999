import BatchUp

/// Whole epochs of shuffled batches through the Swift API, against a copy of the same bytes in order.
enum LoaderBenchmarks {
  static var groups: [BenchmarkGroup] {
    [
      group("mnist-f32", rows: 60_000, columns: 784) { NDArray<Float>(repeating: 0.5, shape: [$0, $1]) },
      group("tabular-f32x16", rows: 1_000_000, columns: 16) { NDArray<Float>(repeating: 0.5, shape: [$0, $1]) },
      group("cifar-u8-to-f32", rows: 50_000, columns: 3072) {
        RescaledBytes(NDArray<UInt8>(repeating: 100, shape: [$0, $1]))
      },
    ]
  }

  private static func group<Samples: SampleArray & Sendable>(
    _ name: String, rows: Int, columns: Int, make: @escaping (Int, Int) -> Samples
  ) -> BenchmarkGroup where Samples.Batch == NDArray<Float> {
    let samples = Lazily { make(rows, columns) }
    let labels = Lazily { NDArray<Int32>(repeating: 1, shape: [rows]) }
    let limit = "limit/copy/\(name)"
    return BenchmarkGroup(
      benchmarks: [copy(name: limit, byteCount: rows * columns * 4)]
        + [64, 256].map { batchSize in
          Benchmark("epoch/\(name)/\(batchSize)", unit: .milliseconds, amount: rows, limit: limit) {
            let (samples, labels) = (samples.value, labels.value)
            var epoch = 0
            return {
              guard let source = try? ArraySource(samples, labels) else { return }
              epoch += 1
              for (x, y) in source.batches(of: batchSize, shuffle: .seed(1, epoch: epoch)) { keep((x, y)) }
            }
          }
        })
  }

  /// As many bytes as the batches of an epoch have, into memory of 256 rows or so.
  private static func copy(name: String, byteCount: Int) -> Benchmark {
    Benchmark(name, unit: .milliseconds, amount: byteCount) {
      let source = BenchmarkMemory(byteCount: byteCount)
      let destination = BenchmarkMemory(byteCount: 1 << 20)
      return {
        for start in stride(from: 0, to: byteCount, by: 1 << 20) {
          destination.bytes.copyMemory(from: source.bytes + start, byteCount: min(1 << 20, byteCount - start))
        }
      }
    }
  }
}

extension BenchmarkGroup {
  static func all(threadCount: Int) -> [BenchmarkGroup] {
    GatherBenchmarks.groups(threadCount: threadCount) + RandomBenchmarks.groups(threadCount: threadCount)
      + WeightedBenchmarks.groups + DynamicWeightBenchmarks.groups
      + ReductionBenchmarks.groups(threadCount: threadCount)
      + StatisticsBenchmarks.groups + LoaderBenchmarks.groups + StateBenchmarks.groups
      + DeliveryBenchmarks.groups + ImageBenchmarks.groups + FileBenchmarks.groups
  }
}
