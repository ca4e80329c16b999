import BatchUp
import TestSupport
import Testing

private let seed = SampleOrder.shuffled(ShuffleKey(seed: 20_170_613, epoch: 2))

/// The order of a seed, and one of NumPy's that begins anew.
private func orders() -> [SampleOrder] { [seed, .numPy(NumPyRandomState(seed: 5))] }

private func batches(_ sampler: some Sampler, _ batchSize: Int, _ order: SampleOrder, limit: Int = 400) -> [[Int]] {
  var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: order)
  var batches: [[Int]] = []
  while batches.count < limit, let batch = iterator.next() { batches.append(Array(batch)) }
  return batches
}

/// The first `count` draws.
private func draws(_ sampler: some Sampler, _ count: Int, _ order: SampleOrder) -> [Int] {
  batches(sampler, count, order, limit: 1)[0]
}

private func histogram(_ draws: some Sequence<Int>, count: Int) -> [Int] {
  draws.reduce(into: [Int](repeating: 0, count: count)) { $0[$1] += 1 }
}

@Suite(.namingCases) struct WeightedSamplerTests {
  // MARK: Order

  @Test func aDrawDependsOnItsNumberAlone() throws {
    let weights = (0..<300).map { Double($0 % 7) }
    for sampler in [
      try WeightedSampler(weights: weights), try WeightedSampler(weights: weights, over: 1000..<1300),
      try WeightedSampler(weights: weights, over: (0..<300).map { 1 << 40 - $0 }),
      try WeightedSampler(weights: weights, replacing: false),
    ] {
      let expected = draws(sampler, 250, seed)
      for batchSize in 1...140 {
        let batches = batches(sampler, batchSize, seed, limit: 250 / batchSize)
        #expect(batches.allSatisfy { $0.count == batchSize })
        #expect(batches.joined().elementsEqual(expected.prefix(batches.count * batchSize)))
      }
    }
  }

  @Test func anEpochOfDrawsEndsInAShortBatch() throws {
    try withEvery("count", in: 0...9) { count in
      try withEvery("batchSize", in: 1...10) { batchSize in
        try withEvery("order", in: orders()) { order in
          let drawn = batches(try WeightedSampler(weights: [1, 2, 0, 3], count: count), batchSize, order)
          #expect(drawn.map(\.count) == (0..<count).chunked(batchSize).map(\.count))
          #expect(drawn.joined().allSatisfy { [0, 1, 3].contains($0) })
        }
      }
    }
  }

  @Test func iterationsDoNotDisturbEachOther() throws {
    for replacing in [true, false] {
      let sampler = try WeightedSampler(weights: (1...60).map(Double.init), replacing: replacing)
      let other = ShuffleKey(seed: 1)
      var one = sampler.indices(over: BatchRanges(batchSize: 7), order: seed)
      var two = sampler.indices(over: BatchRanges(batchSize: 5), order: .shuffled(other))
      for (a, b) in zip(batches(sampler, 7, seed, limit: 8), batches(sampler, 5, .shuffled(other), limit: 8)) {
        #expect(one.next().map(Array.init) == a)
        #expect(two.next().map(Array.init) == b)
      }
    }
  }

