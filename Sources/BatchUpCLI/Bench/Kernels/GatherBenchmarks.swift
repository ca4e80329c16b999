import CBatchKernels

/// Row gather in batches of 256 rows, whose memory is used again and again, from sources of every size.
struct GatherBenchmarks {
  let level: MemoryLevel
  let threadCount: Int

  private static let batchSize = 256
  private static let rowSizes = [4, 8, 16, 32, 64, 256, 784, 3072]

  static func groups(threadCount: Int) -> [BenchmarkGroup] {
    MemoryLevel.allCases.map { BenchmarkGroup(benchmarks: Self(level: $0, threadCount: threadCount).benchmarks) }
  }

  private var benchmarks: [Benchmark] {
    let source = Lazily { BenchmarkMemory(byteCount: level.byteCount) }
    var benchmarks = [copy(source), lines(source)]
    if level == .dram, threadCount > 1 {
      benchmarks += [copy(source, threadCount: threadCount), lines(source, threadCount: threadCount)]
    }
    for rowSize in Self.rowSizes where level.byteCount >= rowSize * 8 {
      benchmarks.append(gather(source, rowSize))
      if level == .dram {
        benchmarks.append(
          gather("gather/rows-\(rowSize)/dram/memcpy-loop", source, rowSize) {
            memcpyRows(from: $0, at: $1, into: $2, count: $3, rowSize: rowSize)
          })
      }
    }
    if level == .dram, threadCount > 1 {
      for rowSize in [64, 3072] { benchmarks.append(gather(source, rowSize, threadCount: threadCount)) }
    }
    if level != .l1 {
      benchmarks.append(convert(source, "u8-channels-first", layout: CBK_LAYOUT_CHANNELS_FIRST, flips: false))
      benchmarks.append(convert(source, "u8-channels-last", layout: CBK_LAYOUT_CHANNELS_LAST, flips: false))
      benchmarks.append(convert(source, "u8-channels-first-flipped", layout: CBK_LAYOUT_CHANNELS_FIRST, flips: true))
    }
    return benchmarks
  }

  private static let copySize = batchSize * 3072

  /// The same bytes in order, into a batch of 768 KiB at most on each thread.
  private func copy(_ source: Lazily<BenchmarkMemory>, threadCount: Int = 1) -> Benchmark {
    let batch = min(level.byteCount, Self.copySize)
    let share = level.byteCount / threadCount / batch * batch
    return Benchmark(
      "limit/copy/\(level)\(suffix(threadCount))", unit: .gigabytesPerSecond, amount: share * threadCount
    ) {
      let source = source.value
      let destinations = (0..<threadCount).map { _ in BenchmarkMemory(byteCount: batch) }
      return {
        onThreads(threadCount) { thread in
          copyInBatches(
            from: source.bytes + thread * share, into: destinations[thread].bytes, total: share, batch: batch)
        }
      }
    }
  }

  /// One word of each cache line, the lines in random order: the limit of rows that are shorter than a few lines.
  private func lines(_ source: Lazily<BenchmarkMemory>, threadCount: Int = 1) -> Benchmark {
    let count = level.byteCount / 64
    return Benchmark("limit/lines/\(level)\(suffix(threadCount))", unit: .nanosecondsPer("row"), amount: count) {
      let source = source.value
      let order = shuffledIndices(count)
      return {
        onThreads(threadCount) { thread in
          walk(source.pointer(), lines: order[count * thread / threadCount..<count * (thread + 1) / threadCount])
        }
      }
    }
  }

  private typealias Gather = @Sendable (UnsafeRawPointer, UnsafePointer<UInt32>, UnsafeMutableRawPointer, Int) -> Void

  private func gather(_ source: Lazily<BenchmarkMemory>, _ rowSize: Int, threadCount: Int = 1) -> Benchmark {
    let name = "gather/rows-\(rowSize)/\(level)\(suffix(threadCount))"
    return gather(name, source, rowSize, threadCount: threadCount) { source, indices, destination, count in
      cbk_gather_u32(source, level.byteCount / rowSize, indices, destination, count, rowSize)
    }
  }

