import CBatchKernels

/// Means and losses. The limit is a plain reading of the same values; the losses read two arrays.
struct ReductionBenchmarks {
  let threadCount: Int

  let size: String
  let count: Int

  static func groups(threadCount: Int) -> [BenchmarkGroup] {
    [("1e3", 1_000), ("1e5", 100_000), ("1e6", 1_000_000), ("1e7", 10_000_000)].map {
      BenchmarkGroup(benchmarks: Self(threadCount: threadCount, size: $0.0, count: $0.1).sums)
    } + [BenchmarkGroup(benchmarks: crossEntropies)]
  }

  private var sums: [Benchmark] {
    let x = Lazily { Self.numbers(count: count) }
    let y = Lazily { Self.numbers(count: count) }
    let terms = [
      ("mean", CBK_TERM_VALUE, 1), ("mean-square", CBK_TERM_SQUARE, 1),
      ("mean-squared-error", CBK_TERM_SQUARED_ERROR, 2), ("mean-absolute-error", CBK_TERM_ABSOLUTE_ERROR, 2),
      ("binary-cross-entropy", CBK_TERM_BINARY_CROSS_ENTROPY, 2),
      ("logistic-cross-entropy", CBK_TERM_LOGISTIC_CROSS_ENTROPY, 2),
    ]
    return [read(x)] + terms.map { mean($0.0, of: $0.1, arrayCount: $0.2, x, y) }
      + (threadCount > 1 && count > Int(CBK_REDUCTION_SEGMENT)
        ? [read(x, threadCount: threadCount), meanOnThreads(x)] : [])
  }

  private static func numbers(count: Int) -> BenchmarkMemory {
    let memory = BenchmarkMemory(byteCount: count * 4)
    let numbers = memory.pointer(to: Float.self)
    for i in 0..<count { numbers[i] = Float(i &* 2_654_435_761 & 0xFFFF) / 65_536 }
    return memory
  }

  private func read(_ x: Lazily<BenchmarkMemory>, threadCount: Int = 1) -> Benchmark {
    Benchmark("limit/read/f32/\(size)\(suffix(threadCount))", unit: .nanosecondsPer("value"), amount: count) {
      let values = x.value
      let vectorCount = count * 4 / 64
      return {
        onThreads(threadCount) { thread in
          readAll(values.pointer(), vectorCount * thread / threadCount..<vectorCount * (thread + 1) / threadCount)
        }
      }
    }
  }

  private func mean(
    _ name: String, of term: cbk_term, arrayCount: Int, _ x: Lazily<BenchmarkMemory>, _ y: Lazily<BenchmarkMemory>
  ) -> Benchmark {
    Benchmark(
      "\(name)/f32/\(size)", unit: .nanosecondsPer("value"), amount: count * arrayCount, limit: "limit/read/f32/\(size)"
    ) {
      let (x, y) = (x.value, y.value)
      return { keep(cbk_term_sum_f32(term, x.pointer(), y.pointer(), count)) }
    }
  }

  /// Each thread sums segments of its own; the sums are added in the order of the segments.
  private func meanOnThreads(_ x: Lazily<BenchmarkMemory>) -> Benchmark {
    let segment = Int(CBK_REDUCTION_SEGMENT)
    let segmentCount = (count + segment - 1) / segment
    return Benchmark(
      "mean/f32/\(size)/threads-\(threadCount)", unit: .nanosecondsPer("value"), amount: count,
      limit: "limit/read/f32/\(size)/threads-\(threadCount)"
    ) {
      let values = x.value
      let sums = BenchmarkMemory(byteCount: segmentCount * 8)
      return {
        onThreads(threadCount) { thread in
          for i in stride(from: thread, to: segmentCount, by: threadCount) {
            sums.pointer(to: Double.self)[i] = cbk_term_sum_f32(
              CBK_TERM_VALUE, values.pointer() + i * segment, nil, min(segment, count - i * segment))
          }
        }
        keep((0..<segmentCount).reduce(0.0) { $0 + sums.pointer(to: Double.self)[$1] })
      }
    }
  }

  private static var crossEntropies: [Benchmark] {
    [(100_000, 10), (20_000, 1_000)].flatMap { rows, classes in
      let logits = Lazily { numbers(count: rows * classes) }
      return [false, true].map { crossEntropy(logits, rows: rows, classes: classes, withGradient: $0) }
    }
  }

  private static func crossEntropy(
    _ logits: Lazily<BenchmarkMemory>, rows: Int, classes: Int, withGradient: Bool
  ) -> Benchmark {
    let name = "softmax-cross-entropy/\(rows)x\(classes)" + (withGradient ? "/gradient" : "")
    return Benchmark(name, unit: .milliseconds, amount: rows) {
      let logits = logits.value
      let labels = BenchmarkMemory(byteCount: rows * 4)
      for row in 0..<rows { labels.pointer(to: Int32.self)[row] = Int32(row % classes) }
      let gradient = withGradient ? BenchmarkMemory(byteCount: rows * classes * 4) : nil
      return {
        var options = cbk_cross_entropy_options(
          ignored_label: CBK_NO_IGNORED_LABEL, label_smoothing: 0, gradient_scale: 1)
        var loss = cbk_loss()
        _ = cbk_softmax_cross_entropy_f32(
          logits.pointer(), labels.pointer(), &options, gradient?.pointer(), &loss, rows, classes)
        keep(loss)
      }
    }
  }
}

func readAll(_ vectors: UnsafePointer<SIMD8<UInt64>>, _ range: Range<Int>) {
  // Two, so that the additions do not wait for each other.
  var even = SIMD8<UInt64>()
  var odd = SIMD8<UInt64>()
  for i in stride(from: range.lowerBound, to: range.upperBound - 1, by: 2) {
    even &+= vectors[i]
    odd &+= vectors[i &+ 1]
  }
  keep(even &+ odd)
}