  @Test func threadsShareASampler() async throws {
    for replacing in [true, false] {
      for makeOrder in [{ seed }, { .numPy(NumPyRandomState(seed: 5)) }] as [@Sendable () -> SampleOrder] {
        let weights = (0..<5000).map { Double($0 % 7) }
        let expected = draws(try WeightedSampler(weights: weights, replacing: replacing), 1000, makeOrder())
        let sampler = try WeightedSampler(weights: weights, replacing: replacing)
        await withTaskGroup(of: [Int].self) { group in
          for _ in 0..<8 { group.addTask { draws(sampler, 1000, makeOrder()) } }
          for await drawn in group { #expect(drawn == expected) }
        }
      }
    }
  }

  @Test func batchesThatAreKeptDoNotChange() throws {
    for samples in [0..<100, 50..<150] {
      let sampler = try WeightedSampler(weights: [Double](repeating: 1, count: 100), over: samples)
      for order in orders() {
        var iterator = sampler.indices(over: BatchRanges(batchSize: 8), order: order)
        var kept: [BatchIndices] = []
        var copies: [[Int]] = []
        for round in 0..<60 {
          guard let batch = iterator.next() else { break }
          copies.append(Array(batch))
          kept.append(batch)
          if round % 3 == 0 {
            kept.removeFirst()
            copies.removeFirst()
          }
          #expect(kept.map(Array.init) == copies)
        }
      }
    }
  }

  @Test func eachEpochSeedAndMemberHasDrawsOfItsOwn() throws {
    for replacing in [true, false] {
      let sampler = try WeightedSampler(weights: (1...50).map(Double.init), replacing: replacing)
      var seen: Set<[Int]> = []
      for s in 0..<8 {
        for epoch in 0..<8 {
          let order = SampleOrder.shuffled(ShuffleKey(seed: UInt64(s), epoch: UInt64(epoch)))
          seen.insert(draws(sampler, 50, order))
          seen.insert(draws(sampler, 50, order.ofMember(0)))
          seen.insert(draws(sampler, 50, order.ofMember(1)))
        }
      }
      #expect(seen.count == 8 * 8 * 3)
    }
  }

  @Test func theDrawsOfASeedAreAFormat() throws {
    // From an independent implementation: a change here changes orders that users rely on. Under even weights, the
    // alias table plays no part.
    let order = SampleOrder.shuffled(ShuffleKey(seed: 12345, epoch: 3))
    let even = try WeightedSampler(weights: NDArray<Double>(repeating: 0.1, shape: [1000]))
    let drawn = draws(even, 100, order)
    #expect(drawn.prefix(10) == [998, 172, 737, 668, 722, 644, 370, 164, 180, 110])
    let digest = drawn.reduce(0 as UInt64) { $0 &* 6_364_136_223_846_793_005 &+ UInt64($1) }
    #expect(digest == 5_695_733_118_182_773_798)
    let once = try WeightedSampler(weights: [0, 5, 1, 1, 8, 2, 0, 3, 40, 1], replacing: false)
    #expect(batches(once, 10, order) == [[8, 4, 1, 7, 3, 2, 9, 5]])
  }

  // MARK: Weights

  @Test func equalWeightsOfAnyFloatingPointTypeDrawTheSame() throws {
    let weights = (0..<500).map { Double($0 * 37 % 101) / 8 }
    let floats = weights.map { Float($0) }
    for order in [seed, .numPy(NumPyRandomState(seed: 3))] as [SampleOrder] {
      // NumPy's generator goes on: each sampler gets one of its own.
      func own() -> SampleOrder { if case .numPy = order { .numPy(NumPyRandomState(seed: 3)) } else { order } }
      let expected = draws(try WeightedSampler(weights: weights), 1000, own())
      #expect(draws(try WeightedSampler(weights: floats), 1000, own()) == expected)
      #expect(draws(try WeightedSampler(weights: NDArray(weights)), 1000, own()) == expected)
      #expect(draws(try WeightedSampler(weights: NDArray(floats)), 1000, own()) == expected)
      #expect(draws(try WeightedSampler(weights: weights[...]), 1000, own()) == expected)
      #expect(draws(try WeightedSampler(weights: weights.map { $0 * 0x1p-1000 }), 1000, own()) == expected)
    }
  }

  @Test func equalWeightsOfAnyIntegerTypeDrawTheSame() throws {
    let weights = (0..<500).map { $0 * 37 % 101 }
    let expected = draws(try WeightedSampler(weights: weights), 1000, seed)
    #expect(draws(try WeightedSampler(weights: weights.map { UInt8($0) }), 1000, seed) == expected)
    #expect(draws(try WeightedSampler(weights: NDArray(weights.map { Int16($0) })), 1000, seed) == expected)
    #expect(draws(try WeightedSampler(weights: NDArray(weights.map { UInt64($0) })), 1000, seed) == expected)
  }

  @Test func aChangeOfTheArrayDoesNotChangeTheSampler() throws {
    var weights = NDArray<Double>([1, 0, 0])
    let sampler = try WeightedSampler(weights: weights)
    weights[0] = 0
    weights[2] = 1
    #expect(draws(sampler, 20, seed).allSatisfy { $0 == 0 })
  }

  // MARK: Subsets

  @Test func weightsBelongToTheChosenSamples() throws {
    let weights = (0..<90).map { Double($0 % 5) }
    let last = Int(UInt32.max)
    for start in [0, 1, 900, last - 90, last - 89, last - 50, last, 1 << 40] {
      let lists = [Array(start..<start + 90), (0..<90).map { start + $0 * 7 % 90 }]
      for (chosen, replacing) in lists.flatMap({ list in [true, false].map { (list, $0) } }) {
        for (a, b) in zip(orders(), orders()) {
          let positions = draws(try WeightedSampler(weights: weights, replacing: replacing), 70, a)
          let samples = draws(try WeightedSampler(weights: weights, over: chosen, replacing: replacing), 70, b)
          #expect(samples == positions.map { chosen[$0] })
        }
      }
    }
  }

  // MARK: Without replacement

  @Test func eachEpochIsAPermutationOfThePositiveWeights() throws {
    for bits in 1..<1 << 6 {
      let weights = (0..<6).map { (place: Int) -> Double in bits >> place & 1 == 1 ? Double(place + 1) : 0 }
      let positive = weights.indices.filter { weights[$0] > 0 }
      for batchSize in 1...7 {
        for order in orders() {
          let drawn = batches(try WeightedSampler(weights: weights, replacing: false), batchSize, order)
          #expect(drawn.joined().sorted() == positive)
          #expect(drawn.map(\.count) == positive.chunked(batchSize).map(\.count))
        }
      }
    }
  }

  @Test func aCountStopsEarlier() throws {
    let weights = (0..<100).map { Double($0 % 10) }
    let all = batches(try WeightedSampler(weights: weights, replacing: false), 100, seed)[0]
    #expect(all.count == 90)
    for count in 0...90 {
      for order in orders() {
        let sampler = try WeightedSampler(weights: weights, replacing: false, count: count)
        let drawn = Array(batches(sampler, 8, order).joined())
        #expect(sampler.sampleCount == .finite(count))
        #expect(drawn.count == count && Set(drawn).count == count)
        #expect(drawn.allSatisfy { weights[$0] > 0 })
        if case .shuffled = order { #expect(drawn.elementsEqual(all.prefix(count))) }
      }
    }
  }

  @Test func weightsOfAllMagnitudesAreDrawnOnceEach() throws {
    // The smallest are 2^2097 times lighter than the heaviest: as quotients, NumPy's would be 0.
    let weights = (-1074...1022).map { Double(sign: .plus, exponent: $0, significand: 1) }
    for order in orders() {
      for over in [nil, Array(5000..<5000 + weights.count)] {
        let drawn = batches(try WeightedSampler(weights: weights, over: over, replacing: false), 100, order)
        #expect(Set(drawn.joined()).count == weights.count)
      }
    }
    let floats = (-149...127).map { Float(sign: .plus, exponent: $0, significand: 1) }
    for order in orders() {
      let sampler = try WeightedSampler(weights: floats, over: 0..<floats.count, replacing: false)
      #expect(Set(batches(sampler, 100, order).joined()).count == floats.count)
    }
  }

  // MARK: Sources

  @Test func sampleCounts() throws {
    #expect(try WeightedSampler(weights: [1, 2]).sampleCount == .infinite)
    #expect(try WeightedSampler(weights: [1, 2], count: 7).sampleCount == .finite(7))
    #expect(try WeightedSampler(weights: [1, 0, 2], replacing: false).sampleCount == .finite(2))
    #expect(try WeightedSampler(weights: [1, 0, 2], replacing: false, count: 1).sampleCount == .finite(1))
  }

  @Test func batchesOfASource() throws {
    let x = NDArray<Float>((0..<20).map(Float.init), shape: [10, 2])
    let y = NDArray<Int32>((0..<10).map(Int32.init))
    let weights = (0..<10).map { $0 % 3 }
    let endless = try ArraySource(x, y, sampler: WeightedSampler(weights: weights))
    #expect(endless.batches(of: 4, shuffle: .random).sampleCount == .infinite)
    for (a, b) in endless.batches(of: 4, shuffle: .seed(1)).prefix(50) {
      for i in 0..<4 {
        #expect(a[row: i] == x[row: Int(b[i])])
        #expect(b[i] % 3 != 0)
      }
    }
    let once = try ArraySource(y, sampler: WeightedSampler(weights: weights, replacing: false))
    #expect(once.batches(of: 4, shuffle: .random).flatMap(\.scalars).sorted() == [1, 2, 4, 5, 7, 8])
    #expect(once.batches(of: 4, shuffle: .random, remainder: .drop).map(\.count) == [4])
  }

  @Test func samplesThatTheDataLacks() throws {
    let y = NDArray<Int32>((0..<10).map(Int32.init))
    for count in [9, 11] {
      let labels = [Int](repeating: 1, count: count)
      let error = SourceError.unequalSamplerCount(expected: 10, found: count)
      #expect(throws: error) { try ArraySource(y, sampler: WeightedSampler(weights: labels)) }
      #expect(throws: error) { try ArraySource(y, sampler: WeightedSampler(balancingClasses: labels)) }
      #expect(throws: error) { try ArraySource(y, sampler: WeightedSampler(balancingClasses: labels, over: 2..<5)) }
    }
    for bad in [10, -1, .max, .min, 1 << 40] {
      for position in 0...3 {
        var chosen = [0, 9, 5]
        chosen.insert(bad, at: position)
        #expect(throws: SourceError.indexOutOfRange(position: position, index: bad, sampleCount: 10)) {
          try ArraySource(y, sampler: WeightedSampler(weights: [1, 0, 1, 1], over: chosen))
        }
      }
    }
  }

  @Test func thereIsNoOrderButARandomOne() async throws {
    #expect(!(WeightedSampler.self is any InOrderSampler.Type))
    await #expect(processExitsWith: .failure) {
      _ = try WeightedSampler(weights: [1]).indices(over: BatchRanges(batchSize: 1), order: .inOrder)
    }
    await #expect(processExitsWith: .failure) {
      _ = try WeightedSampler(weights: [1], replacing: false).indices(over: BatchRanges(batchSize: 1), order: .inOrder)
    }
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = try WeightedSampler(weights: [1]).indices(
        over: BatchRanges(batchSize: 0), order: .shuffled(ShuffleKey(seed: 1)))
    }
    await #expect(processExitsWith: .failure) { _ = try WeightedSampler(weights: [1], count: -1) }
  }
}

