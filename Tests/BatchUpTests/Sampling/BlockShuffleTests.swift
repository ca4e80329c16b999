import TestSupport
import Testing

@testable import BatchUp

@Suite(.namingCases) struct BlockShuffleTests {
  private func order(_ length: Int, _ window: Int, seed: UInt64 = 20_170_613, epoch: UInt64 = 2) -> SampleOrder {
    .shuffled(ShuffleKey(seed: seed, epoch: epoch, memory: .blocks(of: length, window: window)))
  }

  private func indices(_ sampler: some Sampler, _ batchSize: Int, _ order: SampleOrder) -> [[Int]] {
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: order)
    var batches: [[Int]] = []
    while batches.count < 60, let batch = iterator.next() { batches.append(Array(batch)) }
    return batches
  }

  /// Every length, block and window up to 9, and the same positions whatever the batch size.
  @Test func eachSampleOnceWhateverTheBatchSize() {
    withEvery("count", in: 1...9) { count in
      withEvery("length", in: 1...10) { length in
        withEvery("window", in: 1...10) { window in
          let order = order(length, window)
          let single = indices(StandardSampler(count: count, repeats: 2), 1, order).map { $0[0] }
          #expect(single.prefix(count).sorted() == Array(0..<count))
          #expect(single.suffix(count).sorted() == Array(0..<count))
          for batchSize in [2, 5, 19] {
            let batches = indices(StandardSampler(count: count, repeats: 2), batchSize, order)
            #expect(batches.flatMap { $0 } == single && batches.dropLast().allSatisfy { $0.count == batchSize })
          }
        }
      }
    }
  }

  /// Windows of whole blocks, of which one at most is shorter.
  @Test func windowsAreOfWholeBlocks() {
    for (count, length, window) in [(100, 7, 3), (64, 8, 2), (1_000, 1, 10), (50, 49, 1), (97, 10, 100)] {
      for seed in 0..<20 as Range<UInt64> {
        let order = BlockOrder(
          count: count, BlockShuffle(length: length, window: window), seed: seed, epoch: 0, pass: 0)
        let blocks = (0..<order.blockCount).map { order.samples(at: $0).flatMap { Array($0) } }
        #expect(blocks.flatMap { $0 }.sorted() == Array(0..<count))
        #expect(blocks.count { $0.count != length } == (count % length == 0 ? 0 : 1))
        #expect(blocks.allSatisfy { block in block.indices.allSatisfy { block[$0] == (block[0] + $0) % count } })
        let samples = Array(
          order.indices(at: 0..<count, of: BatchIndices(0..<count), recycler: StorageRecycler()).0)
        for first in stride(from: 0, to: blocks.count, by: window) {
          let places = first..<min(first + window, blocks.count)
          #expect(order.start(of: places.lowerBound) == blocks[..<first].reduce(0) { $0 + $1.count })
          let positions = order.start(of: places.lowerBound)..<order.start(of: places.upperBound)
          #expect(samples[positions].sorted() == blocks[places].flatMap { $0 }.sorted())
        }
      }
    }
  }

  /// Any position can be had first; what it comes from does not matter.
  @Test func anyPartCanBeHadFirst() {
    let (count, shuffle) = (200, BlockShuffle(length: 9, window: 4))
    func order() -> BlockOrder { BlockOrder(count: count, shuffle, seed: 5, epoch: 1, pass: 2) }
    let all = BatchIndices(0..<count)
    let whole = Array(order().indices(at: 0..<count, of: all, recycler: StorageRecycler()).0)
    let used = order()
    for start in stride(from: 199, through: 0, by: -1) {
      let positions = start..<min(start + 45, count)
      #expect(Array(order().indices(at: positions, of: all, recycler: StorageRecycler()).0) == Array(whole[positions]))
      #expect(Array(used.indices(at: positions, of: all, recycler: StorageRecycler()).0) == Array(whole[positions]))
    }
    #expect(order().indices(at: 7..<7, of: all, recycler: StorageRecycler()).0.isEmpty)
  }

  /// Each block once, before any of its samples comes.
  @Test func everythingIsAnnouncedOnceAndInTime() throws {
    for (count, length, window, batchSize) in [(500, 7, 5, 3), (500, 7, 5, 64), (90, 10, 1, 10), (40, 9, 9, 7)] {
      let samples = BatchIndices(1_000..<1_000 + count)
      let sampler = SubsetSampler(samples, repeats: 3)
      var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: order(length, window))
      var delivered = 0
      var announced: [Int: Int] = [:]
      while let batch = iterator.next() {
        let hint = try #require(sampler.hint(of: iterator))
        for sample in hint.ranges.joined() { announced[sample, default: 0] += 1 }
        for (place, sample) in batch.enumerated() {
          // Once for each pass so far, or for the next one, where that begins in the same batch.
          let pass = (delivered + place) / count
          #expect((pass + 1...(delivered + batch.count) / count + 1).contains(try #require(announced[sample])))
        }
        delivered += batch.count
        // A window ahead, and the one in use, but for the batch itself.
        let ahead = announced.values.reduce(0, +) - delivered
        #expect(ahead <= 2 * window * length + batchSize)
      }
      #expect(announced.count == count && announced.values.allSatisfy { $0 == 3 })
    }
  }

  /// Every rank uses every block, and needs to be told of all of them.
  @Test func everyRankIsToldOfAllBlocks() throws {
    for (length, window, batchSize) in [(20, 2, 10), (256, 2, 64), (7, 3, 10)] {
      let count = 10 * length
      for rankCount in 1...4 {
        for rank in 0..<rankCount {
          var iterator = StandardSampler(count: count).indices(
            over: BatchRanges(batchSize: batchSize, rank: rank, rankCount: rankCount), order: order(length, window))
          var announced: [Int: Int] = [:]
          while iterator.next() != nil {
            for sample in try #require(iterator.hint).ranges.joined() { announced[sample, default: 0] += 1 }
          }
          #expect(announced.count == count && announced.values.allSatisfy { $0 == 1 }, "\(length) \(rank) \(rankCount)")
        }
      }
    }
  }

  @Test func aSubsetIsThePermutationAppliedToTheSubset() {
    for count in 1...20 {
      let narrow = (0..<count).map { $0 * 3 % 23 }
      let wide = narrow.map { $0 + 1 << 40 }
      let positions = indices(StandardSampler(count: count, repeats: 3), 6, order(3, 2))
      for samples in [narrow, wide, Array(5..<5 + count)] {
        #expect(
          indices(SubsetSampler(samples, repeats: 3), 6, order(3, 2)) == positions.map { $0.map { samples[$0] } })
      }
    }
  }

  @Test func passesEpochsSeedsAndMembersHaveOrdersOfTheirOwn() {
    var seen: Set<[Int]> = []
    for seed in 0..<4 as Range<UInt64> {
      for epoch in 0..<4 as Range<UInt64> {
        let key = order(5, 3, seed: seed, epoch: epoch)
        for order in [key, key.ofMember(0), key.ofMember(1)] {
          seen.formUnion(indices(StandardSampler(count: 50, repeats: 2), 50, order))
        }
      }
    }
    #expect(seen.count == 4 * 4 * 3 * 2)
  }

  /// A window of all blocks: every permutation is equally likely.
  @Test(arguments: [(4, 2), (5, 2), (5, 7), (6, 4)]) func aWindowOfAllBlocksIsUniform(count: Int, length: Int) {
    let permutationCount = (1...count).reduce(1, *)
    var counts: [[Int]: Int] = [:]
    for seed in 0..<UInt64(12 * permutationCount) {
      let key = order(length, count, seed: seed)
      counts[indices(StandardSampler(count: count), count, key)[0], default: 0] += 1
    }
    #expect(counts.count <= permutationCount)
    let all = Array(counts.values) + Array(repeating: 0, count: permutationCount - counts.count)
    #expect(chiSquared(all) < chiSquaredBound(degreesOfFreedom: permutationCount - 1))
  }

  /// With smaller windows, too, each sample is as likely as the others, at the first and the last position and where
  /// windows meet.
  @Test func eachPositionIsUniform() {
    let (count, positions) = (15, [0, 3, 7, 8, 14])
    var counts = positions.map { _ in [Int](repeating: 0, count: count) }
    for seed in 0..<2_000 as Range<UInt64> {
      let order = BlockOrder(
        count: count, BlockShuffle(length: 4, window: 2), seed: seed, epoch: 0, pass: 0)
      let samples = order.indices(at: 0..<count, of: BatchIndices(0..<count), recycler: StorageRecycler()).0
      for (place, position) in positions.enumerated() { counts[place][samples[position]] += 1 }
    }
    for counts in counts { #expect(chiSquared(counts) < chiSquaredBound(degreesOfFreedom: count - 1)) }
  }

  /// Part of the order format: changes only together with its number.
  @Test func theOrderIsTheDocumentedOne() {
    #expect(BlockShuffle.orderFormat == 1)
    let small = indices(StandardSampler(count: 12), 12, order(3, 2))[0]
    #expect(small == [2, 3, 6, 5, 4, 1, 9, 10, 7, 11, 0, 8])
    let large = indices(StandardSampler(count: 1 << 33), 5, order(1 << 20, 2))[0]
    #expect(large == [6_033_710_429, 5_434_641_221, 6_033_341_797, 5_435_112_077, 6_033_308_628])
  }

  @Test func theSameThroughEverySourceAndWithWorkers() throws {
    let (count, shuffle) = (500, Shuffle.seed(1, epoch: 3, memory: .blocks(of: 16, window: 4)))
    let x = NDArray(Array(0..<count))
    let source = try ArraySource(x)
    let expected = try source.batches(of: 7, shuffle: shuffle).concatenated { $0 }.scalars
    #expect(expected.sorted() == Array(0..<count))
    #expect(source.indexed().batches(of: 9, shuffle: shuffle).flatMap { Array($0.indices) } == expected)
    #expect(source.map { $0 }.batches(of: 64, shuffle: shuffle).flatMap(\.scalars) == expected)
    let chosen = Array(stride(from: 1, to: count, by: 2))
    let subset = try ArraySource(x, indices: chosen, repeats: 2)
    for workerCount in 0...3 {
      let pool = WorkerPool(workerCount: workerCount)
      #expect(source.batches(of: 11, shuffle: shuffle).prefetched(by: pool).flatMap(\.scalars) == expected)
      let passes = subset.batches(of: 13, shuffle: shuffle).prefetched(by: pool).flatMap(\.scalars)
      #expect(passes == subset.batches(of: 17, shuffle: shuffle).flatMap(\.scalars))
      #expect(passes.prefix(chosen.count).sorted() == chosen && passes.suffix(chosen.count).sorted() == chosen)
    }
    let pairs = zip(source, source).batches(of: 10, shuffle: shuffle).map { ($0.0.scalars, $0.1.scalars) }
    #expect(pairs.flatMap(\.0).sorted() == Array(0..<count) && pairs.flatMap(\.1).sorted() == Array(0..<count))
    #expect(pairs.flatMap(\.0) != pairs.flatMap(\.1))
    for selection in [
      ChoiceSource<ArraySource<NDArray<Int>, StandardSampler, Never>>.Selection.stratified, .sequential,
    ] {
      let choice = ChoiceSource([source, source], selection: selection)
      let all = choice.batches(of: 10, shuffle: shuffle).flatMap(\.scalars)
      #expect(all.sorted() == (0..<2 * count).map { $0 / 2 })
    }
  }

  @Test func emptyAndMisused() async throws {
    #expect(indices(StandardSampler(count: 0), 5, order(3, 2)).isEmpty)
    #expect(indices(StandardSampler(count: 5), 5, order(.max, .max))[0].sorted() == Array(0..<5))
    #expect(BlockShuffle(length: .max, window: 2).windowSampleCount == .max)
    await #expect(processExitsWith: .failure) { _ = BlockShuffle(length: 0, window: 1) }
  }
}
