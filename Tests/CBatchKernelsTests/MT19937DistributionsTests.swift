import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  /// Small integers, normal and binomial numbers of NumPy's RandomState.
  @Suite struct MT19937DistributionsTests {
    // MARK: Against NumPy

    /// From NumPy 2.4.6.
    ///
    /// The logarithm L of another C library may be a neighbour, off by up to 2^-52 L. Then the quotient 2L / r2 is off
    /// by that and by another rounding, up to 2 * 2^-52; its root by half of that and another rounding, 2 * 2^-52; the
    /// product with x by 3 * 2^-52, all relative.
    @Test func knownNormals() {
      let expected: [(seed: UInt32, normals: [Double])] = [
        (0, [1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675]),
        (42, [0.4967141530112327, -0.13826430117118466, 0.6476885381006925, 1.5230298564080254, -0.23415337472333597]),
      ]
      withEachISA { isa in
        for (seed, normals) in expected {
          for (found, normal) in zip(Engine(seed: seed).normals(5), normals) {
            #expect(abs(found - normal) <= 3 * Double.ulpOfOne * abs(normal), "\(name(isa))")
          }
        }
      }
    }

    private static func trace(_ name: String) -> NumPyTrace { NumPyGoldens.distributions.trace(name) }

    @Test func normalsEqualNumPy() {
      withEachISA { isa in
        for seed in [0, 1, 12345] as [UInt32] {
          let engine = Engine(seed: seed)
          var trace = Self.trace("normal numbers of \(seed)")
          for count in [1, 0, 2, 7, 312, 1, 1000] { trace.check("\(count) numbers", rounded(engine.normals(count))) }
          trace.check("word", [engine.word()])
          trace.check("1 numbers", rounded(engine.normals(1)))
          #expect(trace.difference == nil, "\(name(isa))")
        }
      }
    }

    private func checkIntegers<T: FixedWidthInteger>(upTo maximum: T, draw: (Engine, Int) -> [T]) {
      withEachISA { isa in
        let engine = Engine(seed: 3)
        var trace = Self.trace("\(T.bitWidth) bits up to \(maximum)")
        for count in [0, 1, 2, 3, 4, 5, 7, 100, 1001] { trace.check("\(count) integers", draw(engine, count)) }
        trace.check("word", [engine.word()])
        #expect(trace.difference == nil, "\(name(isa))")
      }
    }

    @Test(arguments: [0, 1, 2, 127, 128, 200, 255] as [UInt8])
    func bytesEqualNumPy(maximum: UInt8) {
      checkIntegers(upTo: maximum) { $0.bytes(upTo: maximum, count: $1) }
    }

    @Test(arguments: [0, 1, 255, 256, 33000, 65534, 65535] as [UInt16])
    func halvesEqualNumPy(maximum: UInt16) {
      checkIntegers(upTo: maximum) { $0.halves(upTo: maximum, count: $1) }
    }

    @Test func booleansEqualNumPy() {
      withEachISA { isa in
        let engine = Engine(seed: 3)
        var trace = Self.trace("booleans")
        for count in [0, 1, 2, 31, 32, 33, 100, 1001] {
          trace.check("\(count) booleans", engine.booleans(count).map { $0 ? 1 : 0 })
        }
        trace.check("word", [engine.word()])
        #expect(trace.difference == nil, "\(name(isa))")
      }
    }

    @Test(arguments: [0, 1, 2, 10, 59, 60, 61, 1000, 1_000_000, 1 << 53 + 1, 1 << 62] as [Int64])
    func binomialsEqualNumPy(trials: Int64) {
      // BTPE begins where the mean is above 30.
      let x = 30 / Double(max(trials, 60))
      let probabilities = [
        0, 1e-18, 0.001, 0.1, 0.25, 0.4, x.nextDown, x, x.nextUp, 0.5, 0.5.nextUp, 1 - x, 0.7, 0.9, 0.999, 1,
      ]
      withEachISA { isa in
        for (place, probability) in probabilities.enumerated() {
          let engine = Engine(seed: 4)
          var trace = Self.trace("binomial numbers of \(trials), probability \(place)")
          trace.check("50 numbers", engine.binomials(trials: trials, probability: probability, count: 50))
          trace.check("word", [engine.word()])
          #expect(trace.difference == nil, "\(name(isa)) \(probability)")
        }
      }
    }

    /// Enough to come to the last test of BTPE, which few draws need, and with numbers of trials that no Double has.
    @Test func manyBinomialsEqualNumPy() {
      let cases: [(trials: Int64, probability: Double)] = [
        (100, 0.4), (1000, 0.5), (100_000, 0.3), (1_000_000_000, 0.8), (1 << 53 + 1, 1e-13), (1 << 62, 1e-16),
      ]
      for (trials, probability) in cases {
        let engine = Engine(seed: 5)
        var trace = Self.trace("many binomial numbers of \(trials)")
        trace.check("100000 numbers", engine.binomials(trials: trials, probability: probability, count: 100_000))
        trace.check("word", [engine.word()])
        #expect(trace.difference == nil, "\(probability)")
      }
    }

    /// Inversion from the greatest uniform number, 1 - 2^-53: it comes to numbers far above the mean, or to none below
    /// the bound, and then goes on from the next uniform number. With no_success off in its last place, the same come.
    @Test func binomialsOfTheGreatestUniformNumberEqualNumPy() {
      // binomial(n, p) of NumPy 2.4.6 after set_state of RandomState(1) with two words put in the key like here.
      let cases: [(trials: Int64, probability: Double, drawn: Int64, words: UInt32)] = [
        (40, 0.2, 31, 2), (100, 0.1, 40, 2), (100, 0.2, 55, 2), (300, 0.1, 77, 2), (100_000, 1e-4, 39, 2),
        (100, 0.05, 6, 4), (300, 0.05, 17, 4), (1000, 0.01, 12, 4),
      ]
      let source = Engine(seed: 1)
      _ = source.word()
      // What tempering makes 2^32 - 1.
      let key = [0x12dd_9bb3, 0x12dd_9bb3] + source.key[2...]
      for (trials, probability, drawn, words) in cases {
        let engine = Engine(key: key)
        #expect(engine.binomials(trials: trials, probability: probability, count: 1) == [drawn])
        #expect(engine.position == words)
      }
    }

    // MARK: Against the textbook

    /// Fills guarded buffers of many counts, one engine going on from count to count, and compares them and the state
    /// after each, cached number included, with the textbook.
    private func checkFill<T>(
      _ description: String, fill: (Engine, UnsafeMutablePointer<T>, Int) -> Void,
      textbook draw: (TextbookRandomState, Int) -> [T]
    ) {
      let counts = Array(0...70) + [155, 156, 157, 311, 312, 313, 624, 1249, 2497, 5001]
      let buffer = GuardedBuffer(capacity: 5001 * MemoryLayout<T>.stride)
      let textbook = TextbookRandomState(seed: 5)
      let engines = KernelTests.availableISAs.map { _ in Engine(seed: 5) }
      var mismatches = Mismatches()
      for count in counts {
        for edge in GuardedBuffer.Edge.allCases {
          let expected = draw(textbook, count)
          var next = engines.makeIterator()
          withEachISA { isa in
            let engine = next.next()!
            buffer.fillWithCanaries()
            let start = buffer.region(count * MemoryLayout<T>.stride, at: edge)
            fill(engine, start.assumingMemoryBound(to: T.self), count)
            mismatches.check(buffer.holds(expected, at: edge), "\(description) \(name(isa)) \(count) \(edge)")
            mismatches.check(textbook.isState(of: engine), "\(description) \(name(isa)) \(count) state")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: [0, 1, 3, 127, 128, 254, 255] as [UInt8])
    func bytesEqualTheTextbook(maximum: UInt8) {
      checkFill("\(maximum)") { engine, values, count in
        engine.withPointer { cbk_mt19937_fill_interval_u8($0, maximum, values, count) }
      } textbook: { textbook, count in
        textbook.pieces(upTo: maximum, count: count)
      }
    }

    @Test(arguments: [0, 1, 255, 256, 32768, 65534, 65535] as [UInt16])
    func halvesEqualTheTextbook(maximum: UInt16) {
      checkFill("\(maximum)") { engine, values, count in
        engine.withPointer { cbk_mt19937_fill_interval_u16($0, maximum, values, count) }
      } textbook: { textbook, count in
        textbook.pieces(upTo: maximum, count: count)
      }
    }

    @Test func booleansEqualTheTextbook() {
      checkFill("bool") { engine, values, count in
        engine.withPointer { cbk_mt19937_fill_bool($0, values, count) }
      } textbook: { textbook, count in
        textbook.booleans(count: count)
      }
    }

    /// Bit for bit, as both use the same C library.
    @Test func normalsEqualTheTextbook() {
      checkFill("normal") { engine, values, count in
        engine.fillNormals(values, count)
      } textbook: { textbook, count in
        (0..<count).map { _ in textbook.normal() }
      }
    }

    /// By inversion and by BTPE: a fill draws what single calls draw.
    @Test func binomialsStayInTheirBuffer() {
      for probability in [0.1, 0.45, 0.9] {
        let buffer = GuardedBuffer(capacity: 100 * 8)
        for count in [0, 1, 2, 99, 100] {
          for edge in GuardedBuffer.Edge.allCases {
            let (one, many) = (Engine(seed: 6), Engine(seed: 6))
            let expected = (0..<count).flatMap { _ in one.binomials(trials: 150, probability: probability, count: 1) }
            buffer.fillWithCanaries()
            let start = buffer.region(count * 8, at: edge).assumingMemoryBound(to: Int64.self)
            many.withPointer { cbk_mt19937_fill_binomial($0, 150, probability, start, count) }
            #expect(buffer.holds(expected, at: edge), "\(probability) \(count) \(edge)")
            #expect(one.word() == many.word())
          }
        }
      }
    }
  }
}