@Suite struct WeightedDistributionTests {
  private static let weightLists: [[Double]] = [
    [1], [0, 1, 0], [1, 1], [0, 0.1, 0, 3, 7, 0], (1...50).map(Double.init), (0..<1000).map { Double($0 % 10) },
    [1e-300, 1e-290, 2e-290, 0], [1e300, 2e300, 1e-300, 0],
  ]

  @Test func drawsFollowTheWeights() throws {
    for weights in Self.weightLists {
      for order in orders() {
        let counts = histogram(draws(try WeightedSampler(weights: weights), 90_000, order), count: weights.count)
        // Whatever is 1e-10 of the heaviest or less is not to be seen; of the others, each is expected 20 times.
        let heaviest = weights.reduce(0, max)
        let visible = weights.map { $0 > heaviest * 1e-9 ? $0 : 0 }
        let degrees = max(visible.count { $0 > 0 } - 1, 1)
        #expect(chiSquared(counts, weights: visible) < chiSquaredBound(degreesOfFreedom: degrees))
      }
    }
  }

  @Test func pairsOfDrawsAreIndependent() throws {
    let weights: [Double] = [1, 2, 3, 0, 4]
    for order in orders() {
      let drawn = draws(try WeightedSampler(weights: weights), 200_000, order)
      let pairs = stride(from: 0, to: drawn.count, by: 2).map { drawn[$0] * 5 + drawn[$0 + 1] }
      let products = weights.flatMap { a -> [Double] in weights.map { b -> Double in a * b } }
      #expect(chiSquared(histogram(pairs, count: 25), weights: products) < chiSquaredBound(degreesOfFreedom: 15))
    }
  }

