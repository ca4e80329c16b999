import TestSupport
import Testing

@testable import BatchUp

@Suite(.namingCases) struct BlockMixingTests {
  private struct Simulated {
    var distinct = Sum(), neighbours = Sum(), classVariance = Sum()
  }

  /// A mean, and its standard error.
  private struct Sum {
    var count = 0.0, total = 0.0, squares = 0.0

    mutating func add(_ value: Double) {
      count += 1
      total += value
      squares += value * value
    }

    var mean: Double { total / count }
    var error: Double { (max(squares / count - mean * mean, 0) / (count - 1)).squareRoot() }
  }

  /// The first batch of many passes, which is within one window.
  private func simulate(count: Int, _ shuffle: BlockShuffle, batchSize: Int, trials: Int) -> Simulated {
    var result = Simulated()
    for seed in 0..<UInt64(trials) {
      let order = BlockOrder(count: count, shuffle, seed: seed, epoch: 0, pass: 0)
      let batch = Array(
        order.indices(at: 0..<batchSize, of: BatchIndices(0..<count), recycler: StorageRecycler()).0)
      var blockOfSample = [Int](repeating: 0, count: count)
      for place in 0..<order.blockCount {
        for sample in order.samples(at: place).joined() { blockOfSample[sample] = place }
      }
      let present = Set(batch)
      result.distinct.add(Double(Set(batch.map { blockOfSample[$0] }).count))
      result.neighbours.add(Double(batch.count { present.contains($0 + 1) }))
      let share = 0.25
      let deviation = Double(batch.count { $0 < count / 4 }) - share * Double(batchSize)
      result.classVariance.add(deviation * deviation / (share * (1 - share)))
    }
    return result
  }

  /// Within five standard errors, and what the formulas leave out: a shorter block, where there is one, is in the window
  /// with probability W / m, and changes the number of blocks in the batch by one at most and the others by one part in
  /// the W - 1 of the window. Two blocks have samples of both classes, whose part in the variance, m f (1 - f) in all,
  /// is less than 1 each.
  @Test(arguments: [
    (4_096, 16, 8, 32), (4_000, 8, 20, 64), (4_003, 8, 20, 64), (2_000, 10, 4, 20), (3_000, 10, 300, 64),
  ])
  func agreesWithSimulation(count: Int, length: Int, window: Int, batchSize: Int) {
    let shuffle = BlockShuffle(length: length, window: window)
    let mixing = shuffle.mixing(sampleCount: count, batchSize: batchSize)
    let simulated = simulate(count: count, shuffle, batchSize: batchSize, trials: 250)
    let (b, n, m, w) = (Double(batchSize), Double(count), Double(count) / Double(length), Double(window))
    let shorter = count % length == 0 ? 0 : w / m
    #expect(abs(simulated.distinct.mean - mixing.distinctBlockCount) <= 5 * simulated.distinct.error + shorter + 1e-9)
    // Of n - 1 pairs of neighbours, each is in the first batch with probability B / n (B - 1) / (n - 1) if uniform.
    let pairs = mixing.neighbourRatio * b / n * (b - 1)
    #expect(abs(simulated.neighbours.mean - pairs) < 5 * simulated.neighbours.error + shorter / (w - 1) * pairs)
    let variance = mixing.varianceInflation * b * (n - b) / (n - 1)
    let mixed = 2 / (m * 0.25 * 0.75)
    #expect(
      abs(simulated.classVariance.mean - variance)
        < 5 * simulated.classVariance.error + (shorter / (w - 1) + mixed) * variance)
  }

  @Test func aWindowOfAllBlocksIsAUniformShuffle() {
    for (length, window) in [(10, 100), (10, 1_000), (1_000, 1), (5_000, 1), (1, 1_000)] {
      let mixing = BlockShuffle(length: length, window: window).mixing(sampleCount: 1_000, batchSize: 64)
      #expect(mixing.varianceInflation == 1 && mixing.neighbourRatio == 1)
      #expect(mixing.distinctBlockCount == mixing.uniformDistinctBlockCount)
    }
  }

  @Test func knownCases() {
    // Windows of one block, which are the batches: one block each; each pair in the block stays together.
    let worst = BlockShuffle(length: 10, window: 1).mixing(sampleCount: 1_000, batchSize: 10)
    #expect(worst.distinctBlockCount == 1)
    #expect(abs(worst.neighbourRatio - 0.9 * 999 / 9) < 1e-12)
    #expect(abs(worst.varianceInflation - 10 * 999 / 990) < 1e-12)
    // Single samples in a window of any size are a uniform shuffle.
    let single = BlockShuffle(length: 1, window: 64).mixing(sampleCount: 1_000, batchSize: 8)
    #expect(abs(single.varianceInflation - 1) < 1e-12)
    #expect(abs(single.neighbourRatio - 1) < 1e-12)
    #expect(abs(single.distinctBlockCount - 8) < 1e-9)
    // A batch of two windows is one of whole blocks.
    let double = BlockShuffle(length: 10, window: 2).mixing(sampleCount: 1_000, batchSize: 40)
    #expect(abs(double.distinctBlockCount - 4) < 1e-9)
    #expect(BlockShuffle(length: 5, window: 2).mixing(sampleCount: 1, batchSize: 9).varianceInflation == 1)
    let one = BlockShuffle(length: 5, window: 2).mixing(sampleCount: 100, batchSize: 1)
    #expect(one.neighbourRatio == 1 && abs(one.varianceInflation - 1) < 1e-12 && one.distinctBlockCount == 1)
  }

  @Test func largerWindowsMixBetter() {
    let mixings = [1, 2, 4, 16, 64, 256].map {
      BlockShuffle(length: 64, window: $0).mixing(sampleCount: 64 * 256, batchSize: 128)
    }
    for (smaller, larger) in zip(mixings, mixings.dropFirst()) {
      #expect(smaller.varianceInflation >= larger.varianceInflation && smaller.neighbourRatio >= larger.neighbourRatio)
      #expect(smaller.distinctBlockCount <= larger.distinctBlockCount + 1e-9)
    }
    #expect("\(mixings[3])".hasPrefix("blocks of 64 samples, mixed 16 at a time: a batch of 128 has samples of 16.0"))
  }

  @Test func recommendedFitsIntoMemory() {
    withEvery("rowByteCount", in: [1, 64, 3_136, 1 << 18, 1 << 24]) { rowByteCount in
      withEvery("sampleCount", in: [0, 1, 1_000, 100_000_000]) { sampleCount in
        withEvery("memoryLimit", in: [1, 1 << 20, 1 << 28, 1 << 34]) { memoryLimit in
          let shuffle = BlockShuffle.recommended(
            rowByteCount: rowByteCount, sampleCount: sampleCount, memoryLimit: memoryLimit)
          // Two windows in half of it, unless a single sample is too much.
          #expect(shuffle.windowSampleCount == 1 || 4 * shuffle.windowSampleCount * rowByteCount <= memoryLimit)
          #expect(shuffle.length * rowByteCount <= max(1 << 18, rowByteCount))
        }
      }
    }
    #expect(
      BlockShuffle.recommended(rowByteCount: 1 << 12, sampleCount: 1 << 20, memoryLimit: 1 << 28)
        == BlockShuffle(length: 64, window: 256))
    #expect(BlockShuffle.recommended(rowByteCount: 1, sampleCount: 1 << 20, memoryLimit: 1 << 40).window == 5)
  }
}
