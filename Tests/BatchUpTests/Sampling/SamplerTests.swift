import BatchUp
import TestSupport
import Testing

private let seed = ShuffleKey(seed: 20_170_613, epoch: 2)

private func indexBatches(_ sampler: some Sampler, _ batchSize: Int, _ order: SampleOrder, limit: Int = 40) -> [[Int]] {
  var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: order)
  var batches: [[Int]] = []
  while batches.count < limit, let batch = iterator.next() { batches.append(Array(batch)) }
  return batches
}

@Suite(.namingCases) struct SamplerTests {
  @Test func inOrderBatchesAreWhatTheDefinitionSays() {
    withEverySmallCase { count, batchSize, repeats, remainder in
      if remainder == .drop { return }
      let chosen = (0..<count).map { ($0 * 7 + 3) % 31 }
      #expect(
        indexBatches(StandardSampler(count: count, repeats: repeats), batchSize, .inOrder)
          == definedBatches(
            ofPasses: { _ in Array(0..<count) }, sampleCount: count, batchSize: batchSize, repeats: repeats,
            remainder: .keep))
      #expect(
        indexBatches(SubsetSampler(chosen, repeats: repeats), batchSize, .inOrder)
          == definedBatches(
            ofPasses: { _ in chosen }, sampleCount: count, batchSize: batchSize, repeats: repeats, remainder: .keep))
    }
  }

  @Test func shuffledPassesArePermutationsWhateverTheBatchSize() {
    withEverySmallCase { count, batchSize, repeats, remainder in
      if remainder == .drop { return }
      let order = SampleOrder.shuffled(seed)
      let standard = indexBatches(StandardSampler(count: count, repeats: repeats), batchSize, order)
      let single = indexBatches(StandardSampler(count: count, repeats: repeats), 1, order, limit: 410).map { $0[0] }
      #expect(
        standard
          == definedBatches(
            ofPasses: { Array(single[$0 * count..<($0 + 1) * count]) }, sampleCount: count, batchSize: batchSize,
            repeats: repeats, remainder: .keep))
      for start in stride(from: 0, to: single.count - count + 1, by: max(count, 1)) {
        #expect(single[start..<start + count].sorted() == Array(0..<count))
      }
    }
  }

  @Test func aShuffledSubsetIsThePermutationAppliedToTheSubset() {
    for count in 0...9 {
      let narrow = (0..<count).map { $0 * 3 % 11 }
      let wide = narrow.map { $0 + 1 << 40 }
      for batchSize in 1...10 {
        let order = SampleOrder.shuffled(seed)
        let positions = indexBatches(StandardSampler(count: count, repeats: 3), batchSize, order)
        #expect(
          indexBatches(SubsetSampler(narrow, repeats: 3), batchSize, order) == positions.map { $0.map { narrow[$0] } })
        #expect(
          indexBatches(SubsetSampler(wide, repeats: 3), batchSize, order) == positions.map { $0.map { wide[$0] } })
      }
    }
  }

  @Test func aShuffledRunOfNeighboursIsThePermutationMoved() {
    for start in [1, 7, Int(UInt32.max) - 9, Int(UInt32.max) - 8, Int(UInt32.max), 1 << 40] {
      for count in 0...9 {
        let order = SampleOrder.shuffled(seed)
        let positions = indexBatches(StandardSampler(count: count, repeats: 2), 4, order)
        #expect(
          indexBatches(SubsetSampler(start..<start + count, repeats: 2), 4, order)
            == positions.map { $0.map { start + $0 } })
      }
    }
  }

  @Test func eachPassEpochAndSeedHasAnOrderOfItsOwn() {
    var seen: Set<[Int]> = []
    var expected = 0
    for s in 0..<8 {
      for epoch in 0..<8 {
        let key = ShuffleKey(seed: UInt64(s), epoch: UInt64(epoch))
        for pass in indexBatches(StandardSampler(count: 50, repeats: 4), 50, .shuffled(key)) {
          seen.insert(pass)
          expected += 1
        }
      }
    }
    #expect(seen.count == expected)
  }

  @Test func sampleCounts() {
    #expect(StandardSampler(count: 7, repeats: 3).sampleCount == .finite(21))
    #expect(StandardSampler(count: 7, repeats: .forever).sampleCount == .infinite)
    #expect(StandardSampler(count: 0, repeats: .forever).sampleCount == .finite(0))
    #expect(SubsetSampler([4, 4, 1], repeats: .times(2)).sampleCount == .finite(6))
    #expect(SubsetSampler([], repeats: .forever).sampleCount == .finite(0))
  }

  @Test func theOrderOfASeedIsAFormat() {
    // From an independent implementation of permutation format 1: a change here changes orders that users rely on.
    let short = SampleOrder.shuffled(ShuffleKey(seed: 12345, epoch: 3))
    #expect(
      indexBatches(StandardSampler(count: 10, repeats: 2), 10, short)
        == [[9, 5, 4, 7, 8, 3, 1, 0, 6, 2], [7, 4, 6, 0, 8, 3, 2, 9, 1, 5]])
    let long = indexBatches(StandardSampler(count: 70_000), 70_000, .shuffled(ShuffleKey(seed: 7)))[0]
    #expect(Array(long.prefix(5)) == [59051, 46132, 18674, 11751, 32167])
    #expect(long.enumerated().reduce(0) { $0 + $1.offset * $1.element } == 85_718_140_663_078)
  }

  @Test func longPassesArePermutations() {
    // Beyond 2^20 samples, the order goes through buckets in scratch memory.
    for count in [1 << 20, 1 << 20 + 1] {
      var iterator = StandardSampler(count: count).indices(
        over: BatchRanges(batchSize: count), order: .shuffled(ShuffleKey(seed: 7)))
      let order = Array(iterator.next()!)
      var seen = [Bool](repeating: false, count: count)
      for index in order { seen[index] = true }
      #expect(order.count == count && seen.allSatisfy { $0 })
      guard count > 1 << 20 else { continue }
      // From an independent implementation.
      #expect(Array(order.prefix(5)) == [357_080, 77_238, 619_816, 781_160, 518_695])
      #expect(order.enumerated().reduce(0) { $0 + $1.offset * $1.element } == 288_155_020_619_378_709)
    }
  }

  @Test func lessThanOnePassIsMisuse() async {
    await #expect(processExitsWith: .failure) { _ = StandardSampler(count: 3, repeats: .times(0)) }
    await #expect(processExitsWith: .failure) { _ = SubsetSampler([1], repeats: -1) }
    await #expect(processExitsWith: .failure) {
      _ = StandardSampler(count: 3).indices(over: BatchRanges(batchSize: 0), order: .inOrder)
    }
  }
}

