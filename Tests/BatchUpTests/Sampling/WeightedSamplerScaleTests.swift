import BatchUp
import TestSupport
import Testing

/// Weights of all scales that their type has, and sums that are beyond it.
@Suite struct WeightedSamplerScaleTests {
  private static let least = Double.leastNonzeroMagnitude
  private static let most = Double.greatestFiniteMagnitude

  /// Weights, and what can be seen of them beside each other.
  private static let lists: [(weights: [Double], visible: [Double])] = [
    ([0x1p-1030, 0x1p-1030, 0x1p-1030, 0x1p-1030], [1, 1, 1, 1]), ([least, least, least, least], [1, 1, 1, 1]),
    ([least, 2 * least, 0, 7 * least], [1, 2, 0, 7]), ([1e308, 1e308, 1e308, 1e308], [1, 1, 1, 1]),
    ([most, 0, most, most / 2], [2, 0, 2, 1]), ([most, least, most / 4, 7 * least], [4, 0, 1, 0]),
    ([0x1p1000, 0x1p1001, 1, 2], [1, 2, 0, 0]), ([1, 3, least, 1e-300], [1, 3, 0, 0]),
  ]

  private static let epochs = 4_000

  private func orders(_ count: Int) -> [[SampleOrder]] {
    let state = NumPyRandomState(seed: 99)
    return [
      (0..<count).map { .shuffled(ShuffleKey(seed: 4, epoch: UInt64($0))) },
      Array(repeating: .numPy(state), count: count),
    ]
  }

  private func draws(_ sampler: WeightedSampler, _ count: Int, _ order: SampleOrder) -> [Int] {
    var iterator = sampler.indices(over: BatchRanges(batchSize: count), order: order)
    return iterator.next().map(Array.init) ?? []
  }

  private func expectCounts(_ list: [Int], _ weights: [Double], _ context: String) {
    let counts = list.reduce(into: [Int](repeating: 0, count: weights.count)) { $0[$1] += 1 }
    let degrees = max(weights.count { $0 > 0 } - 1, 1)
    #expect(chiSquared(counts, weights: weights) < chiSquaredBound(degreesOfFreedom: degrees), "\(context): \(counts)")
  }

  @Test func drawsWithReplacement() throws {
    for (weights, visible) in Self.lists {
      for over in [nil, Array(0..<4)] {
        for order in orders(1).joined() {
          expectCounts(draws(try WeightedSampler(weights: weights, over: over), 50_000, order), visible, "\(weights)")
        }
      }
    }
  }

  @Test func firstDrawsWithoutReplacement() throws {
    for (weights, visible) in Self.lists {
      let sampler = try WeightedSampler(weights: weights, replacing: false)
      for orders in orders(Self.epochs) { expectCounts(orders.map { draws(sampler, 1, $0)[0] }, visible, "\(weights)") }
    }
  }

  /// What the others hide comes behind them, in an order by its own weights.
  @Test func smallWeightsBehindLargeOnes() throws {
    let lists: [[Double]] = [
      [Self.least, 1e308, Self.least, 1e308, 3 * Self.least], [Self.least, 1, Self.least, 2, 3 * Self.least],
      [0x1p-1030, 1e10, 0x1p-1030, 1e20, 0x1.8p-1029],
    ]
    for weights in lists {
      let sampler = try WeightedSampler(weights: weights, replacing: false)
      for orders in orders(Self.epochs) {
        let drawn = orders.map { draws(sampler, 5, $0) }
        #expect(drawn.allSatisfy { Set($0) == Set(0..<5) && Set($0[0..<2]) == [1, 3] })
        expectCounts(drawn.map { $0[2] }, [1, 0, 1, 0, 3], "\(weights)")
      }
    }
  }

  /// A power of two changes no draw.
  @Test func ordersDoNotDependOnTheScale() throws {
    let units = (0..<700).map { Double($0 * 37 % 101 + $0 % 3) }
    let order = SampleOrder.shuffled(ShuffleKey(seed: 7, epoch: 1))
    for replacing in [true, false] {
      let expected = draws(try WeightedSampler(weights: units, replacing: replacing), 600, order)
      for scale in [0x1p-1074, 0x1p-1022, 0x1p-600, 0x1p895, 0x1p1000, 0x1p1017] {
        let scaled = try WeightedSampler(weights: units.map { $0 * scale }, replacing: replacing)
        #expect(draws(scaled, 600, order) == expected, "\(scale)")
      }
    }
  }

  @Test func integersBeyondTheLargestWord() throws {
    let words: [UInt64] = [.max, 0, .max, .max / 2]
    for sampler in [
      try WeightedSampler(weights: words), try WeightedSampler(weights: words, over: 0..<4),
      try WeightedSampler(weights: words.map { UInt128($0) << 60 }),
    ] {
      for order in orders(1).joined() { expectCounts(draws(sampler, 50_000, order), [2, 0, 2, 1], "\(words)") }
    }
  }

  @Test func classesOfAnySize() throws {
    let labels = [0] + [Int](repeating: 1, count: 999)
    let drawn = draws(try WeightedSampler(balancingClasses: labels), 50_000, .shuffled(ShuffleKey(seed: 1)))
    expectCounts(drawn.map { labels[$0] }, [1, 1], "classes")
  }
}
