import CBatchKernels

/// Random words, permutations and constant-memory orders.
///
/// The limit of an order is a fill of as many words by the generator alone.
enum RandomBenchmarks {
  private static let counts = [
    ("1e3", 1_000), ("6e4", 60_000), ("1e6", 1_000_000), ("1e7", 10_000_000), ("1e8", 100_000_000),
  ]

  static func groups(threadCount: Int) -> [BenchmarkGroup] {
    [BenchmarkGroup(benchmarks: [fill(count: 1 << 12, name: "generate/philox/l1"), mersenneTwister])]
      + counts.map { name, count in
        var benchmarks = [fill(count: count, name: "limit/generate/\(name)"), permute(count: count, name: name)]
        if cbk_permutation_scratch_bytes(UInt64(count)) > 0, threadCount > 1 {
          benchmarks.append(fill(count: count, name: "limit/generate/\(name)", threadCount: threadCount))
          benchmarks.append(permuteOnThreads(count: count, name: name, threadCount: threadCount))
        }
        if count <= 10_000_000 { benchmarks.append(permuteAsNumPy(count: count, name: name)) }
        benchmarks.append(constantOrder(count: count, name: name))
        return BenchmarkGroup(benchmarks: benchmarks)
      }
      + [BenchmarkGroup(benchmarks: [constantOrderAlone])]
  }

  private static func fill(count: Int, name: String, threadCount: Int = 1) -> Benchmark {
    let superblocks = (count + 63) / 64
    return Benchmark(name + suffix(threadCount), unit: .nanosecondsPer("item"), amount: superblocks * 64) {
      let words = BenchmarkMemory(byteCount: superblocks * 64 * 4)
      return {
        onThreads(threadCount) { thread in
          let start = superblocks * thread / threadCount
          let end = superblocks * (thread + 1) / threadCount
          cbk_philox_fill(cbk_stream(key: 1, stream: 2), UInt64(start), words.pointer() + start * 64, end - start)
        }
      }
    }
  }

  private static var mersenneTwister: Benchmark {
    Benchmark("generate/mt19937/l1", unit: .nanosecondsPer("item"), amount: 1 << 12) {
      let words = BenchmarkMemory(byteCount: 1 << 14)
      let engine = UnsafeMutablePointer<cbk_mt19937>.allocate(capacity: 1)
      cbk_mt19937_seed(1, engine)
      return { cbk_mt19937_fill_u32(engine, words.pointer(), 1 << 12) }
    }
  }

  private static func order(_ name: String, of count: Int, _ size: String, prepare: @escaping () -> () -> Void)
    -> Benchmark
  {
    Benchmark(
      "\(name)/\(size)", unit: .nanosecondsPer("item"), amount: count, limit: "limit/generate/\(size)", prepare: prepare
    )
  }

  private static func permute(count: Int, name: String) -> Benchmark {
    order("permute", of: count, name) {
      let permutation = BenchmarkMemory(byteCount: count * 4)
      let scratch = BenchmarkMemory(byteCount: cbk_permutation_scratch_bytes(UInt64(count)))
      return { cbk_permutation_u32(1, permutation.pointer(), count, scratch.bytes) }
    }
  }

  private static func permuteOnThreads(count: Int, name: String, threadCount: Int) -> Benchmark {
    Benchmark(
      "permute/\(name)/threads-\(threadCount)", unit: .nanosecondsPer("item"), amount: count,
      limit: "limit/generate/\(name)/threads-\(threadCount)"
    ) {
      let permutation = BenchmarkMemory(byteCount: count * 4)
      let scratch = BenchmarkMemory(byteCount: cbk_permutation_scratch_bytes(UInt64(count)))
      let plan = cbk_permutation_plan_make(1, UInt64(count))
      return {
        onThreads(threadCount) { part in
          withUnsafePointer(to: plan) {
            cbk_permutation_scatter($0, permutation.bytes, scratch.bytes, part, threadCount)
          }
        }
        onThreads(threadCount) { part in
          withUnsafePointer(to: plan) {
            cbk_permutation_shuffle_u32($0, scratch.bytes, permutation.pointer(), part, threadCount)
          }
        }
      }
    }
  }

  private static func permuteAsNumPy(count: Int, name: String) -> Benchmark {
    order("permute-numpy", of: count, name) {
      let permutation = BenchmarkMemory(byteCount: count * 4)
      let engine = UnsafeMutablePointer<cbk_mt19937>.allocate(capacity: 1)
      cbk_mt19937_seed(1, engine)
      return { cbk_mt19937_permutation_u32(engine, permutation.pointer(), count) }
    }
  }

  private static func constantOrder(count: Int, name: String) -> Benchmark {
    order("constant-order", of: count, name) {
      let indices = BenchmarkMemory(byteCount: 256 * 4)
      let order = UnsafeMutablePointer<cbk_constant_order>.allocate(capacity: 1)
      cbk_constant_order_init(1, UInt64(count), order)
      return {
        for start in stride(from: 0, to: count, by: 256) {
          cbk_constant_order_indices_u32(order, UInt64(start), indices.pointer(), min(256, count - start))
        }
      }
    }
  }

  /// Single indices, each found from the one before, so that they cannot be computed side by side.
  private static var constantOrderAlone: Benchmark {
    Benchmark("constant-order/1e7/alone", unit: .nanosecondsPer("item"), amount: 1_000) {
      let order = UnsafeMutablePointer<cbk_constant_order>.allocate(capacity: 1)
      cbk_constant_order_init(1, 10_000_000, order)
      return {
        var position: UInt64 = 0
        for _ in 0..<1_000 { position = cbk_constant_order_index(order, position) }
        keep(position)
      }
    }
  }
}
