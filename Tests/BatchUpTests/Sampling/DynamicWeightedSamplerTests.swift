import BatchUp
import TestSupport
import Testing

@Suite struct DynamicWeightedSamplerTests {
  private let key = SampleOrder.shuffled(ShuffleKey(seed: 3, epoch: 2))

  private func draws(_ sampler: DynamicWeightedSampler, _ count: Int, seed: UInt64 = 1, batchSize: Int? = nil) -> [Int]
  {
    var iterator = sampler.indices(
      over: BatchRanges(batchSize: batchSize ?? count), order: .shuffled(ShuffleKey(seed: seed)))
    var list: [Int] = []
    while list.count < count, let batch = iterator.next() { list += batch }
    return Array(list.prefix(count))
  }

  @Test func drawsFollowTheWeightsAsTheyChange() throws {
    let sampler = try DynamicWeightedSampler(weights: [1.0, 2, 0, 5])
    for weights in [[1.0, 2, 0, 5], [0, 1, 1, 0], [3, 0, 0.5, 0.25]] {
      try sampler.update(0..<4, to: weights)
      for seed in 0..<3 {
        let counts = draws(sampler, 20_000, seed: UInt64(seed)).reduce(into: [0, 0, 0, 0]) { $0[$1] += 1 }
        let used = weights.count { $0 > 0 }
        #expect(chiSquared(counts, weights: weights) < chiSquaredBound(degreesOfFreedom: used - 1))
      }
    }
  }

  /// All ways to reach the same weights give the same draws, as those are a function of the weights alone.
  @Test func theHistoryOfWeightsDoesNotMatter() throws {
    var generator = SeededGenerator(seed: 2)
    for count in [1, 15, 16, 17, 300] {
      let sampler = try DynamicWeightedSampler(
        weights: (0..<count).map { _ in Double.random(in: 0..<1e9, using: &generator) })
      var weights = sampler.weights
      for _ in 0..<50 {
        let index = Int.random(in: 0..<count, using: &generator)
        weights[index] = Double.random(in: 0..<1, using: &generator)
        if Bool.random(using: &generator) {
          try sampler.update(index, to: weights[index])
        } else {
          try sampler.update([index], to: [weights[index]])
        }
      }
      #expect(sampler.weights == weights)
      let fresh = try DynamicWeightedSampler(weights: weights)
      #expect(sampler.totalWeight == fresh.totalWeight)
      #expect(draws(sampler, 500) == draws(fresh, 500))
    }
  }

  /// However many there are before somebody asks; later ones to the same sample prevail.
  @Test func changesOfSingleWeightsAreKnownToAll() throws {
    let readers: [(DynamicWeightedSampler) throws -> AnyHashable] = [
      { $0.totalWeight }, { $0.weights }, { $0.weight(of: 5) }, { $0.probability(of: 5) }, { draws($0, 40) },
      { sampler in
        try sampler.update([5, 6], to: [0.5, 0.25])
        return sampler.weights
      },
    ]
    for changeCount in [1, 2, 127, 128, 129, 255, 256, 257, 300] {
      for read in readers {
        var weights = [Double](repeating: 1, count: 40)
        let sampler = try DynamicWeightedSampler(weights: weights)
        for change in 0..<changeCount {
          let index = (5 + 7 * change) % weights.count
          weights[index] = Double(change % 11 + 1)
          try sampler.update(index, to: weights[index])
        }
        #expect(try read(sampler) == read(DynamicWeightedSampler(weights: weights)), "\(changeCount)")
      }
    }
  }

