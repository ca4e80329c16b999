import BatchUp
import CBatchKernels

/// Weighted draws. The limit of draws is a fill of their random words by the generator alone.
enum WeightedBenchmarks {
  private static let sizes = [("1e3", 1_000), ("1e5", 100_000), ("1e6", 1_000_000), ("1e7", 10_000_000)]
  private static let drawCount = 1 << 20

  static var groups: [BenchmarkGroup] {
    sizes.map { name, count in
      let weights = Lazily { uniformWeights(count: count) }
      return BenchmarkGroup(benchmarks: [
        words(name: "limit/generate-draws/\(name)"), draw(weights, name: name), drawBatch(weights, name: name),
        build(weights, count: count, name: name), withoutReplacement(weights, count: count, name: name),
        chooseAsNumPy(weights, name: name),
        sampleBatch(weights, name: "weighted-batches/\(name)/64") { .shuffled(ShuffleKey(seed: 1)) },
        sampleBatch(weights, name: "weighted-batches-numpy/\(name)/64") { .numPy(NumPyRandomState(seed: 1)) },
      ])
    }
  }

  private static func uniformWeights(count: Int) -> [Double] {
    var generator = SeededGenerator(seed: 1)
    return (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) }
  }

  private static func words(name: String) -> Benchmark {
    Benchmark(name, unit: .nanosecondsPer("item"), amount: drawCount) {
      let words = BenchmarkMemory(byteCount: 1 << 14)
      return {
        for _ in 0..<drawCount * 2 / (1 << 12) {
          cbk_philox_fill(cbk_stream(key: 1, stream: 0), 0, words.pointer(), (1 << 12) / 64)
        }
      }
    }
  }

  private static func draw(_ weights: Lazily<[Double]>, name: String) -> Benchmark {
    Benchmark(
      "draw/\(name)", unit: .nanosecondsPer("item"), amount: drawCount, limit: "limit/generate-draws/\(name)"
    ) {
      let table = AliasTable(weights.value)
      let indices = BenchmarkMemory(byteCount: drawCount * 4)
      return { table.draw(first: 0, into: indices.pointer(), count: drawCount) }
    }
  }

  private static func drawBatch(_ weights: Lazily<[Double]>, name: String) -> Benchmark {
    Benchmark("draw/\(name)/batch-64", unit: .nanosecondsPer("batch"), amount: 1_000) {
      let table = AliasTable(weights.value)
      let indices = BenchmarkMemory(byteCount: 64 * 4)
      return { for batch in 0..<1_000 { table.draw(first: batch * 64, into: indices.pointer(), count: 64) } }
    }
  }

  private static func build(_ weights: Lazily<[Double]>, count: Int, name: String) -> Benchmark {
    Benchmark("alias-table/\(name)", unit: .nanosecondsPer("item"), amount: count) {
      let table = AliasTable(weights.value)
      return { table.build() }
    }
  }

  private static func withoutReplacement(_ weights: Lazily<[Double]>, count: Int, name: String) -> Benchmark {
    let wanted = count / 10
    return Benchmark("draw-without-replacement/\(name)", unit: .nanosecondsPer("item"), amount: count) {
      let weights = weights.value
      let capacity = cbk_weighted_key_capacity(wanted)
      let keys = UnsafeMutablePointer<cbk_weighted_key>.allocate(capacity: capacity)
      let scratch = UnsafeMutablePointer<cbk_weighted_key>.allocate(capacity: capacity)
      let indices = BenchmarkMemory(byteCount: wanted * 4)
      return {
        let scan = cbk_weighted_keys(CBK_WEIGHT_F64, weights, 1, cbk_stream(key: 1, stream: 0), keys, 0, count, wanted)
        _ = cbk_weighted_take(keys, scratch, indices.pointer(), scan.kept, wanted)
      }
    }
  }

  private static func chooseAsNumPy(_ weights: Lazily<[Double]>, name: String) -> Benchmark {
    Benchmark("draw-numpy/\(name)/batch-64", unit: .nanosecondsPer("batch"), amount: 1_000) {
      let count = weights.value.count
      let cdf = BenchmarkMemory(byteCount: count * 8)
      let guide = BenchmarkMemory(byteCount: cbk_cdf_guide_size(count) * 4)
      let indices = BenchmarkMemory(byteCount: 64 * 4)
      let engine = UnsafeMutablePointer<cbk_mt19937>.allocate(capacity: 1)
      cbk_mt19937_seed(1, engine)
      cbk_cdf(weights.value, cdf.pointer(), count)
      cbk_cdf_guide(cdf.pointer(), guide.pointer(), count)
      return {
        for _ in 0..<1_000 {
          cbk_mt19937_choice_u32(engine, cdf.pointer(), guide.pointer(), count, indices.pointer(), 64)
        }
      }
    }
  }
}

extension WeightedBenchmarks {
  /// Lists of samples as a source asks a sampler for them.
  private static func sampleBatch(
    _ weights: Lazily<[Double]>, name: String, order: @escaping () -> SampleOrder
  ) -> Benchmark {
    Benchmark(name, unit: .nanosecondsPer("batch"), amount: 1_000) {
      guard let sampler = try? WeightedSampler(weights: weights.value) else { return {} }
      var iterator = sampler.indices(over: BatchRanges(batchSize: 64), order: order())
      return { for _ in 0..<1_000 { keep(iterator.next()) } }
    }
  }
}

/// An alias table and what it is built from.
private final class AliasTable {
  private let weights: [Double]
  private let blocks: UnsafeMutablePointer<cbk_alias_block>
  private let entries: BenchmarkMemory
  private var plan = cbk_alias_plan()

  init(_ weights: [Double]) {
    self.weights = weights
    blocks = .allocate(capacity: cbk_alias_block_count(weights.count))
    entries = BenchmarkMemory(byteCount: weights.count * MemoryLayout<cbk_alias_entry>.stride)
    build()
  }

  deinit { blocks.deallocate() }

  func build() {
    _ = cbk_alias_prepare(CBK_WEIGHT_F64, weights, weights.count, blocks, &plan)
    cbk_alias_build(CBK_WEIGHT_F64, weights, &plan, blocks, entries.pointer(), 0, 1)
  }

  func draw(first: Int, into indices: UnsafeMutablePointer<UInt32>, count: Int) {
    cbk_alias_draw(
      entries.pointer(), plan.count, plan.capacity, cbk_stream(key: 1, stream: 0), UInt64(first), indices, count)
  }
}
