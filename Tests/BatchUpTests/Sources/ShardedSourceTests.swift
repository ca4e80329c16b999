import TestSupport
import Testing

@testable import BatchUp

/// The parts of all ranks together are the batches of one.
@Suite(.namingCases) struct ShardedSourceTests {
  private static let shuffles: [Shuffle] = [
    .seed(3), .seed(3, epoch: 1, memory: .constant), .numPy(NumPyRandomState(seed: 5)),
    .seed(3, epoch: 2, memory: .blocks(of: 2, window: 2)),
  ]

  /// The samples of each step.
  private func steps<Source: BatchSource>(
    _ source: Source, _ batchSize: Int, _ shuffle: Shuffle, limit: Int = 6, resuming state: IterationState? = nil,
    _ samples: (Source.Batch) -> [Int]
  ) throws -> [[Int]] {
    var batches = try source.batches(of: batchSize, shuffle: copy(shuffle), resuming: state).makeIterator()
    var steps: [[Int]] = []
    while steps.count < limit, let batch = try batches.nextBatch() { steps.append(samples(batch)) }
    return steps
  }

  /// NumPy's generator anew.
  private func copy(_ shuffle: Shuffle) -> Shuffle {
    if case .numPy = shuffle.order { .numPy(NumPyRandomState(seed: 5)) } else { shuffle }
  }

  private func check<Source: BatchSource & Sendable>(
    _ source: Source, batchSizes: [Int], ranks: [Int] = [1, 2, 3, 4, 5], _ samples: @escaping (Source.Batch) -> [Int]
  ) throws {
    for batchSize in batchSizes {
      for shuffle in Self.shuffles {
        let whole = try steps(source, batchSize, shuffle, samples)
        for rankCount in ranks {
          let parts = try (0..<rankCount).map { rank in
            try steps(source.sharded(rank: rank, of: rankCount, end: .uneven), batchSize, shuffle, samples)
          }
          for (step, batch) in whole.enumerated() {
            #expect(parts.map { step < $0.count ? $0[step] : [-1] }.flatMap { $0 } == batch)
            let counts = parts.map { $0[step].count }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
          }
          #expect(parts.allSatisfy { $0.count == whole.count })
          let dropping = try (0..<rankCount).map { rank in
            try steps(source.sharded(rank: rank, of: rankCount, end: .drop), batchSize, shuffle, samples)
          }
          let full = whole.filter { $0.count == batchSize }
          for step in full.indices { #expect(dropping.flatMap { $0[step] } == full[step]) }
        }
      }
    }
  }

  @Test(arguments: 0...9) func arrays(count: Int) throws {
    for repeats in [1, 2] {
      try check(numbers(0..<count, repeats: .times(repeats)), batchSizes: [1, 2, 3, 4, 5, 9, 20]) { $0.scalars }
    }
  }

  @Test func otherSources() throws {
    let array = NDArray(Array(0..<7))
    try check(numbers(0..<7, repeats: .forever), batchSizes: [3, 8]) { $0.scalars }
    try check(ArraySource(array, sampler: WeightedSampler(weights: [1, 0, 2, 3, 1, 1, 4])), batchSizes: [1, 5, 6]) {
      $0.scalars
    }
    try check(
      ArraySource(array, sampler: WeightedSampler(weights: [1, 0, 2, 3, 1, 1, 4], replacing: false)),
      batchSizes: [1, 4, 5]
    ) { $0.scalars }
    try check(zip(numbers(0..<7, repeats: .forever), numbers(0..<11)), batchSizes: [3, 4]) { paired($0, $1) }
    try check(ChoiceSource(members([4, 7, 2]), selection: .stratified), batchSizes: [3]) { $0.scalars }
    try check(numbers(0..<9, repeats: 2).erased().indexed().map { Array($0.samples.scalars) }, batchSizes: [4]) { $0 }
    let random = try numbers(0..<10).map(random: { generators, batch in
      batch.scalars.indices.map { place in
        var generator = generators[place]
        return Int(truncatingIfNeeded: generator.next() &+ UInt64(batch[place]))
      }
    })
    try check(random, batchSizes: [3, 4]) { $0 }
  }

  @Test func counts() throws {
    try withEvery("count", in: 0...9) { count in
      try withEvery("batchSize", in: 1...10) { batchSize in
        try withEvery("rankCount", in: 1...4) { rankCount in
          let source = try numbers(0..<count)
          var total = 0
          for rank in 0..<rankCount {
            let batches = source.sharded(rank: rank, of: rankCount, end: .uneven).batches(of: batchSize)
            let found = batches.reduce(0) { $0 + $1.count }
            #expect(batches.sampleCount == .finite(found))
            total += found
            let dropping = source.sharded(rank: rank, of: rankCount, end: .drop).batches(of: batchSize)
            #expect(dropping.sampleCount == .finite(dropping.reduce(0) { $0 + $1.count }))
            #expect(Array(dropping).count == count / batchSize)
          }
          #expect(total == count)
        }
      }
    }
  }

  /// Inside of other sources, parts are no short batches either, and as many as they are.
  @Test func partsInsideOfOtherSources() throws {
    for rank in 0...1 {
      let part = try numbers(0..<8).sharded(rank: rank, of: 2, end: .drop)
      let whole = part.batches(of: 4).map(\.scalars)
      #expect(whole.count == 2)
      let pairs = zip(part, part)
      #expect(pairs.batches(of: 4, remainder: .drop).map(\.0.scalars) == whole)
      #expect(pairs.batches(of: 4).sampleCount == .finite(4))
      #expect(part.erased().batches(of: 4, remainder: .drop).map(\.scalars) == whole)
      #expect(part.padded().batches(of: 4, remainder: .drop).map { Array($0.0.scalars.prefix(2)) } == whole)
      #expect(ChoiceSource([part]).batches(of: 4, remainder: .drop).map(\.scalars) == whole)
      #expect(try pairs.predict(batchSize: 4) { x, _ in x }.scalars == whole.flatMap { $0 })
    }
  }

  /// Each part has as many samples, of which the mask says which are real; nothing is counted twice.
  @Test func padded() throws {
    try withEvery("count", in: 0...9) { count in
      try withEvery("batchSize", in: 1...6) { batchSize in
        try withEvery("rankCount", in: 1...5) { rankCount in
          let source = try numbers(0..<count)
          var samples: [[Int]] = []
          var predicted: [Int] = []
          for rank in 0..<rankCount {
            let part = source.sharded(rank: rank, of: rankCount, end: .pad)
            var steps: [[Int]] = []
            for (x, mask) in part.batches(of: batchSize, shuffle: .seed(1)) {
              #expect(x.count == (batchSize - 1) / rankCount + 1 && mask.count == x.count)
              #expect(mask.scalars == mask.scalars.filter { $0 } + mask.scalars.filter { !$0 })
              steps.append(zip(x.scalars, mask.scalars).filter(\.1).map(\.0))
            }
            #expect(steps.count == (count + batchSize - 1) / batchSize)
            #expect(part.batches(of: batchSize).sampleCount == .finite(steps.reduce(0) { $0 + $1.count }))
            samples += steps
            predicted += try part.predict(batchSize: batchSize) { x, _ in x }.scalars
          }
          #expect(samples.flatMap { $0 }.sorted() == Array(0..<count))
          #expect(predicted.sorted() == Array(0..<count))
        }
      }
    }
  }

  @Test func meanOverPaddingIsThatOfTheRealSamples() throws {
    let part = try numbers(0..<5).sharded(rank: 1, of: 2, end: .pad)
    let mean = try part.batches(of: 4).mean { x, mask in
      zip(x.scalars, mask.scalars).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    }
    #expect(mean == 2.5)  // samples 2 and 3 of the first batch, none of the second
  }

  /// A state of one number of ranks goes on with any other.
  @Test func elastic() throws {
    let source = try numbers(0..<23, repeats: 2)
    for shuffle in Self.shuffles {
      let whole = try steps(source, 5, shuffle, limit: 20) { $0.scalars }
      for rankCount in 1...4 {
        for stop in [0, 1, 4, 9, 10] {
          var iterator = source.sharded(rank: rankCount - 1, of: rankCount, end: .uneven)
            .batches(of: 5, shuffle: copy(shuffle)).makeIterator()
          for _ in 0..<stop { _ = iterator.nextBatch() }
          for otherCount in 1...4 {
            let parts = try (0..<otherCount).map { rank in
              try steps(
                source.sharded(rank: rank, of: otherCount, end: .uneven), 5, shuffle, limit: 20,
                resuming: iterator.state
              ) { $0.scalars }
            }
            for (step, batch) in whole.dropFirst(stop).enumerated() {
              #expect(parts.flatMap { $0[step] } == batch)
            }
            #expect(parts.allSatisfy { $0.count == whole.count - stop })
          }
        }
      }
    }
  }

  @Test func ranksThatAreNone() async {
    await #expect(processExitsWith: .failure) {
      _ = try ArraySource([1, 2]).sharded(rank: 2, of: 2, end: .drop)
    }
  }

