import CBatchKernels
import Testing

/// Small permutations through buckets. (PermutationTests has the same for those without.)
extension KernelTests {
  @Suite struct PermutationUniformityTests {
    static func permutation(_ key: UInt64, _ count: Int, _ bits: UInt32) -> [UInt32] {
      PermutationBucketsTests.permutation(PermutationBucketsTests.plan(key, count, bits: bits))
    }

    static func expectPlausible(_ counts: [Int], _ what: String) {
      #expect(
        PermutationTests.isPlausible(
          chiSquared: PermutationTests.chiSquared(counts), degreesOfFreedom: counts.count - 1), "\(what)")
    }

    @Test(arguments: [(2, 1), (3, 1), (3, 3), (4, 2), (5, 1), (5, 2), (5, 11)])
    func allOrdersAreEquallyLikely(count: Int, bits: UInt32) {
      let orders = (1...count).reduce(1, *)
      var counts = [Int](repeating: 0, count: orders)
      for key in 0..<UInt64((bits > 3 ? 20 : 200) * orders) {
        counts[PermutationTests.rank(Self.permutation(key, count, bits))] += 1
      }
      Self.expectPlausible(counts, "\(count) in \(1 << bits) buckets")
    }

    @Test func pairsOfPositionsAreUniform() {
      let count = 24
      let pairs = [(0, 1), (0, 23), (11, 12), (22, 23)]
      var counts = [[Int]](repeating: [Int](repeating: 0, count: count * count), count: pairs.count)
      for key in 0..<UInt64(30 * count * count) {
        let order = Self.permutation(key << 32, count, 2)
        for (p, pair) in pairs.enumerated() {
          counts[p][Int(order[pair.0]) * count + Int(order[pair.1])] += 1
        }
      }
      for p in pairs.indices {
        // The two values differ: the cells of the diagonal do not count.
        let cells = counts[p].indices.filter { $0 / count != $0 % count }.map { counts[p][$0] }
        Self.expectPlausible(cells, "positions \(pairs[p])")
      }
    }

    @Test func everyValueIsEquallyLikelyAtEveryPosition() {
      let count = 60
      var cells = [Int](repeating: 0, count: count * count)
      for key: UInt64 in 0..<10_000 {
        let order = Self.permutation(key &* 0x9e37_79b9_7f4a_7c15, count, 3)
        for position in 0..<count { cells[position * count + Int(order[position])] += 1 }
      }
      // See PermutationTests: (n - 1)^2 directions with variance 1 / (n - 1).
      let chiSquared = PermutationTests.chiSquared(cells) * Double(count - 1) / Double(count)
      #expect(
        PermutationTests.isPlausible(chiSquared: chiSquared, degreesOfFreedom: (count - 1) * (count - 1)))
    }

    @Test func neighbouringLabelsAreUniformAndIndependent() {
      var counts = [Int](repeating: 0, count: 256)
      let labels = PermutationBucketsTests.labels(key: 5, first: 0, count: 65_536, bits: 4)
      for i in stride(from: 0, to: labels.count, by: 2) { counts[16 * labels[i] + labels[i + 1]] += 1 }
      Self.expectPlausible(counts, "pairs of labels")
    }

    @Test func bucketSizesAreMultinomial() {
      // The size of one of 4 buckets with 16 numbers is binomial: C(16, k) 3^(16 - k) / 4^16. Sizes from 9 on,
      // which are expected in 0.75 of 100 draws, are one cell; so are 0 and 1.
      let draws = 8000
      var cells = [[Double]](repeating: [Double](repeating: 0, count: 10), count: 4)
      for key in 0..<UInt64(draws) {
        var sizes = [Int](repeating: 0, count: 4)
        for label in PermutationBucketsTests.labels(key: key, first: 0, count: 16, bits: 2) { sizes[label] += 1 }
        for bucket in 0..<4 { cells[bucket][min(max(sizes[bucket], 1), 9)] += 1 }
      }
      var expected = [Double](repeating: 0, count: 10)
      var term = (0..<16).reduce(Double(draws)) { product, _ in product * 0.75 }
      for size in 0...16 {
        expected[min(max(size, 1), 9)] += term
        term *= Double(16 - size) / Double(size + 1) / 3
      }
      for bucket in 0..<4 {
        var chiSquared = 0.0
        for cell in 1...9 {
          let deviation = cells[bucket][cell] - expected[cell]
          chiSquared += deviation * deviation / expected[cell]
        }
        #expect(PermutationTests.isPlausible(chiSquared: chiSquared, degreesOfFreedom: 8), "bucket \(bucket)")
      }
    }
  }
}
