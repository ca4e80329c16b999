import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite struct ConstantOrderTests {
    static func order(_ key: UInt64, _ count: UInt64) -> cbk_constant_order {
      var order = cbk_constant_order()
      cbk_constant_order_init(key, count, &order)
      return order
    }

    static func indices(
      _ order: inout cbk_constant_order, _ positions: Range<UInt64>
    ) -> [UInt64] {
      [UInt64](unsafeUninitializedCapacity: positions.count) { buffer, initializedCount in
        cbk_constant_order_indices_u64(
          &order, positions.lowerBound, buffer.baseAddress, positions.count)
        initializedCount = positions.count
      }
    }

    // MARK: Format

    /// The documented format, word by word.
    static func documentedIndex(_ key: UInt64, _ count: UInt64, _ position: UInt64) -> UInt64 {
      let derived = cbk_derive_key(key, count, 0, UInt32(CBK_PURPOSE_CONSTANT_ORDER))
      var words = [UInt32](repeating: 0, count: 64)
      cbk_philox_fill(cbk_stream(key: derived, stream: 0), 0, &words, 1)
      var columns = UInt64(Double(count).squareRoot())
      while columns.multipliedReportingOverflow(by: columns).partialValue < count { columns += 1 }
      while (columns - 1) * (columns - 1) >= count { columns -= 1 }
      let rows = (count + columns - 1) / columns
      func added(_ value: UInt64, _ other: UInt64, _ round: Int, _ modulus: UInt64) -> UInt64 {
        var mixed = (UInt32(other) ^ words[2 * round]) &* 0x9E37_79B1
        mixed ^= mixed >> 15
        mixed ^= words[2 * round + 1]
        mixed = mixed &* 0x85EB_CA77
        return (value + ((UInt64(mixed) * modulus) >> 32)) % modulus
      }
      var row = position / columns
      var column = position % columns
      repeat {
        for round in stride(from: 0, to: 8, by: 2) {
          column = added(column, row, round, columns)
          row = added(row, column, round + 1, rows)
        }
      } while row * columns + column >= count
      return row * columns + column
    }

    @Test func documentedFormat() {
      #expect(CBK_CONSTANT_ORDER_FORMAT == 1)
      #expect(CBK_PURPOSE_CONSTANT_ORDER == 3)
      var mismatches = Mismatches()
      for count: UInt64 in [
        1025, 1031, 4096, 65_537, 1 << 32, (1 << 32) + 1, 1 << 62, (1 << 63) - 1,
      ] {
        var order = Self.order(count ^ 99, count)
        for step: UInt64 in 0..<50 {
          let position = count / 50 * step
          mismatches.check(
            cbk_constant_order_index(&order, position)
              == Self.documentedIndex(count ^ 99, count, position), "\(count): \(position)")
        }
      }
      for count in 1...1024 {
        var order = Self.order(7, UInt64(count))
        let key = cbk_derive_key(7, UInt64(count), 0, UInt32(CBK_PURPOSE_CONSTANT_ORDER))
        var permutation = [UInt64](repeating: 0, count: count)
        cbk_permutation_u64(key, &permutation, count, nil)
        mismatches.check(
          Self.indices(&order, 0..<UInt64(count)) == permutation, "\(count)")
      }
      mismatches.expectNone()
    }

    /// As above, in numbers. These change only together with CBK_CONSTANT_ORDER_FORMAT.
    @Test func goldenValues() {
      var small = Self.order(1, 10)
      var middle = Self.order(1, 100_000)
      var large = Self.order(.max, (1 << 63) - 1)
      #expect(Self.indices(&small, 0..<10) == [8, 2, 4, 7, 1, 9, 0, 5, 3, 6])
      #expect(Self.indices(&middle, 0..<6) == [18328, 31184, 99518, 13786, 22034, 32858])
      #expect(
        Self.indices(&large, 0..<3)
          == [2_445_371_506_521_636_994, 1_234_220_826_549_829_378, 3_301_417_421_424_326_410])
    }

    // MARK: Bijection

    /// Every count to 70,000 in release builds; in debug builds, every one to 3,000, and then some primes
    /// and neighbours of powers of two.
    static var counts: [Int] {
      #if DEBUG
        return Array(1...3000)
          + [4095, 4097, 10_007, 16_383, 32_769, 65_535, 65_536, 65_537, 69_997]
      #else
        return Array(1...70_000)
      #endif
    }

    @Test func everyIndexOnce() {
      var seen = [UInt32](repeating: 0, count: 70_000)
      var indices = [UInt32](repeating: 0, count: 70_000)
      var mismatches = Mismatches()
      for count in Self.counts {
        var order = Self.order(UInt64(count) &* 0x9E37_79B9_7F4A_7C15, UInt64(count))
        cbk_constant_order_indices_u32(&order, 0, &indices, count)
        // `seen` holds the last count that gave the index.
        let isPermutation = indices.withUnsafeBufferPointer { indices in
          seen.withUnsafeMutableBufferPointer { seen in
            for i in 0..<count {
              let index = Int(indices[i])
              if index >= count || seen[index] == count { return false }
              seen[index] = UInt32(count)
            }
            return true
          }
        }
        mismatches.check(isPermutation, "\(count)")
        for position in stride(from: 0, to: count, by: count < 100 ? 1 : count / 37) {
          let index = UInt64(indices[position])
          mismatches.check(
            cbk_constant_order_index(&order, UInt64(position)) == index, "\(count): \(position)")
        }
      }
      mismatches.expectNone()
    }

    @Test func indicesAroundPowersOfTwoAreBelowTheCount() {
      var mismatches = Mismatches()
      let powers: [UInt64] = (0...62).map { 1 << $0 }
      let counts: [UInt64] = powers.flatMap { [$0 - 1, $0, $0 + 1] } + [(1 << 63) - 1]
      for count in counts where count > 0 {
        var order = Self.order(3, count)
        for step: UInt64 in 0..<20 {
          for position in [step, count / 20 * step, count &- 1 &- step] where position < count {
            let index = cbk_constant_order_index(&order, position)
            mismatches.check(index < count, "\(count): \(position)")
          }
        }
      }
      mismatches.expectNone()
    }

    // MARK: Runs

    struct Run: Sendable {
      var count: UInt64
      var first: UInt64
    }

    /// At the start, at an odd place, and up to the end of orders that walk often, seldom and never; and
    /// across 2^32, where rows and columns change their widths.
    static let runs = [
      Run(count: 700, first: 13), Run(count: 1025, first: 0), Run(count: 1025, first: 831),
      Run(count: 1057, first: 500), Run(count: 65_537, first: 65_537 - 194),
      Run(count: 1 << 32, first: (1 << 32) - 194),
      Run(count: (1 << 32) + 1, first: (1 << 32) - 100),
      Run(count: 1 << 40, first: (1 << 32) - 100), Run(count: 1 << 62, first: (1 << 61) + 5),
      Run(count: (1 << 62) + 1, first: (1 << 62) - 193),
      Run(count: (1 << 63) - 1, first: (1 << 63) - 1 - 194),
    ]

    @Test(arguments: runs)
    func runsEqualSingles(run: Run) {
      var order = Self.order(run.first ^ run.count, run.count)
      let longest = 193
      let expected = (0..<UInt64(longest + 1)).map {
        cbk_constant_order_index(&order, run.first + $0)
      }
      let buffer = GuardedBuffer(capacity: 8 * longest)
      var mismatches = Mismatches()
      for length in 0...longest {
        // The start of the run moves by one with each length, so that all rests and offsets meet.
        let offset = length % 2
        let slice = Array(expected[offset..<offset + length])
        withEachISA { isa in
          for edge in GuardedBuffer.Edge.allCases {
            buffer.fillWithCanaries()
            cbk_constant_order_indices_u64(
              &order, run.first + UInt64(offset),
              buffer.region(8 * length, at: edge).assumingMemoryBound(to: UInt64.self), length)
            mismatches.check(buffer.holds(slice, at: edge), "\(name(isa)) u64 \(length)")
            if run.count > 1 << 32 { continue }
            buffer.fillWithCanaries()
            cbk_constant_order_indices_u32(
              &order, run.first + UInt64(offset),
              buffer.region(4 * length, at: edge).assumingMemoryBound(to: UInt32.self), length)
            mismatches.check(
              buffer.holds(slice.map { UInt32($0) }, at: edge), "\(name(isa)) u32 \(length)")
          }
        }
      }
      mismatches.expectNone()
    }

    // MARK: Uniformity

    #if DEBUG
      static let keyCount: UInt64 = 20_000
    #else
      static let keyCount: UInt64 = 400_000
    #endif

    /// How many numbers in 0..<count are in each of so many ranges, number x being in x * ranges / count.
    static func rangeSizes(_ count: UInt64, _ ranges: UInt64) -> [Double] {
      /// The first number of a range.
      func start(_ range: UInt64) -> UInt64 {
        let (high, low) = count.multipliedFullWidth(by: range)
        let (quotient, remainder) = ranges.dividingFullWidth((high, low))
        return quotient + (remainder == 0 ? 0 : 1)
      }
      return (0..<ranges).map { Double(start($0 + 1) - start($0)) }
    }

    /// In which of so many ranges a number in 0..<count is.
    static func range(_ number: UInt64, _ ranges: UInt64, _ count: UInt64) -> Int {
      Int(count.dividingFullWidth(number.multipliedFullWidth(by: ranges)).quotient)
    }

    /// Pearson's statistic of counts with these relative expectations; where one is 0, so is the count.
    static func chiSquared(_ counts: [Int], _ weights: [Double]) -> (value: Double, freedom: Int) {
      let scale = Double(counts.reduce(0, +)) / weights.reduce(0, +)
      let terms = zip(counts, weights).compactMap { count, weight -> Double? in
        if weight == 0 { return count == 0 ? nil : .infinity }
        return (Double(count) - weight * scale) * (Double(count) - weight * scale)
          / (weight * scale)
      }
      return (terms.reduce(0, +), terms.count - 1)
    }

    /// Chi-squared of pairs of indices and of differences, for neighbours at two places and for two positions
    /// in one column. Indices are counted by ranges where they are many, differences by ranges and by
    /// residues, all with their exact expectations.
    @Test(
      arguments: [
        5, 7, 24, 100, 1000, 1024, 1025, 4096, 65_536, 65_537, 1_000_000, 1 << 32, (1 << 32) + 1,
        1_000_000_000_000, 1 << 62, (1 << 63) - 1,
      ] as [UInt64])
    func pairsAndDifferencesAreUniform(count: UInt64) {
      let keys = count <= 1024 && count > 24 ? Self.keyCount / 8 : Self.keyCount
      let column = count <= 24 ? 2 : UInt64(Double(count - 1).squareRoot()) + 1
      let cells = min(count, 24)
      let differences = min(count - 1, 97)
      let sizes = Self.rangeSizes(count, cells)
      let pairWeights = sizes.indices.flatMap { i in
        sizes.indices.map { sizes[i] * (sizes[$0] - (i == $0 ? 1 : 0)) }
      }
      let residues = (0..<differences).map { Double((count - 2 - $0) / differences + 1) }
      for (first, second) in [(0, 1), (count / 2, count / 2 + 1), (0, column)] {
        var pairs = [Int](repeating: 0, count: pairWeights.count)
        var high = [Int](repeating: 0, count: Int(differences))
        var low = high
        for key in 0..<keys {
          var order = Self.order(key, count)
          let a = cbk_constant_order_index(&order, first)
          let b = cbk_constant_order_index(&order, second)
          let difference = (b + count - a) % count - 1
          pairs[Self.range(a, cells, count) * Int(cells) + Self.range(b, cells, count)] += 1
          high[Self.range(difference, differences, count - 1)] += 1
          low[Int(difference % differences)] += 1
        }
        for (name, counts, weights) in [
          ("pairs", pairs, pairWeights), ("high", high, Self.rangeSizes(count - 1, differences)),
          ("low", low, residues),
        ] {
          let (value, freedom) = Self.chiSquared(counts, weights)
          #expect(
            value < chiSquaredBound(degreesOfFreedom: freedom),
            "\(name), positions \(first) and \(second)")
        }
      }
    }

    /// Fixed points of a uniform permutation are Poisson distributed with mean 1, but for terms below
    /// 1 / count!.
    @Test(arguments: [24, 1024, 1500, 4096])
    func fixedPoints(count: Int) {
      #if DEBUG
        let keys = 400
      #else
        let keys = 20_000
      #endif
      let probabilities = [1, 1, 0.5, 1 / 6.0].map { $0 / 2.718281828459045 }
      let expected = (probabilities + [1 - probabilities.reduce(0, +)]).map { $0 * Double(keys) }
      var counts = [Int](repeating: 0, count: 5)
      var indices = [UInt32](repeating: 0, count: count)
      for key in 0..<keys {
        var order = Self.order(UInt64(key), UInt64(count))
        cbk_constant_order_indices_u32(&order, 0, &indices, count)
        let fixed = indices.withUnsafeBufferPointer { indices in
          var fixed = 0
          var i = 0
          while i < count {
            if Int(indices[i]) == i { fixed += 1 }
            i += 1
          }
          return fixed
        }
        counts[min(fixed, 4)] += 1
      }
      #expect(Self.chiSquared(counts, expected).value < chiSquaredBound(degreesOfFreedom: 4))
    }

    /// Two independent orders agree in one position on average, with a variance of 1: of 256 pairs, 256
    /// with a standard deviation of 16; five of these are exceeded once in two million times.
    @Test(arguments: [100, 1500, 2000] as [UInt64])
    func keysThatDifferInOneBitAreIndependent(count: UInt64) {
      var agreements = 0
      for base: UInt64 in 0..<4 {
        let key = base &* 0x2545_f491_4f6c_dd1d
        var order = Self.order(key, count)
        let indices = Self.indices(&order, 0..<count)
        for bit in 0..<64 {
          var neighbour = Self.order(key ^ 1 << bit, count)
          let others = Self.indices(&neighbour, 0..<count)
          agreements += indices.withUnsafeBufferPointer { indices in
            others.withUnsafeBufferPointer { others in
              var equal = 0
              var i = 0
              while i < indices.count {
                if indices[i] == others[i] { equal += 1 }
                i += 1
              }
              return equal
            }
          }
        }
      }
      #expect(abs(agreements - 256) < 80)
    }
  }
}
