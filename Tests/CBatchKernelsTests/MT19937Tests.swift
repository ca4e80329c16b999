import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct MT19937Tests {
    /// From NumPy 2.4.6.
    @Test func knownAnswers() {
      withEachISA { _ in
        #expect(Engine(seed: 0).word() == 2_357_136_044)
        #expect(Engine(seed: 42).word() == 1_608_637_542)
        #expect(Engine(words: [1, 2, 3]).word() == 2_619_334_238)
        #expect(Engine(seed: 0).doubles(2) == [0.5488135039273248, 0.7151893663724195])
        #expect(Engine(seed: 0).double() == 0.5488135039273248)
        #expect(Engine(seed: 0).interval(9, count: 6) == [5, 0, 3, 3, 7, 9])
      }
    }

    @Test(arguments: [0, 1, 42, UInt32.max])
    func integerSeedGivesTheTextbookState(seed: UInt32) {
      let engine = Engine(seed: seed)
      #expect(TextbookRandomState(seed: seed).isState(of: engine))
      #expect(engine.position == 624)
    }

    /// Around the 624 words of a state, and more than twice as many.
    @Test(arguments: [1, 2, 3, 622, 623, 624, 625, 626, 1247, 1248, 2000])
    func seedWordsGiveTheTextbookState(count: Int) {
      let words = (0..<count).map { UInt32(truncatingIfNeeded: $0 &* 0x9e37_79b9) }
      #expect(TextbookRandomState(words: words).isState(of: Engine(words: words)))
      #expect(!TextbookRandomState(words: words + [0]).isState(of: Engine(words: words)))
    }

    /// Lengths to three groups of vectors and one, then over the ends of blocks.
    static let counts = Array(0...97) + [623, 624, 625, 1247, 1248, 2001]

    /// Fills guarded buffers of all counts, one engine going on from count to count, and compares them and
    /// the state after each with the textbook. `between` words are drawn one by one before each fill.
    private func checkFill<T>(
      of type: T.Type, between: Int,
      fill: (UnsafeMutablePointer<cbk_mt19937>, UnsafeMutablePointer<T>, Int) -> Void,
      textbook draw: (TextbookRandomState) -> T
    ) {
      let buffer = GuardedBuffer(capacity: 2001 * MemoryLayout<T>.stride)
      let textbook = TextbookRandomState(seed: 5)
      let engines = KernelTests.availableISAs.map { _ in Engine(seed: 5) }
      var mismatches = Mismatches()
      for count in Self.counts {
        for edge in GuardedBuffer.Edge.allCases {
          let singles = (0..<between).map { _ in textbook.word() }
          let expected = (0..<count).map { _ in draw(textbook) }
          var next = engines.makeIterator()
          withEachISA { isa in
            let engine = next.next()!
            for word in singles {
              mismatches.check(engine.word() == word, "\(name(isa)) \(count)")
            }
            buffer.fillWithCanaries()
            let start = buffer.region(count * MemoryLayout<T>.stride, at: edge)
            engine.withPointer { fill($0, start.assumingMemoryBound(to: T.self), count) }
            mismatches.check(buffer.holds(expected, at: edge), "\(name(isa)) \(count) \(edge)")
            mismatches.check(textbook.isState(of: engine), "\(name(isa)) \(count) state")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: [0, 1])
    func wordsEqualTheTextbook(between: Int) {
      checkFill(of: UInt32.self, between: between, fill: cbk_mt19937_fill_u32) { $0.word() }
    }

    /// An odd number of words in between splits pairs over two blocks.
    @Test(arguments: [0, 1])
    func doublesEqualTheTextbook(between: Int) {
      checkFill(of: Double.self, between: between, fill: cbk_mt19937_fill_f64) { $0.double() }
    }

    @Test(arguments: [0, 1, 2, 200, 256, 70_000, .max] as [UInt32])
    func boundedWordsEqualTheTextbook(maximum: UInt32) {
      checkFill(
        of: UInt32.self, between: 0,
        fill: { cbk_mt19937_fill_interval_u32($0, maximum, $1, $2) },
        textbook: { UInt32($0.interval(UInt64(maximum))) })
    }

    @Test(arguments: [0, 5, 1 << 32 - 1, 1 << 32, .max] as [UInt64])
    func boundedWideWordsEqualTheTextbook(maximum: UInt64) {
      checkFill(
        of: UInt64.self, between: 1,
        fill: { cbk_mt19937_fill_interval_u64($0, maximum, $1, $2) },
        textbook: { $0.interval(maximum) })
    }

    @Test func maximaAroundPowersOfTwoEqualTheTextbook() {
      var mismatches = Mismatches()
      for bits in 1...63 {
        for maximum in [1 << bits - 1, 1 << bits, 1 << bits + 1 << bits / 3] as [UInt64] {
          let textbook = TextbookRandomState(seed: UInt32(bits))
          let expected = (0..<60).map { _ in textbook.interval(maximum) }
          withEachISA { isa in
            let engine = Engine(seed: UInt32(bits))
            let bulk = engine.interval(maximum, count: 50)
            let singles = (0..<10).map { _ in engine.interval(maximum) }
            mismatches.check(bulk + singles == expected, "\(name(isa)) \(maximum)")
            mismatches.check(textbook.isState(of: engine), "\(name(isa)) \(maximum) state")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func anIntervalOfZeroDrawsNothing() {
      let engine = Engine(seed: 3)
      #expect(engine.interval(0) == 0)
      #expect(engine.interval(0, count: 3) == [0, 0, 0])
      #expect(TextbookRandomState(seed: 3).isState(of: engine))
    }

    @Test func singleDrawsEqualTheTextbook() {
      withEachISA { isa in
        let textbook = TextbookRandomState(words: [7, 8])
        let engine = Engine(words: [7, 8])
        var mismatches = Mismatches()
        for round in 0..<700 {
          let word = textbook.word()
          let wide = textbook.wideWord()
          let double = textbook.double()
          mismatches.check(engine.word() == word, "word \(round)")
          mismatches.check(engine.wideWord() == wide, "wide word \(round)")
          mismatches.check(engine.double() == double, "double \(round)")
        }
        mismatches.check(textbook.isState(of: engine), "state with \(name(isa))")
        mismatches.expectNone()
      }
    }
  }
}