  @Test func drawsOfSubsetsFollowTheirWeights() throws {
    let chosen = [7, 2, 9, 4]
    let weights: [Float] = [1, 0, 5, 2]
    for order in orders() {
      let drawn = draws(try WeightedSampler(weights: weights, over: chosen), 50_000, order)
      let expected: [Double] = [0, 0, 0, 0, 2, 0, 0, 1, 0, 5]
      #expect(chiSquared(histogram(drawn, count: 10), weights: expected) < chiSquaredBound(degreesOfFreedom: 2))
    }
  }

  /// 2^-1074 beside 1, in all places and for all types.
  @Test func aWeightOfZeroIsNeverDrawn() throws {
    for count in 1...40 {
      for sole in 0..<count {
        let weights = (0..<count).map { $0 == sole ? 1 : 0 }
        for order in orders() {
          for sampler in [
            try WeightedSampler(weights: weights), try WeightedSampler(weights: weights.map(Double.init)),
            try WeightedSampler(weights: weights.map { -0.0 + Double($0) * .leastNonzeroMagnitude }),
            try WeightedSampler(weights: weights.map { Float($0) * .greatestFiniteMagnitude }),
          ] {
            #expect(draws(sampler, 100, order).allSatisfy { $0 == sole })
          }
        }
      }
    }
  }