  /// The least numbers and the largest ones, alone and beside each other, in any order of changes.
  @Test func weightsOfAllScales() throws {
    let (least, most) = (Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude)
    let lists: [([Double], visible: [Double])] = [
      ([least, least, least, least], [1, 1, 1, 1]), ([least, 2 * least, 0, 7 * least], [1, 2, 0, 7]),
      ([0x1p-1030, 0x1p-1030, 0x1p-1030, 0x1p-1030], [1, 1, 1, 1]), ([1e308, 1e308, 1e308, 1e308], [1, 1, 1, 1]),
      ([most, least, most, most / 2], [2, 0, 2, 1]), ([most, 0, 0, most], [1, 0, 0, 1]),
      ([least, 0, 3 * least, 0], [1, 0, 3, 0]), ([1, 2, 3, 4], [1, 2, 3, 4]),
    ]
    let sampler = try DynamicWeightedSampler(weights: [1.0, 1, 1, 1])
    for (weights, visible) in lists + lists.reversed() {
      try sampler.update(0..<4, to: weights)
      let fresh = try DynamicWeightedSampler(weights: weights)
      #expect(sampler.weights == weights && sampler.totalWeight == fresh.totalWeight)
      let list = draws(sampler, 50_000)
      #expect(list == draws(fresh, 50_000))
      let counts = list.reduce(into: [0, 0, 0, 0]) { $0[$1] += 1 }
      let degrees = visible.count { $0 > 0 } - 1
      #expect(chiSquared(counts, weights: visible) < chiSquaredBound(degreesOfFreedom: degrees))
      let sum = visible.reduce(0, +)
      for (p, x) in zip(sampler.probabilities(of: 0..<4), visible) { #expect(abs(p - x / sum) <= 0x1p-52) }
    }
    #expect(try DynamicWeightedSampler(weights: [1e308, 1e308]).totalWeight == .infinity)
  }

  @Test func drawsDoNotDependOnTheBatchSize() throws {
    let sampler = try DynamicWeightedSampler(weights: (0..<1000).map { Double($0 % 7) })
    let all = draws(sampler, 1000)
    for batchSize in [1, 2, 31, 32, 33, 500] { #expect(draws(sampler, 1000, batchSize: batchSize) == all) }
    #expect(draws(sampler, 1000, seed: 2) != all)
  }

  /// The draws behind an update are those of the new weights at that place.
  @Test func updatesCountFromTheNextBatchOn() throws {
    let sampler = try DynamicWeightedSampler(weights: [1.0, 1, 1, 1])
    let changed = try DynamicWeightedSampler(weights: [1.0, 0, 0, 9])
    let (before, after) = (draws(sampler, 40), draws(changed, 40))
    var iterator = sampler.indices(over: BatchRanges(batchSize: 10), order: .shuffled(ShuffleKey(seed: 1)))
    #expect(iterator.next().map(Array.init) == Array(before[0..<10]))
    try sampler.update([1, 2, 3], to: [0, 0, 9.0])
    #expect(iterator.next().map(Array.init) == Array(after[10..<20]))
    try sampler.update([1, 2, 3], to: [Float](repeating: 1, count: 3))
    #expect(iterator.next().map(Array.init) == Array(before[20..<30]))
  }

  @Test func noWeightIsTheEnd() throws {
    let sampler = try DynamicWeightedSampler(weights: [0.0, 0, 0])
    var iterator = sampler.indices(over: BatchRanges(batchSize: 4), order: key)
    #expect(iterator.next() == nil)
    try sampler.update(1, to: 1e-300)
    #expect(iterator.next() == nil)
    var another = sampler.indices(over: BatchRanges(batchSize: 4), order: key)
    #expect(another.next() == [1, 1, 1, 1])
    try sampler.update(1, to: 0)
    #expect(another.next() == nil)
  }

  @Test func probabilities() throws {
    let sampler = try DynamicWeightedSampler(weights: [1.0, 3, 0, 4])
    #expect(sampler.probabilities(of: [0, 1, 2, 3, 1]) == [0.125, 0.375, 0, 0.5, 0.375])
    #expect(sampler.probability(of: 3) == 0.5)
    #expect(sampler.weight(of: 1) == 3)
    #expect(sampler.totalWeight == 8)
    try sampler.update(0..<4, to: [0.0, 0, 0, 0])
    #expect(sampler.probability(of: 3) == 0)
  }

  @Test func sourcesKeepTheContracts() throws {
    let array = NDArray(Array(0..<6))
    for count in [nil, 0, 1, 7] {
      let sampler = try DynamicWeightedSampler(weights: [0.5, 0, 2, 1, 0, 7], count: count)
      #expect(sampler.sampleCount == count.map { .finite($0) } ?? .infinite)
      try checkSource(ArraySource(array, sampler: sampler)) { $0.scalars }
    }
    for count in [5, 7] {
      #expect(throws: SourceError.unequalSamplerCount(expected: 6, found: count)) {
        try ArraySource(array, sampler: DynamicWeightedSampler(weights: repeatElement(1.0, count: count)))
      }
    }
  }

  @Test func changesWhileWorkersDraw() throws {
    let sampler = try DynamicWeightedSampler(weights: repeatElement(1.0, count: 100))
    let source = try ArraySource(NDArray(Array(0..<100)), sampler: sampler)
    let pool = WorkerPool(workerCount: 2)
    var delivered = 0
    for batch in source.batches(of: 16, shuffle: .seed(1)).prefetched(by: pool, buffering: 4).prefix(200) {
      // Weights of even samples go, so that all but the first batches are odd.
      try sampler.update(batch.scalars, to: batch.scalars.map { Double($0 % 2) })
      delivered += 1
    }
    #expect(delivered == 200)
    #expect(draws(sampler, 2_000).allSatisfy { $0 % 2 == 1 || sampler.weight(of: $0) == 1 })
  }

  @Test func badWeightsChangeNothing() throws {
    #expect(throws: WeightsError.empty) { try DynamicWeightedSampler(weights: [Double]()) }
    let bad: [(Double, WeightsError)] = [
      (.nan, .notANumber(position: 1)), (-1, .negative(position: 1, value: -1)), (.infinity, .infinite(position: 1)),
    ]
    let sampler = try DynamicWeightedSampler(weights: [1.0, 2, 3])
    for (weight, error) in bad {
      #expect(throws: error) { try DynamicWeightedSampler(weights: [0, weight, .nan]) }
      #expect(throws: error) { try sampler.update([2, 0], to: [5, weight]) }
      #expect(throws: WeightsError.self) { try sampler.update(0, to: weight) }
    }
    for index in [-1, 3, .max, 1 << 32] {
      #expect(throws: WeightsError.indexWithoutWeight(position: 1, index: index, weightCount: 3)) {
        try sampler.update([0, index], to: [7.0, 7])
      }
      #expect(throws: WeightsError.indexWithoutWeight(position: 0, index: index, weightCount: 3)) {
        try sampler.update(index, to: 7)
      }
    }
    #expect(throws: WeightsError.unequalCounts(indices: 2, weights: 1)) { try sampler.update([0, 1], to: [1.0]) }
    #expect(sampler.weights == [1, 2, 3])
    try sampler.update([0, 0], to: [0x1p1023, 0.5])
    #expect(sampler.weights == [0.5, 2, 3])
  }

  @Test func messages() {
    #expect(
      "\(WeightsError.indexWithoutWeight(position: 1, index: 9, weightCount: 3))"
        == "index 9 at position 1 is outside 0..<3, the samples that have weights")
  }
}
