import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct ConstantMemoryTests {
  private let order = SampleOrder.shuffled(ShuffleKey(seed: 20_170_613, epoch: 2, memory: .constant))

  private func indices(_ sampler: some Sampler, _ batchSize: Int, _ order: SampleOrder) -> [[Int]] {
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: order)
    var batches: [[Int]] = []
    while batches.count < 40, let batch = iterator.next() { batches.append(Array(batch)) }
    return batches
  }

  @Test func passesArePermutationsWhateverTheBatchSize() {
    withEverySmallCase { count, batchSize, repeats, remainder in
      if remainder == .drop { return }
      let single = indices(StandardSampler(count: count, repeats: repeats), 1, order).map { $0[0] }
      let batches = indices(StandardSampler(count: count, repeats: repeats), batchSize, order)
      let together = batches.flatMap { $0 }
      #expect(zip(single, together).allSatisfy { $0 == $1 })
      #expect(batches.dropLast().allSatisfy { $0.count == batchSize })
      if case .times(let times) = repeats { #expect(together.count == min(times * count, 40 * batchSize)) }
      for start in stride(from: 0, to: together.count - count + 1, by: max(count, 1)) {
        #expect(together[start..<start + count].sorted() == Array(0..<count))
      }
    }
  }

  /// Around the largest table, and around counts whose factors change.
  @Test(arguments: [1_023, 1_024, 1_025, 4_095, 4_096, 4_097, 65_535, 65_536, 65_537])
  func longerPassesArePermutations(count: Int) throws {
    let source = try ArraySource(NDArray(Array(0..<count)))
    for batchSize in [7, 64, 1_000] {
      let batches = source.batches(of: batchSize, shuffle: .seed(1, epoch: 3, memory: .constant))
      let delivered = try batches.concatenated { $0 }.scalars
      #expect(delivered.sorted() == Array(0..<count))
      #expect(delivered != Array(0..<count))
      let pool = WorkerPool(workerCount: 3)
      #expect(try batches.prefetched(by: pool).concatenated { $0 }.scalars == delivered)
    }
  }

  @Test func aSubsetIsThePermutationAppliedToTheSubset() {
    for count in 0...9 {
      let narrow = (0..<count).map { $0 * 3 % 11 }
      let wide = narrow.map { $0 + 1 << 40 }
      for batchSize in 1...10 {
        let positions = indices(StandardSampler(count: count, repeats: 3), batchSize, order)
        for samples in [narrow, wide, Array(5..<5 + count)] {
          #expect(
            indices(SubsetSampler(samples, repeats: 3), batchSize, order) == positions.map { $0.map { samples[$0] } })
        }
      }
    }
  }

  @Test func passesEpochsSeedsAndMembersHaveOrdersOfTheirOwn() throws {
    var seen: Set<[Int]> = []
    for seed in 0..<4 {
      for epoch in 0..<4 {
        let key = ShuffleKey(seed: UInt64(seed), epoch: UInt64(epoch), memory: .constant)
        for member in [nil, 0, 1] {
          let order = member.map { SampleOrder.shuffled(key).ofMember($0) } ?? .shuffled(key)
          let passes = indices(StandardSampler(count: 50, repeats: 2), 50, order)
          seen.formUnion(passes)
          if case .shuffled(let key) = order { #expect(key.memory == .constant) }
        }
      }
    }
    #expect(seen.count == 4 * 4 * 3 * 2)
    // Another order than the one that is listed, from the same key.
    let listed = SampleOrder.shuffled(ShuffleKey(seed: 0, epoch: 0))
    #expect(!seen.contains(indices(StandardSampler(count: 50), 50, listed)[0]))
  }

  /// Part of the order format: changes only together with its number.
  @Test func theOrderIsTheDocumentedOne() {
    let small = indices(StandardSampler(count: 10), 10, order)[0]
    let large = indices(StandardSampler(count: 1 << 40), 5, order)[0]
    #expect(small == [0, 4, 3, 9, 5, 6, 7, 1, 2, 8])
    #expect(large == [505_967_485_823, 564_413_314_430, 841_784_153_230, 955_429_624_134, 413_650_241_851])
  }

  @Test func moreSamplesThanMemory() {
    let count = 1_000_000_000_000
    var iterator = StandardSampler(count: count).indices(over: BatchRanges(batchSize: 1_000), order: order)
    var seen: Set<Int> = []
    for _ in 0..<100 {
      guard let batch = iterator.next() else { break }
      #expect(batch.allSatisfy { (0..<count).contains($0) })
      seen.formUnion(batch)
    }
    #expect(seen.count == 100_000)
    // A uniform sample: its mean is within five standard deviations of the middle.
    let mean = seen.reduce(0.0) { $0 + Double($1) } / 100_000
    #expect(abs(mean / Double(count) - 0.5) < 5 * (1 / 12 as Double).squareRoot() / Double(100_000).squareRoot())
  }
}