  /// The parts of a rank are short in any case, and none of them is left out for that.
  @Test func partsOfPartsAreNotDropped() throws {
    let numbers = try ArraySource(NDArray(Array(0..<24)))
    for inner in [ShardEnd.drop, .uneven] {
      let part = numbers.sharded(rank: 0, of: 2, end: inner)
      #expect(
        part.sharded(rank: 1, of: 2, end: .drop).batches(of: 8).map(\.scalars) == [[2, 3], [10, 11], [18, 19]])
    }
  }

  /// The last batch of each member is short, and all counts are exact nevertheless.
  @Test func countsOnRanks() throws {
    let sequence = [try numbers(0..<10), try numbers(100..<110), try numbers(200..<207)].concatenated()
    func expectCounts<Source: InOrderSource>(_ source: Source, _ counts: [Int]) where Source.Batch == NDArray<Int> {
      for limit in [0, 1, 2, counts.count, 100] {
        let batches = source.batches(of: 4).prefix(limit)
        let expected = Array(counts.prefix(limit))
        var iterator = batches.makeIterator()
        var found: [Int] = []
        while let batch = try? iterator.nextBatch() { found.append(batch.count) }
        #expect(found == expected)
        #expect(batches.batchCount == expected.count)
        #expect(batches.sampleCount == .finite(expected.reduce(0, +)))
      }
    }
    expectCounts(sequence, [4, 4, 2, 4, 4, 2, 4, 3])
    expectCounts(sequence.dealt(rank: 0, of: 2), [4, 2, 4, 4])
    expectCounts(sequence.dealt(rank: 1, of: 2), [4, 4, 2, 3])
    for rank in 0..<2 { expectCounts(sequence.sharded(rank: rank, of: 2, end: .drop), [2, 2, 2, 2, 2]) }
    expectCounts(sequence.sharded(rank: 0, of: 2, end: .uneven), [2, 2, 1, 2, 2, 1, 2, 2])
    expectCounts(sequence.sharded(rank: 1, of: 2, end: .uneven), [2, 2, 1, 2, 2, 1, 2, 1])
  }
}
