import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct PermutationTests {
    static func permutation(_ key: UInt64, _ count: Int) -> [UInt32] {
      [UInt32](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        withScratch(cbk_permutation_scratch_bytes(UInt64(count))) {
          cbk_permutation_u32(key, buffer.baseAddress, count, $0)
        }
        initializedCount = count
      }
    }

    /// NULL where the size is 0.
    static func withScratch(_ byteCount: Int, _ body: (UnsafeMutableRawPointer?) -> Void) {
      if byteCount == 0 { return body(nil) }
      withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 4) { body($0.baseAddress) }
    }

    static func isPermutation(_ values: [UInt32]) -> Bool {
      var seen = [Bool](repeating: false, count: values.count)
      return values.withUnsafeBufferPointer { values in
        seen.withUnsafeMutableBufferPointer { seen in
          for value in values {
            guard value < values.count, !seen[Int(value)] else { return false }
            seen[Int(value)] = true
          }
          return true
        }
      }
    }

    // MARK: Format

    @Test func smallestCounts() {
      let buffer = GuardedBuffer(capacity: 4)
      buffer.fillWithCanaries()
      cbk_permutation_u32(5, nil, 0, nil)
      cbk_permutation_u32(5, buffer.region(0, at: .back).assumingMemoryBound(to: UInt32.self), 0, nil)
      #expect(buffer.isUntouched())
      cbk_permutation_u32(5, buffer.region(4, at: .back).assumingMemoryBound(to: UInt32.self), 1, nil)
      #expect(buffer.holds([0 as UInt32], at: .back))
    }

    /// From an independent implementation of the documented format. These change only together with
    /// CBK_PERMUTATION_FORMAT.
    @Test func goldenValues() {
      #expect(CBK_PERMUTATION_FORMAT == 1)
      withEachISA { _ in
        #expect(Self.permutation(0, 10) == [6, 4, 8, 3, 5, 1, 9, 0, 2, 7])
        #expect(Self.permutation(1, 10) == [8, 2, 1, 5, 3, 9, 7, 0, 4, 6])
        #expect(
          Self.permutation(0x0123_4567_89ab_cdef, 16)
            == [3, 11, 5, 12, 13, 7, 1, 6, 0, 2, 8, 15, 10, 9, 4, 14])
      }
    }

    struct Golden: Sendable {
      var key: UInt64
      var count: Int
      var hash: UInt64
    }

    /// As above; the last two throw away 2 and 6 words.
    static let goldenHashes = [
      Golden(key: 0, count: 1000, hash: 0x3ef0_4a09_ede1_151d),
      Golden(key: 1, count: 3000, hash: 0x5b6c_aa22_f517_bf89),
      Golden(key: 42, count: 20_000, hash: 0xb7fb_490d_429a_4129),
      Golden(key: .max, count: 100_000, hash: 0x5045_6181_6793_b7b1),
    ]

    @Test(arguments: goldenHashes)
    func goldenHash(golden: Golden) {
      let permutation = Self.permutation(golden.key, golden.count)
      // FNV-1a of the little-endian bytes.
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      permutation.withUnsafeBufferPointer {
        for value in $0 {
          var rest = UInt64(value)
          for _ in 0..<4 {
            hash = (hash ^ (rest & 0xff)) &* 0x100_0000_01b3
            rest >>= 8
          }
        }
      }
      #expect(hash == golden.hash)
    }

    // MARK: Every count

    @Test func everySmallCount() {
      let buffer = GuardedBuffer(capacity: 2000 * 4)
      var mismatches = Mismatches()
      for count in 0...2000 {
        let expected = Self.permutation(UInt64(count), count)
        mismatches.check(Self.isPermutation(expected), "count \(count)")
        let start = buffer.region(count * 4, at: .back).assumingMemoryBound(to: UInt32.self)
        withEachISA { isa in
          buffer.fillWithCanaries()
          cbk_permutation_u32(UInt64(count), start, count, nil)
          mismatches.check(buffer.holds(expected, at: .back), "\(name(isa)) \(count)")
        }
      }
      mismatches.expectNone()
    }

    /// Around the counts from which a word serves fewer dice, or there are buckets, or more of them.
    @Test(
      arguments: [
        (1 << 14) - 1, 1 << 14, (1 << 14) + 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1,
        (1 << 17) - 1, 1 << 17, (1 << 17) + 1, (1 << 19) - 1, 1 << 19, (1 << 19) + 1,
        (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (1 << 20) + 3, 1 << 21, (1 << 21) + 1,
      ])
    func largeCounts(count: Int) {
      let expected = Self.permutation(11, count)
      #expect(Self.isPermutation(expected))
      withEachISA { isa in
        #expect(Self.permutation(11, count) == expected, "\(name(isa))")
      }
    }

    // MARK: Uniformity

    /// A two-sided bound on chi-squared: Wilson and Hilferty's approximation of its quantiles of 1e-6
    /// and 1 - 1e-6 (z = 4.7534). With one degree of freedom it is 27.5, where the exact one is 23.9.
    static func isPlausible(chiSquared: Double, degreesOfFreedom: Int) -> Bool {
      let v = 2 / (9 * Double(degreesOfFreedom))
      func quantile(_ z: Double) -> Double {
        let root = 1 - v + z * v.squareRoot()
        return Double(degreesOfFreedom) * root * root * root
      }
      return (quantile(-4.7534)...quantile(4.7534)).contains(chiSquared)
    }

    static func chiSquared(_ counts: [Int]) -> Double {
      let expected = Double(counts.reduce(0, +)) / Double(counts.count)
      return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }

    /// The rank of an order among all orders of its length.
    static func rank(_ order: [UInt32]) -> Int {
      order.indices.reduce(0) { rank, i in
        rank * (order.count - i) + order[(i + 1)...].count { $0 < order[i] }
      }
    }

    @Test(arguments: [2, 3, 4, 5])
    func allOrdersAreEquallyLikely(count: Int) {
      let orders = (1...count).reduce(1, *)
      var counts = [Int](repeating: 0, count: orders)
      for key in 0..<(1000 * orders) {
        counts[Self.rank(Self.permutation(UInt64(key), count))] += 1
      }
      #expect(
        Self.isPlausible(chiSquared: Self.chiSquared(counts), degreesOfFreedom: orders - 1))
    }

    @Test(arguments: [10, 40])
    func pairsOfPositionsAreUniform(count: Int) {
      let pairs = [(0, 1), (0, count - 1), (count / 2, count / 2 + 1), (count - 2, count - 1)]
      var counts = [[Int]](repeating: [Int](repeating: 0, count: count * count), count: pairs.count)
      for key in 0..<UInt64(40 * count * count) {
        let order = Self.permutation(key << 32, count)
        for (p, pair) in pairs.enumerated() {
          counts[p][Int(order[pair.0]) * count + Int(order[pair.1])] += 1
        }
      }
      for p in pairs.indices {
        // The two values differ: the cells of the diagonal do not count.
        let cells = counts[p].indices.filter { $0 / count != $0 % count }.map { counts[p][$0] }
        #expect(cells.reduce(0, +) == 40 * count * count)
        #expect(
          Self.isPlausible(chiSquared: Self.chiSquared(cells), degreesOfFreedom: cells.count - 1),
          "positions \(pairs[p])")
      }
    }

    @Test func everyValueIsEquallyLikelyAtEveryPosition() {
      let count = 100
      var cells = [Int](repeating: 0, count: count * count)
      cells.withUnsafeMutableBufferPointer { cells in
        for key: UInt64 in 0..<40_000 {
          let order = Self.permutation(key &* 0x9e37_79b9_7f4a_7c15, count)
          order.withUnsafeBufferPointer {
            for position in 0..<count { cells[position * count + Int($0[position])] += 1 }
          }
        }
      }
      // Rows and columns of the table have fixed sums. The covariance of a permutation matrix is that
      // of (n - 1)^2 independent directions with variance 1 / (n - 1), not 1 / n as in `chiSquared`.
      let freedom = (count - 1) * (count - 1)
      let chiSquared = Self.chiSquared(cells) * Double(count - 1) / Double(count)
      #expect(Self.isPlausible(chiSquared: chiSquared, degreesOfFreedom: freedom))
    }

    // MARK: Keys

    @Test func keysThatDifferInOneBitAreIndependent() {
      var agreements = 0
      var orders = [Int](repeating: 0, count: 24)
      for base: UInt64 in 0..<40 {
        let key = base &* 0x2545_f491_4f6c_dd1d
        let long = Self.permutation(key, 100)
        let short = Self.permutation(key, 4)
        for bit in 0..<64 {
          let neighbour = key ^ 1 << bit
          agreements += zip(long, Self.permutation(neighbour, 100)).count { $0 == $1 }
          let other = Self.permutation(neighbour, 4)
          orders[Self.rank(short.map { other[Int($0)] })] += 1
        }
      }
      // Two independent orders agree in one position on average, with a variance of 1: 2560 +- 5 * 51.
      #expect(abs(agreements - 2560) < 253)
      #expect(Self.isPlausible(chiSquared: Self.chiSquared(orders), degreesOfFreedom: 23))
    }
  }
}