  /// Every thread takes a share of the batches, into memory of its own.
  private func gather(
    _ name: String, _ source: Lazily<BenchmarkMemory>, _ rowSize: Int, threadCount: Int = 1, work: @escaping Gather
  ) -> Benchmark {
    let rowCount = level.byteCount / rowSize
    let isShort = rowSize <= 64
    return Benchmark(
      name, unit: isShort ? .nanosecondsPer("row") : .gigabytesPerSecond,
      amount: isShort ? rowCount : rowCount * rowSize,
      limit: "limit/\(isShort ? "lines" : "copy")/\(level)\(suffix(threadCount))"
    ) {
      let source = source.value
      let order = shuffledIndices(rowCount)
      let destinations = (0..<threadCount).map { _ in BenchmarkMemory(byteCount: Self.batchSize * rowSize) }
      return {
        onThreads(threadCount) { thread in
          order.withUnsafeBufferPointer { order in
            guard let indices = order.baseAddress else { return }
            let end = rowCount * (thread + 1) / threadCount
            for start in stride(from: rowCount * thread / threadCount, to: end, by: Self.batchSize) {
              work(source.bytes, indices + start, destinations[thread].bytes, min(Self.batchSize, end - start))
            }
          }
        }
      }
    }
  }

  /// CIFAR-like rows of bytes that become Float32; bytes written, to be compared with the gather of rows of 3,072 bytes.
  private func convert(_ source: Lazily<BenchmarkMemory>, _ name: String, layout: cbk_layout, flips: Bool) -> Benchmark
  {
    let length = 3 * 32 * 32
    let rowCount = level.byteCount / length
    return Benchmark(
      "convert/\(name)/\(level)", unit: .gigabytesPerSecond, amount: rowCount * length * 4,
      limit: "limit/copy/\(level)"
    ) {
      let source = source.value
      let order = shuffledIndices(rowCount)
      let destination = BenchmarkMemory(byteCount: Self.batchSize * length * 4)
      let scales = BenchmarkMemory(floats: [0.1, 0.2, 0.3])
      let offsets = BenchmarkMemory(floats: [1, 2, 3])
      let mask = flips ? (0..<Self.batchSize).map { UInt8($0 % 2) } : nil
      return {
        var conversion = cbk_conversion(
          element: CBK_ELEMENT_UINT8, layout: layout, channels: 3, height: 32, width: 32, scales: scales.pointer(),
          offsets: offsets.pointer(), per_channel: true)
        order.withUnsafeBufferPointer { order in
          guard let indices = order.baseAddress else { return }
          for start in stride(from: 0, to: rowCount, by: Self.batchSize) {
            cbk_gather_converted_u32(
              source.bytes, rowCount, indices + start, &conversion, mask, destination.pointer(),
              min(Self.batchSize, rowCount - start))
          }
        }
      }
    }
  }
}

private func copyInBatches(
  from source: UnsafeRawPointer, into destination: UnsafeMutableRawPointer, total: Int, batch: Int
) {
  for start in stride(from: 0, through: total - batch, by: batch) {
    destination.copyMemory(from: source + start, byteCount: batch)
  }
}

private func walk(_ words: UnsafePointer<UInt64>, lines: ArraySlice<UInt32>) {
  var sum: UInt64 = 0
  for line in lines { sum &+= words[Int(line) &* 8] }
  keep(sum)
}

/// What one would write without this library.
private func memcpyRows(
  from source: UnsafeRawPointer, at indices: UnsafePointer<UInt32>, into destination: UnsafeMutableRawPointer,
  count: Int, rowSize: Int
) {
  for i in 0..<count {
    (destination + i &* rowSize).copyMemory(from: source + Int(indices[i]) &* rowSize, byteCount: rowSize)
  }
}