@Suite struct ShuffleUniformityTests {
  /// 400 per order: an expected count of at least 5 per cell is what Pearson's test needs.
  @Test(arguments: 2...5) func allOrdersAreEquallyLikely(count: Int) {
    var counts: [[Int]: Int] = [:]
    let orderCount = (1...count).reduce(1, *)
    for epoch in 0..<400 * orderCount {
      let key = ShuffleKey(seed: 1, epoch: UInt64(epoch))
      counts[indexBatches(StandardSampler(count: count), count, .shuffled(key))[0], default: 0] += 1
    }
    #expect(counts.count == orderCount)
    #expect(chiSquared(counts.values) < chiSquaredBound(degreesOfFreedom: orderCount - 1))
  }

  @Test func pairsOfPositionsAreEquallyLikely() {
    // The samples at two neighbouring positions: n (n - 1) ordered pairs, 50 expected in each.
    let n = 24
    var counts = [Int](repeating: 0, count: n * n)
    for epoch in 0..<50 * n * (n - 1) {
      let key = ShuffleKey(seed: 7, epoch: UInt64(epoch))
      let order = indexBatches(StandardSampler(count: n), n, .shuffled(key))[0]
      counts[order[10] * n + order[11]] += 1
    }
    let pairs = (0..<n * n).filter { $0 / n != $0 % n }.map { counts[$0] }
    #expect(pairs.reduce(0, +) == 50 * n * (n - 1))
    #expect(chiSquared(pairs) < chiSquaredBound(degreesOfFreedom: n * (n - 1) - 1))
  }

  @Test func passesOfOneEpochAreIndependent() {
    // Where sample 0 lies in pass 0 and in pass 1: n * n cells, 50 expected in each.
    let n = 12
    var counts = [Int](repeating: 0, count: n * n)
    for epoch in 0..<50 * n * n {
      let key = ShuffleKey(seed: 3, epoch: UInt64(epoch))
      let passes = indexBatches(StandardSampler(count: n, repeats: 2), n, .shuffled(key))
      counts[passes[0].firstIndex(of: 0)! * n + passes[1].firstIndex(of: 0)!] += 1
    }
    #expect(chiSquared(counts) < chiSquaredBound(degreesOfFreedom: n * n - 1))
  }
}
