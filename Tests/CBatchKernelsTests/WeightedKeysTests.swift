import BatchUpSystem
import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite struct WeightedKeysTests {
    typealias Key = cbk_weighted_key

    static func scan<W: Weight>(
      _ weights: [W], _ stream: cbk_stream, _ wanted: Int, parts: Int = 1, scale: Double = 1
    ) -> (keys: [Key], scans: [cbk_weighted_scan]) {
      var all: [Key] = []
      var scans: [cbk_weighted_scan] = []
      let capacity = cbk_weighted_key_capacity(wanted)
      let buffer = GuardedBuffer(capacity: capacity * 16)
      let keys = buffer.region(capacity * 16, at: .back).assumingMemoryBound(to: Key.self)
      for part in 0..<parts {
        let items = weights.count * part / parts..<weights.count * (part + 1) / parts
        let scan = W.keys(weights, stream, keys, items, wanted, scale: scale)
        all += UnsafeBufferPointer(start: keys, count: scan.kept)
        scans.append(scan)
      }
      return (all, scans)
    }

    static func take(_ keys: [Key], _ wanted: Int) -> [UInt32]? {
      var keys = keys
      var scratch = keys
      var indices = [UInt32](repeating: 7, count: wanted)
      let isTaken = cbk_weighted_take(&keys, &scratch, &indices, keys.count, wanted)
      return isTaken ? indices : nil
    }

    static func chosen<W: Weight>(
      _ weights: [W], _ stream: cbk_stream, _ wanted: Int, parts: Int = 1, scale: Double = 1
    ) -> [UInt32]? {
      take(scan(weights, stream, wanted, parts: parts, scale: scale).keys, wanted)
    }

    static func sorted(_ keys: [Key]) -> [UInt32] {
      keys.sorted { $0.bits != $1.bits ? $0.bits < $1.bits : $0.index < $1.index }.map {
        UInt32($0.index)
      }
    }

    /// The documented format. The logarithms differ by 2 units in the last place and the library's by 1,
    /// the quotients by one more each: 2^-50 of the key.
    @Test func documentedKeys() {
      #expect(CBK_WEIGHTED_KEYS_FORMAT == 2)
      let weights = WeightKind.logNormal.weights(3000)
      let stream = cbk_stream(key: 12, stream: 34)
      var words = [UInt32](repeating: 0, count: 64 * 94)
      cbk_philox_fill(stream, 0, &words, 94)
      var mismatches = Mismatches()
      withEachISA { isa in
        let keys = Self.scan(weights, stream, weights.count).keys
        mismatches.check(keys.map(\.index) == (0..<3000).map { UInt64($0) }, "\(name(isa)) indices")
        for (i, key) in keys.enumerated() {
          let r = UInt64(words[2 * i + 1]) << 32 | UInt64(words[2 * i])
          let expected = -log(1 - Double(r >> 11) * 0x1p-53) / weights[i]
          let found = Double(bitPattern: key.bits)
          mismatches.check(
            abs(found - expected) <= 0x1p-50 * expected, "\(name(isa)) \(i): \(found) \(expected)")
        }
      }
      mismatches.expectNone()
    }

    /// Every number wanted, so that all sizes of the buffer and all rests of vectors occur.
    @Test func theFirstInOrderAreChosen() {
      var mismatches = Mismatches()
      for (kind, count) in [
        (WeightKind.random, 700), (.logNormal, 2500), (.mostlyZero, 6000), (.zipf, 6000),
        (.uniform, 33),
      ] {
        let weights = kind.weights(count)
        let stream = cbk_stream(key: 4, stream: UInt64(count))
        let all = Self.sorted(Self.scan(weights, stream, count).keys)
        mismatches.check(all.count == weights.count { $0 > 0 }, "\(kind): all positive weights")
        for wanted in [0, 1, 2, 3, 10, 33, 100, 256, 400, 700, 2000] where wanted <= all.count {
          withEachISA { isa in
            for parts in [1, 2, 3, 8] {
              mismatches.check(
                Self.chosen(weights, stream, wanted, parts: parts) == Array(all.prefix(wanted)),
                "\(kind) \(wanted) of \(count), \(parts) parts, \(name(isa))")
            }
          }
        }
      }
      mismatches.expectNone()
    }

    private static func plannedScale(_ weights: [Double]) -> Double {
      var blocks = [cbk_alias_block](repeating: cbk_alias_block(), count: cbk_alias_block_count(weights.count))
      var plan = cbk_alias_plan()
      #expect(Double.prepare(weights, weights.count, &blocks, &plan).fault == CBK_WEIGHTS_FINE)
      return plan.key_scale
    }

    /// Weights of multiples of 2^-20 in all ranges of f64, whose order is that of the same ones near 1.
    @Test func aPowerOfTwoChangesNoOrder() {
      let stream = cbk_stream(key: 8, stream: 1)
      let weights = WeightKind.random.weights(5000).map { ($0 * 0x1p20).rounded() }
      let expected = Self.chosen(weights, stream, 5000)
      for exponent in [-1074, -1050, -1022, -500, 0, 500, 880, 900, 1003] {
        let half = exponent / 2
        let scaled = weights.map { $0 * exp2(Double(half)) * exp2(Double(exponent - half)) }
        let scale = Self.plannedScale(scaled)
        withEachISA { isa in
          for wanted in [50, 1000, 5000] {
            #expect(
              Self.chosen(scaled, stream, wanted, parts: 3, scale: scale) == expected.map { Array($0.prefix(wanted)) },
              "\(name(isa)) \(exponent) \(wanted)")
          }
        }
      }
    }

    /// From the least number to the largest: the logarithms of keys, in units of 2^-20, tell nearly all apart.
    @Test func ordersOfWeightsOfAllScales() {
      let stream = cbk_stream(key: 9, stream: 1)
      let fractions = WeightKind.random.weights(3000)
      var weights = fractions.enumerated().map { i, u in
        (1 + u) * exp2(Double(i * 7919 % 1049 - 525)) * exp2(Double(i * 104_729 % 1049 - 525))
      }
      weights.replaceSubrange(10..<13, with: [.leastNonzeroMagnitude, .greatestFiniteMagnitude, 0x1p-1074])
      #expect(Self.plannedScale(weights) == 0)
      var words = [UInt32](repeating: 0, count: 64 * 94)
      cbk_philox_fill(stream, 0, &words, 94)
      let logarithms = weights.indices.map { i in
        let r = UInt64(words[2 * i + 1]) << 32 | UInt64(words[2 * i])
        return log2(-log(1 - Double(r >> 11) * 0x1p-53)) - log2(weights[i])
      }
      for wanted in [10, 500, 3000] {
        let chosen = Self.chosen(weights, stream, wanted, parts: 2, scale: 0) ?? []
        #expect(Set(chosen).count == wanted)
        #expect(zip(chosen, chosen.dropFirst()).allSatisfy { logarithms[Int($0)] < logarithms[Int($1)] + 0x1p-20 })
        let last = chosen.last.map { logarithms[Int($0)] } ?? 0
        #expect(logarithms.count { $0 < last - 0x1p-20 } < wanted)
      }
    }

    @Test func otherTypesOfWeights() {
      let stream = cbk_stream(key: 4, stream: 4)
      let weights = WeightKind.mostlyZero.weights(3000).map { ($0 * 1000).rounded() }
      let expected = Self.chosen(weights, stream, 200)
      #expect(expected != nil)
      #expect(Self.chosen(weights.map { Float($0) }, stream, 200, parts: 3) == expected)
      #expect(Self.chosen(weights.map { UInt64($0) }, stream, 200, parts: 2) == expected)
    }

    @Test func equalKeysAreInTheOrderOfIndices() {
      let stream = cbk_stream(key: 1, stream: 4)
      // Keys beyond the largest f64.
      var weights = [Double](repeating: Double.leastNonzeroMagnitude, count: 5000)
      #expect(Self.chosen(weights, stream, 3000) == (0..<3000).map { UInt32($0) })
      #expect(Self.chosen(weights, stream, 10, parts: 3) == (0..<10).map { UInt32($0) })
      // Smaller keys behind more equal ones than there is room for.
      let mixed = weights.indices.map { $0 < 3000 ? weights[$0] : 1 }
      let all = Self.sorted(Self.scan(mixed, stream, 5000).keys)
      #expect(Self.chosen(mixed, stream, 10) == Array(all.prefix(10)))
      #expect(Self.chosen(mixed, stream, 2500) == Array(all.prefix(2500)))
      weights[4000] = 1
      #expect(Self.chosen(weights, stream, 4) == [4000, 0, 1, 2])
    }

    @Test func tooFewPositiveWeights() {
      let weights = WeightKind.mostlyZero.weights(2000)
      let positive = weights.count { $0 > 0 }
      let (keys, scans) = Self.scan(weights, cbk_stream(key: 1, stream: 1), 1000, parts: 2)
      #expect(scans.map(\.positive).reduce(0, +) == positive)
      #expect(Self.take(keys, 1000) == nil)
      #expect(Self.take(keys, positive + 1) == nil)
      #expect(Self.take(keys, positive)?.allSatisfy { weights[Int($0)] > 0 } == true)
      #expect(Self.take([], 0) == [])
    }

    @Test func wrongWeightsAreRefusedWhereverTheyAre() {
      var mismatches = Mismatches()
      for position in 0..<300 {
        for (weight, fault) in [
          (Double.nan, CBK_WEIGHTS_NOT_A_NUMBER), (-1, CBK_WEIGHTS_NEGATIVE),
          (.infinity, CBK_WEIGHTS_INFINITE),
        ] {
          var weights = [Double](repeating: 1, count: 300)
          weights[position] = weight
          let check = Self.scan(weights, cbk_stream(key: 1, stream: 1), 5).scans[0].check
          mismatches.check(
            check.fault == fault && check.position == position, "\(weight), \(position)")
        }
      }
      mismatches.expectNone()
    }

    /// Ordered triples out of four items: their probabilities are products of those of three draws, each
    /// among the items left.
    @Test func ordersAreThoseOfSuccessiveDraws() {
      let weights = [0.5, 1, 2.5, 7]
      #if DEBUG
        let streams: UInt64 = 20_000
      #else
        let streams: UInt64 = 300_000
      #endif
      var counts = [Int](repeating: 0, count: 64)
      var keys = [Key](repeating: Key(), count: cbk_weighted_key_capacity(3))
      var scratch = keys
      var indices = [UInt32](repeating: 0, count: 3)
      for stream in 0..<streams {
        let scan = cbk_weighted_keys(
          CBK_WEIGHT_F64,
          weights, 1, cbk_stream(key: 6, stream: stream), &keys, 0, 4, 3)
        if !cbk_weighted_take(&keys, &scratch, &indices, scan.kept, 3) { continue }
        counts[Int(indices[0] * 16 + indices[1] * 4 + indices[2])] += 1
      }
      #expect(counts.reduce(0, +) == Int(streams))
      var statistic = 0.0
      for a in 0..<4 {
        for b in 0..<4 where b != a {
          for c in 0..<4 where c != a && c != b {
            let left = 11 - weights[a]
            let probability = weights[a] / 11 * weights[b] / left * weights[c] / (left - weights[b])
            let expected = probability * Double(streams)
            let count = Double(counts[a * 16 + b * 4 + c])
            statistic += (count - expected) * (count - expected) / expected
          }
        }
      }
      #expect(statistic < chiSquaredBound(degreesOfFreedom: 23))
    }

    /// These change only together with CBK_WEIGHTED_KEYS_FORMAT.
    @Test func goldenValues() {
      let weights = WeightKind.zipf.weights(100)
      withEachISA { isa in
        let keys = Self.scan(weights, cbk_stream(key: 1, stream: 2), 100).keys
        #expect(
          keys.prefix(4).map(\.bits) == [
            4_608_373_338_838_290_982, 4_616_234_254_145_119_572, 4_607_593_921_359_335_326,
            4_613_109_229_006_180_795,
          ], "\(name(isa))")
        #expect(Self.take(keys, 8) == [55, 60, 12, 23, 7, 2, 73, 0], "\(name(isa))")
      }
    }
  }
}
