import BatchUp

/// Weights that change between draws, in batches of 64 as a training loop has them, and one by one; and batches of
/// classes.
enum DynamicWeightBenchmarks {
  private static let sizes = [("1e4", 10_000), ("1e6", 1_000_000), ("1e7", 10_000_000)]
  private static let batchSize = 64
  private static let batchCount = 1_000

  static var groups: [BenchmarkGroup] {
    sizes.map { name, count in
      BenchmarkGroup(benchmarks: [
        draws(name: name, count: count), updates(name: name, count: count), single(name: name, count: count),
      ])
    } + [BenchmarkGroup(benchmarks: [classes])]
  }

  private static func sampler(_ count: Int) -> DynamicWeightedSampler? {
    var generator = SeededGenerator(seed: 1)
    return try? DynamicWeightedSampler(weights: (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) })
  }

  private static func draws(name: String, count: Int) -> Benchmark {
    Benchmark("dynamic-draw/\(name)", unit: .nanosecondsPer("item"), amount: batchSize * batchCount) {
      guard let sampler = sampler(count) else { return {} }
      var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: .shuffled(ShuffleKey(seed: 1)))
      return { for _ in 0..<batchCount { keep(iterator.next()) } }
    }
  }

  private static func updates(name: String, count: Int) -> Benchmark {
    Benchmark("dynamic-update/\(name)", unit: .nanosecondsPer("item"), amount: batchSize * batchCount) {
      guard let sampler = sampler(count) else { return {} }
      let (indices, weights) = changes(count)
      return {
        for batch in 0..<batchCount {
          let range = batch * batchSize..<(batch + 1) * batchSize
          try? sampler.update(indices[range], to: weights[range])
        }
      }
    }
  }

  private static func single(name: String, count: Int) -> Benchmark {
    Benchmark("dynamic-update/\(name)/single", unit: .nanosecondsPer("item"), amount: batchSize * batchCount) {
      guard let sampler = sampler(count) else { return {} }
      let (indices, weights) = changes(count)
      return { for i in indices.indices { try? sampler.update(indices[i], to: weights[i]) } }
    }
  }

  private static func changes(_ count: Int) -> ([Int], [Double]) {
    var generator = SeededGenerator(seed: 2)
    let indices = (0..<batchSize * batchCount).map { _ in Int.random(in: 0..<count, using: &generator) }
    return (indices, indices.map { _ in Double.random(in: 0..<1, using: &generator) })
  }

  private static var classes: Benchmark {
    Benchmark("class-quotas/1e6/64", unit: .nanosecondsPer("batch"), amount: batchCount) {
      let labels = (0..<1_000_000).map { $0 % 1_000 }
      let quotas = ClassQuotas.classesTimesSamples(classes: 16, samples: 4)
      guard let sampler = try? ClassQuotaSampler(labels: labels, quotas: quotas) else { return {} }
      var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: .shuffled(ShuffleKey(seed: 1)))
      return { for _ in 0..<batchCount { keep(iterator.next()) } }
    }
  }
}
