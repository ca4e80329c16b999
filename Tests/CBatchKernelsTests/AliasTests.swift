import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite struct AliasTests {
    struct Table {
      var entries: [cbk_alias_entry]
      var capacity: UInt64

      /// The units of each item.
      var masses: [UInt64] {
        var masses = [UInt64](repeating: 0, count: entries.count)
        for (column, entry) in entries.enumerated() {
          masses[column] += UInt64(entry.threshold)
          masses[Int(entry.alias)] += capacity - UInt64(entry.threshold)
        }
        return masses
      }

      func draws(_ stream: cbk_stream, _ range: Range<UInt64>) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: range.count) { buffer, initializedCount in
          cbk_alias_draw(
            entries, UInt64(entries.count), capacity, stream, range.lowerBound, buffer.baseAddress,
            range.count)
          initializedCount = range.count
        }
      }
    }

    static func check<W: Weight>(_ weights: [W]) -> cbk_weights_check {
      var blocks = [cbk_alias_block](
        repeating: cbk_alias_block(), count: cbk_alias_block_count(weights.count))
      var plan = cbk_alias_plan()
      return W.prepare(weights, weights.count, &blocks, &plan)
    }

    /// Fills each part between guard pages, and counts how often each entry is written.
    static func table<W: Weight>(_ weights: [W], parts: UInt32 = 1) -> Table {
      var blocks = [cbk_alias_block](
        repeating: cbk_alias_block(), count: cbk_alias_block_count(weights.count))
      var plan = cbk_alias_plan()
      #expect(W.prepare(weights, weights.count, &blocks, &plan).fault == CBK_WEIGHTS_FINE)
      #expect(plan.count == weights.count)
      let buffer = GuardedBuffer(capacity: weights.count * 8)
      buffer.fillWithCanaries()
      let entries = buffer.region(weights.count * 8, at: .back).assumingMemoryBound(
        to: cbk_alias_entry.self)
      // The last part first, as their order must not matter.
      for part in (0..<parts).reversed() { W.build(weights, &plan, blocks, entries, part, parts) }
      return Table(
        entries: Array(UnsafeBufferPointer(start: entries, count: weights.count)),
        capacity: plan.capacity)
    }

    static func equal(_ a: Table, _ b: Table) -> Bool {
      a.capacity == b.capacity && a.entries.count == b.entries.count
        && zip(a.entries, b.entries).allSatisfy {
          $0.threshold == $1.threshold && $0.alias == $1.alias
        }
    }

    // MARK: Masses

    static let counts = [1, 2, 3, 7, 100, 255, 256, 257, 1000, 4095, 4096, 4097, 12_000]

    @Test(arguments: WeightKind.allCases)
    func massesAreTheWeights(kind: WeightKind) {
      var mismatches = Mismatches()
      for count in Self.counts {
        let weights = kind.weights(count)
        let masses = Self.table(weights).masses
        // Brought near 1, so that the reference does not lose digits of subnormal weights' shares.
        let scaled = weights.map { kind == .subnormal ? $0 * 0x1p1000 : $0 }
        let sum = scaled.reduce(0, +)
        let units = Double(count) * 0x1p32
        let distance =
          zip(masses, scaled).reduce(0) { $0 + abs(Double($1.0) / units - $1.1 / sum) } / 2
        mismatches.check(distance < 0x1p-31, "\(count): distance \(distance)")
        mismatches.check(masses.reduce(0, +) == UInt64(count) << 32, "\(count): sum")
        mismatches.check(
          zip(masses, weights).allSatisfy { ($0 == 0) == ($1 == 0) }, "\(count): zeros")
      }
      mismatches.expectNone()
    }

    @Test func tinyWeightsStayReachable() {
      let masses = Self.table([1, 1e-300, 0, .leastNonzeroMagnitude, 1e-12]).masses
      let expected: [UInt64] = [5 << 32 - 3, 1, 0, 1, 1]
      #expect(masses == expected)
    }

    @Test func integersAreExact() {
      let weights: [UInt64] = [3, 0, 1, 7, 7, 2, 0, 1 << 31]
      let table = Self.table(weights)
      #expect(table.capacity == weights.reduce(0, +))
      #expect(table.masses == weights.map { $0 * 8 })
      let most: [UInt64] = [(1 << 32) - 5, 5]
      #expect(Self.table(most).capacity == 1 << 32)
      #expect(Self.table(most).masses == most.map { $0 * 2 })
    }

    @Test func integersWithALargeSumAreRounded() {
      for weights in [[(1 << 32) - 4, 5], [.max - 7, 0, 7], [1 << 63, 1 << 62, 1 << 61]]
        as [[UInt64]]
      {
        let table = Self.table(weights)
        #expect(table.capacity == 1 << 32)
        let sum = Double(weights.reduce(0, +))
        let units = Double(weights.count) * 0x1p32
        for (mass, weight) in zip(table.masses, weights) {
          #expect(abs(Double(mass) - Double(weight) / sum * units) <= Double(weights.count))
          #expect((mass == 0) == (weight == 0))
        }
      }
    }

    @Test(arguments: [WeightKind.random, .zipf, .mostlyZero])
    func floatsAreAsDoubles(kind: WeightKind) {
      let weights = kind.weights(5000).map { Float($0) }
      #expect(Self.equal(Self.table(weights, parts: 3), Self.table(weights.map { Double($0) })))
    }

    // MARK: Parts

    @Test(arguments: WeightKind.allCases)
    func partsMakeTheSameTable(kind: WeightKind) {
      var mismatches = Mismatches()
      for count in Self.counts {
        let weights = kind.weights(count)
        let integers = weights.map { UInt64(min($0 * 1000 + 1, 1e6)) }
        let whole = Self.table(weights)
        let wholeIntegers = Self.table(integers)
        for parts: UInt32 in [2, 3, 8] {
          mismatches.check(
            Self.equal(Self.table(weights, parts: parts), whole), "\(count): \(parts)")
          mismatches.check(
            Self.equal(Self.table(integers, parts: parts), wholeIntegers), "\(count): \(parts), u64"
          )
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: [WeightKind.random, .zipf, .logNormal, .oneLight])
    func partsShareTheWork(kind: WeightKind) {
      let count = 60_000
      let weights = kind.weights(count)
      var blocks = [cbk_alias_block](
        repeating: cbk_alias_block(), count: cbk_alias_block_count(count))
      var plan = cbk_alias_plan()
      #expect(Double.prepare(weights, count, &blocks, &plan).fault == CBK_WEIGHTS_FINE)
      var written = [Int](repeating: 0, count: count)
      for part: UInt32 in 0..<4 {
        // No column has its own number plus the count as its alias.
        var entries = [cbk_alias_entry](
          repeating: cbk_alias_entry(threshold: 0, alias: .max), count: count)
        Double.build(weights, &plan, blocks, &entries, part, 4)
        var own = 0
        for i in 0..<count where entries[i].alias != .max {
          own += 1
          written[i] += 1
        }
        // A cut is off by the rest of a block of lights and of one of heavies.
        #expect(abs(own - count / 4) <= 2 * 2 * 4096, "part \(part)")
      }
      #expect(written.allSatisfy { $0 == 1 })
    }

    // MARK: Refusals

    @Test(arguments: [70, 4200])
    func wrongWeightsAreRefusedWhereverTheyAre(count: Int) {
      var mismatches = Mismatches()
      let faults: [(Double, cbk_weights_fault)] = [
        (.nan, CBK_WEIGHTS_NOT_A_NUMBER), (-1, CBK_WEIGHTS_NEGATIVE),
        (-.leastNonzeroMagnitude, CBK_WEIGHTS_NEGATIVE),
        (-.infinity, CBK_WEIGHTS_NEGATIVE), (.infinity, CBK_WEIGHTS_INFINITE),
      ]
      var weights = [Double](repeating: 1, count: count)
      weights[3] = -0.0
      weights[5] = 0
      for position in stride(from: 0, to: count, by: count < 100 ? 1 : 59) {
        for (weight, fault) in faults {
          var wrong = weights
          wrong[position] = weight
          let check = Self.check(wrong)
          let single = Self.check(wrong.map { Float($0) })
          mismatches.check(
            check.fault == fault && check.position == position, "\(weight), \(position)")
          if weight == -.leastNonzeroMagnitude { continue }  // 0 as a Float
          mismatches.check(
            single.fault == fault && single.position == position, "Float \(weight), \(position)")
        }
      }
      var two = weights
      two[60] = .nan
      two[40] = -1
      mismatches.check(Self.check(two).position == 40, "the first counts")
      mismatches.check(Self.check(weights).fault == CBK_WEIGHTS_FINE, "fine")
      mismatches.expectNone()
    }

    @Test func impossibleSumsAreRefused() {
      func expect(_ check: cbk_weights_check, _ fault: cbk_weights_fault, _ position: UInt64) {
        #expect(check.fault == fault)
        #expect(check.position == position)
      }
      expect(Self.check([Double]()), CBK_WEIGHTS_EMPTY, 0)
      expect(Self.check([UInt64]()), CBK_WEIGHTS_EMPTY, 0)
      expect(Self.check([Double](repeating: 0, count: 9)), CBK_WEIGHTS_ALL_ZERO, 9)
      expect(Self.check([-0.0]), CBK_WEIGHTS_ALL_ZERO, 1)
      expect(Self.check([Float](repeating: 0, count: 9)), CBK_WEIGHTS_ALL_ZERO, 9)
      expect(Self.check([UInt64](repeating: 0, count: 9)), CBK_WEIGHTS_ALL_ZERO, 9)
      expect(Self.check([1e308, 0, 1e308]), CBK_WEIGHTS_FINE, 0)
      expect(Self.check([1e308, 1e308, .nan]), CBK_WEIGHTS_NOT_A_NUMBER, 2)
      expect(
        Self.check([Float.greatestFiniteMagnitude, .greatestFiniteMagnitude]), CBK_WEIGHTS_FINE, 0)
      expect(Self.check([UInt64.max, 0, 1]), CBK_WEIGHTS_FINE, 0)
      var plan = cbk_alias_plan()
      var block = cbk_alias_block()
      // Refused before a weight is read.
      expect(cbk_alias_prepare(CBK_WEIGHT_F64, [1.0], 1 << 32, &block, &plan), CBK_WEIGHTS_TOO_MANY, 1 << 32)
      expect(cbk_alias_prepare(CBK_WEIGHT_U64, [1] as [UInt64], 1 << 32, &block, &plan), CBK_WEIGHTS_TOO_MANY, 1 << 32)
    }

    // MARK: Draws

    /// The documented format, draw by draw.
    static func documentedDraw(_ table: Table, _ stream: cbk_stream, _ draw: UInt64) -> UInt32 {
      var words = [UInt32](repeating: 0, count: 64)
      cbk_philox_fill(stream, draw / 32, &words, 1)
      let i = Int(draw % 32)
      let r = UInt64(words[2 * i + 1]) << 32 | UInt64(words[2 * i])
      let (column, rest) = r.multipliedFullWidth(by: UInt64(table.entries.count))
      let unit = rest.multipliedFullWidth(by: table.capacity).high
      let entry = table.entries[Int(column)]
      return unit < UInt64(entry.threshold) ? UInt32(column) : entry.alias
    }

    @Test func anyRangeOfDrawsIsThatOfOneLongDraw() {
      let stream = cbk_stream(key: 5, stream: 8)
      let tables = [
        Self.table(WeightKind.random.weights(1000)), Self.table([1, 2, 0, 4, 5] as [UInt64]),
      ]
      let buffer = GuardedBuffer(capacity: 4 * 700)
      var mismatches = Mismatches()
      for table in tables {
        let long = (0..<800).map { Self.documentedDraw(table, stream, $0) }
        let far = (0..<40).map { Self.documentedDraw(table, stream, 1 << 40 + 7 + $0) }
        withEachISA { isa in
          for first in Array(0...34) + [63, 64, 100] {
            for length in Array(0...67) + [127, 128, 129, 255, 256, 257, 385, 700] {
              buffer.fillWithCanaries()
              let edge = GuardedBuffer.Edge.allCases[length % 2]
              cbk_alias_draw(
                table.entries, UInt64(table.entries.count), table.capacity, stream, UInt64(first),
                buffer.region(4 * length, at: edge).assumingMemoryBound(to: UInt32.self), length)
              mismatches.check(
                buffer.holds(Array(long[first..<first + length]), at: edge),
                "\(name(isa)) \(first), \(length)")
            }
          }
          mismatches.check(
            table.draws(stream, 1 << 40 + 7..<1 << 40 + 47) == far, "\(name(isa)) far")
        }
      }
      mismatches.expectNone()
    }

    /// A power of two changes no table, even where the sum is beyond the largest number of its type.
    @Test func tablesDoNotDependOnTheScale() {
      for kind in [WeightKind.random, .zipf, .mostlyZero, .oneHeavy] {
        let weights = kind.weights(3_000).map { ($0 * 0x1p30).rounded() }
        let expected = Self.table(weights)
        let largest = weights.max()!.exponent
        for exponent in [-1074, -1000, 1023 - Int(largest)] {
          let scale = (exponent < 0 ? 0x1p-500 : 0x1p500, exponent < 0 ? exponent + 500 : exponent - 500)
          let scaled = weights.map { $0 * scale.0 * Double(sign: .plus, exponent: scale.1, significand: 1) }
          let table = Self.table(scaled)
          #expect(table.entries.map(\.threshold) == expected.entries.map(\.threshold), "\(kind) \(exponent)")
          #expect(table.entries.map(\.alias) == expected.entries.map(\.alias), "\(kind) \(exponent)")
        }
      }
      let integers = Self.table([UInt64.max, UInt64.max, 0, UInt64.max])
      #expect(integers.entries.map(\.threshold) == Self.table([1.0, 1, 0, 1]).entries.map(\.threshold))
    }

    /// These change only together with CBK_ALIAS_FORMAT.
    @Test func goldenValues() {
      #expect(CBK_ALIAS_FORMAT == 1)
      let table = Self.table([0.5, 0, 3, 1.25, 8, 0.001, 2])
      #expect(
        table.entries.map(\.threshold)
          == [1_019_075_692, 0, 2_838_562_549, 2_547_689_230, 0, 2_038_151, 4_076_302_768])
      #expect(table.entries.map(\.alias) == [2, 4, 4, 4, 4, 4, 4])
      #expect(
        table.draws(cbk_stream(key: 1, stream: 2), 0..<16)
          == [4, 6, 2, 3, 4, 4, 4, 2, 4, 4, 4, 3, 2, 4, 3, 4])
    }

    @Test func oneItem() {
      #expect(
        Self.table([0.25]).draws(cbk_stream(key: 1, stream: 1), 0..<50).allSatisfy { $0 == 0 })
      #expect(
        Self.table([9 as UInt64]).draws(cbk_stream(key: 1, stream: 1), 0..<50).allSatisfy {
          $0 == 0
        })
    }

    #if DEBUG
      static let drawCount: UInt64 = 200_000
    #else
      static let drawCount: UInt64 = 10_000_000
    #endif

    /// Cells are runs of items that are expected to be drawn twenty times or more.
    @Test(arguments: [WeightKind.uniform, .random, .zipf, .mostlyZero, .oneHeavy, .logNormal])
    func drawsFollowTheWeights(kind: WeightKind) {
      let weights = kind.weights(500)
      var counts = [Int](repeating: 0, count: weights.count)
      for draw in Self.table(weights).draws(cbk_stream(key: 3, stream: 1), 0..<Self.drawCount) {
        counts[Int(draw)] += 1
      }
      let scale = Double(Self.drawCount) / weights.reduce(0, +)
      var statistic = 0.0
      var cells = 0
      var expected = 0.0
      var count = 0
      for i in weights.indices {
        expected += weights[i] * scale
        count += counts[i]
        if expected < 20 { continue }
        statistic += (Double(count) - expected) * (Double(count) - expected) / expected
        cells += 1
        expected = 0
        count = 0
      }
      // What is left over at the end is below one cell, and only counts as one where it was drawn.
      #expect(Double(count) <= expected + 6 * (expected.squareRoot() + 1))
      if cells > 1 { #expect(statistic < chiSquaredBound(degreesOfFreedom: cells)) }
    }

    @Test func zeroWeightsAreNeverDrawn() {
      let weights = WeightKind.mostlyZero.weights(3000)
      let draws = Self.table(weights).draws(cbk_stream(key: 9, stream: 0), 0..<1_000_000)
      var wrong = 0
      draws.withUnsafeBufferPointer { draws in
        weights.withUnsafeBufferPointer { weights in
          for i in 0..<draws.count where weights[Int(draws[i])] == 0 { wrong += 1 }
        }
      }
      #expect(wrong == 0)
    }
  }
}
