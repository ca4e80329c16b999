import BatchUp
import TestSupport
import Testing

@Suite struct ClassBalanceTests {
  /// From Python BatchUp 0.2.3: `class_balancing_sample_weights([0, 5, 0, 1, 0, 5, 0])`.
  @Test func weightsArePythons() {
    let weights = [0.08333333333333333, 0.16666666666666666, 0.08333333333333333, 0.3333333333333333]
    let expected = [0, 1, 0, 3, 0, 1, 0].map { weights[$0] }
    let classes: [UInt8] = [0, 5, 0, 1, 0, 5, 0]
    #expect(WeightedSampler.balancingWeights(forClasses: classes) == expected)
    #expect(WeightedSampler.balancingWeights(forClasses: NDArray(classes)) == expected)
    #expect(WeightedSampler.balancingWeights(forClasses: classes.map { Int32($0) }[...]) == expected)
    #expect(WeightedSampler.balancingWeights(forClasses: classes.map { Int64($0) - 3 }) == expected)
    #expect(WeightedSampler.balancingWeights(forClasses: classes.map { UInt64.max - UInt64($0) }) == expected)
    #expect(WeightedSampler.balancingWeights(forClasses: [Int]()) == [])
  }

  private static func classCounts(_ sampler: WeightedSampler, of classes: [Int], draws: Int) -> [Int] {
    var iterator = sampler.indices(over: BatchRanges(batchSize: draws), order: .shuffled(ShuffleKey(seed: 6)))
    var counts = [Int](repeating: 0, count: (classes.max() ?? 0) + 1)
    for index in iterator.next() ?? [] { counts[classes[index]] += 1 }
    return counts
  }

  @Test func classesThatArePresentComeEquallyOften() throws {
    let classes = (0..<2000).map { $0 % 100 == 0 ? 0 : $0 % 100 < 10 ? 2 : 5 }
    for sampler in [
      try WeightedSampler(balancingClasses: classes), try WeightedSampler(balancingClasses: NDArray(classes)),
      try WeightedSampler(weights: WeightedSampler.balancingWeights(forClasses: classes)),
    ] {
      let counts = Self.classCounts(sampler, of: classes, draws: 30_000)
      #expect(chiSquared(counts, weights: [1, 0, 1, 0, 0, 1]) < chiSquaredBound(degreesOfFreedom: 2))
    }
  }

  @Test func ofASubsetOnlyTheChosenCount() throws {
    // Of the chosen, one in eleven is of class 1, which is as frequent as class 0 among all.
    let classes = (0..<1000).map { $0 % 2 }
    let chosen = (0..<1000).filter { $0 % 2 == 0 || $0 % 20 == 1 }
    for sampler in [
      try WeightedSampler(balancingClasses: classes, over: chosen),
      try WeightedSampler(balancingClasses: NDArray(classes.map { Int8($0) }), over: chosen),
    ] {
      var iterator = sampler.indices(over: BatchRanges(batchSize: 20_000), order: .shuffled(ShuffleKey(seed: 6)))
      let drawn = Array(iterator.next() ?? [])
      #expect(Set(drawn).isSubset(of: chosen))
      let counts = drawn.reduce(into: [0, 0]) { $0[classes[$1]] += 1 }
      #expect(chiSquared(counts) < chiSquaredBound(degreesOfFreedom: 1))
    }
  }

  @Test func epochsOfACountAndWithoutReplacement() throws {
    let classes = [0, 0, 0, 1]
    #expect(try WeightedSampler(balancingClasses: classes).sampleCount == .infinite)
    #expect(try WeightedSampler(balancingClasses: classes, count: 9).sampleCount == .finite(9))
    #expect(try WeightedSampler(balancingClasses: classes, replacing: false).sampleCount == .finite(4))
  }
}