  @Test func sumsBeyondFloatsAreFine() throws {
    let weights = [Float.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude, .greatestFiniteMagnitude / 2]
    for order in orders() {
      for over in [nil, Array(0..<4)] {
        let counts = histogram(draws(try WeightedSampler(weights: weights, over: over), 50_000, order), count: 4)
        #expect(chiSquared(counts, weights: [2, 0, 2, 1]) < chiSquaredBound(degreesOfFreedom: 2))
      }
    }
  }

  @Test func successiveDrawsWithoutReplacement() throws {
    // The first two of each epoch: i, then j among the others, with probability w_i / W * w_j / (W - w_i).
    let weights: [Double] = [1, 2, 0, 3, 10]
    let sampler = try WeightedSampler(weights: weights, replacing: false)
    let total = weights.reduce(0, +)
    let expected = weights.indices.flatMap { i in
      weights.indices.map { j in i == j ? 0 : weights[i] * weights[j] / (total - weights[i]) }
    }
    let state = NumPyRandomState(seed: 99)
    for isNumPy in [false, true] {
      var pairs: [Int] = []
      for epoch in 0..<20_000 {
        let order = isNumPy ? .numPy(state) : SampleOrder.shuffled(ShuffleKey(seed: 4, epoch: UInt64(epoch)))
        let first = draws(sampler, 2, order)
        pairs.append(first[0] * 5 + first[1])
      }
      #expect(chiSquared(histogram(pairs, count: 25), weights: expected) < chiSquaredBound(degreesOfFreedom: 11))
    }
  }
}

extension Collection where Index == Int {
  /// Cut every `count`.
  fileprivate func chunked(_ count: Int) -> [SubSequence] {
    stride(from: startIndex, to: endIndex, by: count).map { self[$0..<Swift.min($0 + count, endIndex)] }
  }
}
