import BatchUpSystem
import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct ReductionsTermTests {
    typealias Values = ReductionValues

    struct Term: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var term: cbk_term
      /// Pairs that any count of elements is filled with.
      var pairs: [(x: Float, y: Float)]
      var reference: @Sendable (Double, Double) -> Double
      /// Bits of the sum over the 201 first pairs, as Floats.
      var golden: UInt64
    }

    static let numbers = Array(zip(Values.signedFloats(300, magnitude: 3, key: 1), Values.floats(300, key: 2)))

    /// Probabilities of all magnitudes, at both ends, with targets 0, 1 and between.
    static let probabilities: [(Float, Float)] = {
      let edges: [Float] = [0, 1, 0x1p-149, 0x1p-127, 1e-30, 1e-12, 1e-5, 0.5, 0.999, 1 - 0x1p-24]
      let inside = Values.floats(19, key: 3).map { $0 - 0.5 }
      return (0..<300).map { i in
        let x = i % 29 < 10 ? edges[i % 29] : inside[i % 29 - 10]
        return (x, [0, 1, 0.25, 0.9][i % 4])
      }
    }()

    static let logits: [(Float, Float)] = {
      let edges: [Float] = [0, -0.0, 1e-30, -17, 17, 87.4, -87.4, 100, -800, 3e38]
      let inside = Values.signedFloats(19, magnitude: 12, key: 4)
      return (0..<300).map { i in
        let x = i % 29 < 10 ? edges[i % 29] : inside[i % 29 - 10]
        return (x, x > 1e6 ? 1 : [0, 1, 0.25, 0.9][i % 4])
      }
    }()

    static let terms = [
      Term(
        testDescription: "value", term: CBK_TERM_VALUE, pairs: numbers, reference: { x, _ in x },
        golden: 0x4047_AD82_D000_0000),
      Term(
        testDescription: "square", term: CBK_TERM_SQUARE, pairs: numbers, reference: { x, _ in x * x },
        golden: 0x4082_2A02_AC75_B53E),
      Term(
        testDescription: "product", term: CBK_TERM_PRODUCT, pairs: numbers, reference: { $0 * $1 },
        golden: 0x4048_82FF_B515_73D8),
      Term(
        testDescription: "squared error", term: CBK_TERM_SQUARED_ERROR, pairs: numbers,
        reference: { ($0 - $1) * ($0 - $1) }, golden: 0x4085_99A9_81CF_440A),
      Term(
        testDescription: "absolute error", term: CBK_TERM_ABSOLUTE_ERROR, pairs: numbers,
        reference: { abs($0 - $1) }, golden: 0x4072_B67E_6E20_0000),
      Term(
        testDescription: "binary cross-entropy", term: CBK_TERM_BINARY_CROSS_ENTROPY, pairs: probabilities,
        reference: { -($1 * max(log($0), -100) + (1 - $1) * max(log1p(-$0), -100)) }, golden: 0x409D_78F8_3160_3090),
      Term(
        testDescription: "logistic cross-entropy", term: CBK_TERM_LOGISTIC_CROSS_ENTROPY, pairs: logits,
        reference: { max($0, 0) - $0 * $1 + log1p(exp(-abs($0))) }, golden: 0x40AF_EAE6_0D42_318C),
    ]

    static let lengths = Array(0...200) + [8191, 8192, 8193, 20_000]

    static func filled(_ pairs: [(x: Float, y: Float)], _ count: Int) -> (x: [Float], y: [Float]) {
      ((0..<count).map { pairs[$0 % pairs.count].x }, (0..<count).map { pairs[$0 % pairs.count].y })
    }

    @Test(arguments: terms)
    func equalBitsAndInsideTheBuffers(term: Term) {
      let largest = Self.lengths.last! * 8
      let buffers = (x: GuardedBuffer(capacity: largest), y: GuardedBuffer(capacity: largest))
      let wideBuffers = (x: GuardedBuffer(capacity: largest), y: GuardedBuffer(capacity: largest))
      var mismatches = Mismatches()
      for edge in GuardedBuffer.Edge.allCases {
        for length in Self.lengths {
          let (x, y) = Self.filled(term.pairs, length)
          let narrow = (x: buffers.x.region(of: x, at: edge), y: buffers.y.region(of: y, at: edge))
          let wide = (
            x: wideBuffers.x.region(of: x.map(Double.init), at: edge),
            y: wideBuffers.y.region(of: y.map(Double.init), at: edge)
          )
          let expected = withScalar { cbk_term_sum_f32(term.term, narrow.x, narrow.y, length) }
          let expectedWide = withScalar { cbk_term_sum_f64(term.term, wide.x, wide.y, length) }
          withEachISA { isa in
            let sum = cbk_term_sum_f32(term.term, narrow.x, narrow.y, length)
            mismatches.check(areSame(sum, expected), "f32 \(name(isa)) \(length): \(sum) for \(expected)")
            let wideSum = cbk_term_sum_f64(term.term, wide.x, wide.y, length)
            mismatches.check(areSame(wideSum, expectedWide), "f64 \(name(isa)) \(length): \(wideSum)")
          }
        }
      }
      mismatches.expectNone()
    }

    /// Terms are within 1e-11, and no sum here loses more than 513 * 2^-53 = 6e-14 (OpenBLAS's: 1e-12) of the
    /// magnitudes, so that 1.2e-11 of them bounds both.
    @Test(arguments: terms)
    func precise(term: Term) {
      var mismatches = Mismatches()
      for length in Array(0...70) + [8191, 8192, 8193, 20_000] {
        let (x, y) = Self.filled(term.pairs, length)
        let references = zip(x, y).map { term.reference(Double($0), Double($1)) }
        let reference = Values.sum(references)
        let bound = 1.2e-11 * Values.sum(references.map(abs))
        let sum = cbk_term_sum_f32(term.term, x, y, length)
        mismatches.check(abs(sum - reference) <= bound, "f32 \(length): \(sum) for \(reference)")
        let wideSum = cbk_term_sum_f64(term.term, x.map(Double.init), y.map(Double.init), length)
        mismatches.check(abs(wideSum - reference) <= bound, "f64 \(length): \(wideSum) for \(reference)")
      }
      mismatches.expectNone()
    }

    /// Single terms: an error in a small one would not show in a sum.
    @Test(arguments: terms)
    func preciseAlone(term: Term) {
      var mismatches = Mismatches()
      for (x, y) in term.pairs {
        let reference = term.reference(Double(x), Double(y))
        // Differences of numbers like x * y; 1e-37 for e^-87.3, below which an exponential is 0.
        let bound = 1e-11 * abs(reference) + 0x1p-52 * abs(Double(x) * Double(y)) + 1e-37
        let sum = cbk_term_sum_f32(term.term, [x], [y], 1)
        mismatches.check(abs(sum - reference) <= bound, "(\(x), \(y)): \(sum) for \(reference)")
      }
      mismatches.expectNone()
    }

    @Test(arguments: terms)
    func golden(term: Term) {
      let (x, y) = Self.filled(term.pairs, 201)
      withEachISA { isa in
        let sum = cbk_term_sum_f32(term.term, x, y, 201)
        #expect(sum.bitPattern == term.golden, "\(name(isa)): 0x\(String(sum.bitPattern, radix: 16))")
      }
    }

    @Test(arguments: terms)
    func ofNothing(term: Term) {
      withEachISA { _ in
        #expect(cbk_term_sum_f32(term.term, nil, nil, 0) == 0)
        #expect(cbk_term_sum_f64(term.term, nil, nil, 0) == 0)
      }
    }

    /// A NaN at any place of any vector reaches the sum.
    @Test(arguments: terms)
    func notANumber(term: Term) {
      var mismatches = Mismatches()
      for length in [1, 15, 16, 17, 33, 100] {
        for position in 0..<length {
          var (x, y) = Self.filled(term.pairs, length)
          x[position] = .nan
          let wide = (x: x.map(Double.init), y: y.map(Double.init))
          withEachISA { isa in
            let sum = cbk_term_sum_f32(term.term, x, y, length)
            let wideSum = cbk_term_sum_f64(term.term, wide.x, wide.y, length)
            mismatches.check(sum.isNaN && wideSum.isNaN, "\(name(isa)) \(position) of \(length)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func probabilitiesOutsideTheUnitInterval() {
      withEachISA { isa in
        for x: Float in [-0x1p-149, -1, 1 + 0x1p-23, 2, .infinity, -.infinity, .nan] {
          for y: Float in [0, 0.5, 1] {
            let loss = cbk_term_sum_f32(CBK_TERM_BINARY_CROSS_ENTROPY, [x], [y], 1)
            let wideLoss = cbk_term_sum_f64(CBK_TERM_BINARY_CROSS_ENTROPY, [Double(x)], [Double(y)], 1)
            #expect(loss.isNaN && wideLoss.isNaN, "\(name(isa)) \(x) \(y)")
          }
        }
        #expect(cbk_term_sum_f32(CBK_TERM_BINARY_CROSS_ENTROPY, [-0.0, 0, 1], [1, 1, 0], 3) == 300, "\(name(isa))")
        #expect(cbk_term_sum_f32(CBK_TERM_BINARY_CROSS_ENTROPY, [-0.0, 0, 1], [0, 0, 1], 3) == 0, "\(name(isa))")
      }
    }
  }
}

/// The result of `body` on the scalar kernels.
func withScalar<T>(_ body: () -> T) -> T {
  let previous = cbk_active_isa()
  defer { cbk_set_isa(previous) }
  #expect(cbk_set_isa(CBK_ISA_SCALAR))
  return body()
}
