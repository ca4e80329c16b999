import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  /// Permutations and weighted choices of NumPy's RandomState.
  @Suite struct NumPyDrawsTests {
    // MARK: Against NumPy

    /// From NumPy 2.4.6.
    @Test func knownAnswers() {
      let choice = WeightedChoice(weights: [0.1, 0.2, 0.3, 0.25, 0.15])
      withEachISA { _ in
        #expect(Engine(seed: 0).permutation(10) == [2, 8, 4, 9, 1, 6, 7, 3, 0, 5])
        #expect(Engine(seed: 42).permutation(10) == [8, 1, 5, 0, 7, 2, 9, 4, 3, 6])
        #expect(Engine(words: [1, 2, 3]).permutation(10) == [0, 4, 8, 1, 2, 6, 7, 5, 3, 9])
        #expect(choice.draw(6, from: Engine(seed: 0)) == [2, 3, 3, 2, 2, 3])
        #expect(choice.draw(6, from: Engine(seed: 42)) == [2, 4, 3, 2, 1, 1])
      }
    }

    /// The seeds of the traces.
    private static let engines: [(seed: String, make: @Sendable () -> Engine)] = [
      ("0", { Engine(seed: 0) }), ("1", { Engine(seed: 1) }), ("42", { Engine(seed: 42) }),
      ("12345", { Engine(seed: 12345) }), ("2**32 - 1", { Engine(seed: .max) }),
      ("[1, 2, 3]", { Engine(words: [1, 2, 3]) }), ("[42]", { Engine(words: [42]) }),
      ("[5] * 700", { Engine(words: Array(repeating: 5, count: 700)) }),
      ("range(624)", { Engine(words: Array(0..<624)) }), ("range(100, 2100)", { Engine(words: Array(100..<2100)) }),
    ]

    private static func difference(of engine: Engine, seed: String) -> String? {
      var trace = NumPyGoldens.generator.trace("seed \(seed)")
      trace.check("key", engine.key)
      let small = (0..<131).map { engine.permutation($0) }
      for (count, permutation) in (seed == "0" ? small : []).enumerated() {
        trace.check("permutation(\(count))", permutation)
      }
      trace.check("permutations of 0 to 130", small.flatMap(\.self))
      for count in [257, 1000, 65_535, 65_536, 65_537, 100_000] {
        trace.check("permutation(\(count))", engine.permutation(count))
        trace.check("word", [engine.word()])
      }
      trace.check("random_sample(1001)", engine.doubles(1001))
      trace.check("word", [engine.word()])
      for bits in [1, 2, 9, 31, 32, 33, 53, 63] as [UInt64] {
        let power: UInt64 = 1 << bits
        for maximum in [power - 1, power, power + power / 3] {
          trace.check("randint(0, \(maximum) + 1, 200)", engine.interval(maximum, count: 200))
        }
      }
      // What a shuffle of these values draws.
      trace.check("shuffle", engine.permutation(3001).map { UInt64($0) << 33 })
      for count in [2, 11, 256, 257, 5000] {
        let weights = (0..<count).map { Double($0 * 7919 % 1009) }
        let sum = weights.reduce(0, +)
        let choice = WeightedChoice(weights: weights.map { $0 / sum })
        trace.check("choice(\(count), 300)", choice.draw(300, from: engine))
      }
      trace.check("word", [engine.word()])
      return trace.difference
    }

    @Test(arguments: engines.indices)
    func traceEqualsNumPy(index: Int) {
      let (seed, makeEngine) = Self.engines[index]
      withEachISA { isa in
        #expect(Self.difference(of: makeEngine(), seed: seed) == nil, "\(name(isa))")
      }
    }

    @Test func permutationOfAMillionEqualsNumPy() {
      withEachISA { isa in
        let engine = Engine(seed: 1)
        var trace = NumPyGoldens.generator.trace("a million")
        trace.check("permutation", engine.permutation(1_000_000))
        trace.check("word", [engine.word()])
        #expect(trace.difference == nil, "\(name(isa))")
      }
    }

    // MARK: Against the textbook

    /// Every length on every instruction set, one engine going on from length to length, states included.
    @Test func permutationsEqualTheTextbook() {
      let textbook = TextbookRandomState(seed: 11)
      let engines = KernelTests.availableISAs.map { _ in Engine(seed: 11) }
      var mismatches = Mismatches()
      for count in 0...2000 {
        var expected = (0..<UInt32(count)).map { $0 }
        expected.withUnsafeMutableBufferPointer {
          if count > 0 { textbook.shuffle($0.baseAddress!, count) }
        }
        var next = engines.makeIterator()
        withEachISA { isa in
          let engine = next.next()!
          mismatches.check(engine.permutation(count) == expected, "\(name(isa)) \(count)")
          mismatches.check(textbook.isState(of: engine), "\(name(isa)) \(count) state")
        }
      }
      mismatches.expectNone()
    }

    /// Words of zero are always kept, which random words never are for as long as it takes to reach the next
    /// lower mask within one group of vectors.
    @Test func permutationsOfMostlyZeroWordsEqualTheTextbook() {
      var mismatches = Mismatches()
      for distance in [5, 31, 32, 33, 624] {
        let key = (0..<624).map { $0 % distance == distance - 1 ? UInt32($0) &* 0x9e37_79b1 : 0 }
        for count in 2...300 {
          let textbook = TextbookRandomState(key: key)
          var expected = (0..<UInt32(count)).map { $0 }
          expected.withUnsafeMutableBufferPointer { textbook.shuffle($0.baseAddress!, count) }
          withEachISA { isa in
            let engine = Engine(key: key)
            mismatches.check(
              engine.permutation(count) == expected, "\(name(isa)) \(count) \(distance)")
            mismatches.check(
              textbook.isState(of: engine), "\(name(isa)) \(count) \(distance) state")
          }
        }
      }
      mismatches.expectNone()
    }

    private func checkPermutation(counts: some Sequence<Int>) {
      let buffer = GuardedBuffer(capacity: counts.max()! * 4)
      let textbook = TextbookRandomState(seed: 12)
      let engines = KernelTests.availableISAs.map { _ in Engine(seed: 12) }
      var mismatches = Mismatches()
      for count in counts {
        for edge in GuardedBuffer.Edge.allCases {
          var expected = (0..<count).map { UInt32($0) }
          expected.withUnsafeMutableBufferPointer {
            if count > 0 { textbook.shuffle($0.baseAddress!, count) }
          }
          var next = engines.makeIterator()
          withEachISA { isa in
            let engine = next.next()!
            buffer.fillWithCanaries()
            let start = buffer.region(count * 4, at: edge).assumingMemoryBound(to: UInt32.self)
            engine.withPointer { cbk_mt19937_permutation_u32($0, start, count) }
            mismatches.check(buffer.holds(expected, at: edge), "\(name(isa)) \(count) \(edge)")
            mismatches.check(textbook.isState(of: engine), "\(name(isa)) \(count) state")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func permutationsStayInTheirBuffer() {
      checkPermutation(counts: 0...97)
    }

    /// Beyond the mebibyte from which on partners are fetched ahead.
    @Test func longPermutationsEqualTheTextbook() {
      checkPermutation(counts: [270_001])
    }

    // MARK: Weighted choice

    /// Even, uneven by hundreds of orders of magnitude, and with zeros in all places.
    private static func weights(_ count: Int) -> [[Double]] {
      let engine = Engine(seed: UInt32(count))
      let random = engine.doubles(count)
      var tiny = random.map { $0 * 0x1p-900 }
      tiny[count / 2] = 1
      var sparse = random.enumerated().map { $0.offset % 3 == 1 ? $0.element : 0 }
      sparse[count / 3] = 0.5
      return [
        [Double](repeating: 1, count: count), random, tiny, sparse,
        (0..<count).map { 1 / Double($0 + 1) }, (0..<count).map { exp2i(-min($0, 1000)) },
      ]
    }

    private static func exp2i(_ exponent: Int) -> Double {
      Double(sign: .plus, exponent: exponent, significand: 1)
    }

    static let weightCounts = [1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 64, 100, 255, 256, 257, 1025]

    @Test(arguments: weightCounts)
    func cdfIsTheSequentialSumDividedByTheTotal(count: Int) {
      for weights in Self.weights(count) {
        var sum = 0.0
        let sums = weights.map { weight in
          sum += weight
          return sum
        }
        let expected = sums.map { $0 / sum }
        let buffer = GuardedBuffer(capacity: count * 8)
        for edge in GuardedBuffer.Edge.allCases {
          buffer.fillWithCanaries()
          let inPlace = buffer.region(of: weights, at: edge)
          cbk_cdf(inPlace, inPlace, count)
          #expect(buffer.holds(expected, at: edge))
        }
        #expect(WeightedChoice(weights: weights).cdf == expected)
      }
    }

    @Test(arguments: weightCounts)
    func guideBeginsEachBucketWithItsFirstValue(count: Int) {
      for weights in Self.weights(count) {
        let choice = WeightedChoice(weights: weights)
        let buckets = choice.guide.count - 1
        #expect(buckets >= count && buckets.nonzeroBitCount == 1 && buckets < 2 * count)
        let expected = (0..<buckets).map { bucket in
          let start = Double(bucket) / Double(buckets)
          return UInt32(choice.cdf.firstIndex { $0 > start }!)
        }
        #expect(choice.guide == expected + [UInt32(count - 1)])
        let buffer = GuardedBuffer(capacity: choice.guide.count * 4)
        for edge in GuardedBuffer.Edge.allCases {
          buffer.fillWithCanaries()
          let start = buffer.region(choice.guide.count * 4, at: edge)
          cbk_cdf_guide(choice.cdf, start.assumingMemoryBound(to: UInt32.self), count)
          #expect(buffer.holds(choice.guide, at: edge))
        }
      }
    }

    @Test(arguments: weightCounts)
    func choiceSearchesTheNextDoubles(weightCount: Int) {
      for weights in Self.weights(weightCount) + [(0..<1000).map { Double($0 % 37) }] {
        check(WeightedChoice(weights: weights))
      }
    }

    private func check(_ choice: WeightedChoice) {
      withEachISA { isa in
        let textbook = TextbookRandomState(seed: 8)
        let engine = Engine(seed: 8)
        for count in [0, 1, 64, 127, 128, 129, 400] {
          let expected = (0..<count).map { _ in
            let uniform = textbook.double()
            return UInt32(choice.cdf.partitioningIndex { $0 > uniform })
          }
          #expect(choice.draw(count, from: engine) == expected, "\(name(isa)) \(count)")
          #expect(textbook.isState(of: engine), "\(name(isa)) \(count)")
        }
      }
    }
  }
}

extension [Double] {
  /// The first position whose element fulfils the condition, which all later ones do too.
  fileprivate func partitioningIndex(_ isInSecond: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
