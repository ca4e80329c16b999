import BatchUp
import CBatchKernels

/// Statistics of arrays through the Swift API, against a plain reading of the same memory; and losses over batches,
/// against the kernel alone.
enum StatisticsBenchmarks {
  static var groups: [BenchmarkGroup] {
    [
      statistics("f32", of: Float.self) { Float($0 & 0xFFFF) / 65_536 },
      statistics("f64", of: Double.self) { Double($0 & 0xFFFF) / 65_536 },
      statistics("u8", of: UInt8.self) { UInt8(truncatingIfNeeded: $0 >> 8) },
      covariances, means, losses,
    ]
  }

  private static let byteCount = 64 << 20

  /// 64 MiB, as rows of 3,072 elements.
  private static func numbers<Scalar: BitwiseCopyable & Sendable>(
    rows: Int, columns: Int = 3_072, _ element: (Int) -> Scalar
  ) -> NDArray<Scalar> {
    NDArray(unsafeUninitializedShape: [rows, columns]) { elements in
      for i in elements.indices { elements[i] = element(i &* 2_654_435_761 >> 8) }
    }
  }

  private static func statistics<Scalar: StatisticsScalar>(
    _ name: String, of: Scalar.Type, element: @escaping (Int) -> Scalar
  ) -> BenchmarkGroup {
    let rows = byteCount / 3_072 / MemoryLayout<Scalar>.size
    let array = Lazily { numbers(rows: rows, element) }
    let size = rows * 3_072 * MemoryLayout<Scalar>.size
    let limit = "limit/read/statistics/\(name)"
    let read = Benchmark(limit, unit: .gigabytesPerSecond, amount: size) {
      let memory = array.value
      return {
        memory.withUnsafeBufferPointer { elements in
          guard let bytes = UnsafeRawPointer(elements.baseAddress) else { return }
          readAll(bytes.assumingMemoryBound(to: SIMD8<UInt64>.self), 0..<size / 64)
        }
      }
    }
    let views: [(String, [Int], StatisticsAxis)] = [
      ("overall", [rows, 3_072], .overall), ("per-channel/3x32x32", [rows, 3, 1_024], .perChannel(axis: 1)),
      ("per-channel/32x32x3", [rows, 1_024, 3], .perChannel(axis: 2)), ("per-column/3072", [rows, 3_072], .perColumn),
      ("per-column/16", [rows * 192, 16], .perColumn),
    ]
    return BenchmarkGroup(
      benchmarks: [read]
        + views.map { view, shape, axis in
          Benchmark("statistics/\(name)/\(view)", unit: .gigabytesPerSecond, amount: size, limit: limit) {
            let array = array.value.reshaped(shape)
            return { keep(try? array.statistics(axis)) }
          }
        })
  }

  private static var covariances: BenchmarkGroup {
    BenchmarkGroup(
      benchmarks: [
        Benchmark("covariance/f32/10000x784", unit: .milliseconds, amount: 10_000) {
          let array = numbers(rows: 10_000, columns: 784) { Float($0 & 0xFFFF) / 65_536 }
          return {
            let covariance: Covariance<Float>? = try? ArraySource(array).batches(of: 256).covariance()
            keep(covariance)
          }
        }
      ])
  }

  private static var losses: BenchmarkGroup {
    BenchmarkGroup(
      benchmarks: [(100_000, 10), (20_000, 1_000)].flatMap { rows, classes in
        let logits = Lazily { numbers(rows: rows, columns: classes) { Float($0 & 0xFFFF) / 65_536 } }
        let labels = Lazily { NDArray((0..<rows).map { Int32($0 % classes) }) }
        let limit = "limit/kernel/softmax-cross-entropy/\(rows)x\(classes)"
        let kernel = Benchmark(limit, unit: .milliseconds, amount: rows) {
          let (logits, labels) = (logits.value, labels.value)
          return { keep(kernelLoss(logits, labels)) }
        }
        let batched = [256, 1_024, rows].map { batchSize in
          let name = batchSize == rows ? "whole" : "\(batchSize)"
          return Benchmark(
            "mean-loss/softmax-cross-entropy/\(rows)x\(classes)/\(name)", unit: .milliseconds, amount: rows,
            limit: limit
          ) {
            let (logits, labels) = (logits.value, labels.value)
            return {
              guard let batches = try? ArraySource(logits, labels).batches(of: batchSize) else { return }
              keep(try? batches.evaluate(MeanLoss.softmaxCrossEntropy()) { x, y in (x, y) })
            }
          }
        }
        return [kernel] + batched
      })
  }

  private static var means: BenchmarkGroup {
    let count = 10_000_000
    let array = Lazily { numbers(rows: count, columns: 1) { Float($0 & 0xFFFF) / 65_536 } }
    let limit = "limit/kernel/mean/f32/1e7"
    let kernel = Benchmark(limit, unit: .milliseconds, amount: count) {
      let array = array.value
      return { keep(array.withUnsafeBufferPointer { cbk_term_sum_f32(CBK_TERM_VALUE, $0.baseAddress, nil, $0.count) }) }
    }
    let whole = Benchmark("mean-loss/mean/f32/1e7/whole", unit: .milliseconds, amount: count, limit: limit) {
      let array = array.value
      return { keep(array.mean()) }
    }
    return BenchmarkGroup(benchmarks: [kernel, whole])
  }

  private static func kernelLoss(_ logits: NDArray<Float>, _ labels: NDArray<Int32>) -> Double {
    var options = cbk_cross_entropy_options(ignored_label: CBK_NO_IGNORED_LABEL, label_smoothing: 0, gradient_scale: 1)
    var loss = cbk_loss()
    logits.withUnsafeBufferPointer { logits in
      labels.withUnsafeBufferPointer { labels in
        _ = cbk_softmax_cross_entropy_f32(
          logits.baseAddress, labels.baseAddress, &options, nil, &loss, labels.count, logits.count / labels.count)
      }
    }
    return loss.sum
  }
}
