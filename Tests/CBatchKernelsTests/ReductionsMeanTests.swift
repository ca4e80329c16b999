import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct ReductionsMeanTests {
    typealias Values = ReductionValues

    static let lengths =
      Array(1...100) + [1000] + [8192, 16_384].flatMap { [$0 - 1, $0, $0 + 1] } + [100_000]

    static func relativeError(_ value: Double, _ reference: Double) -> Double {
      abs(value - reference) / abs(reference)
    }

    static func mean(_ values: [Float], _ count: Int) -> Double {
      cbk_term_sum_f32(CBK_TERM_VALUE, values, nil, count) / Double(count)
    }

    static func mean(_ values: [Double], _ count: Int) -> Double {
      cbk_term_sum_f64(CBK_TERM_VALUE, values, nil, count) / Double(count)
    }

    static func weightedMean(_ values: [Float], _ weights: [Float], _ count: Int) -> Double {
      cbk_term_sum_f32(CBK_TERM_PRODUCT, values, weights, count) / cbk_term_sum_f32(CBK_TERM_VALUE, weights, nil, count)
    }

    static func weightedMean(_ values: [Double], _ weights: [Double], _ count: Int) -> Double {
      cbk_term_sum_f64(CBK_TERM_PRODUCT, values, weights, count) / cbk_term_sum_f64(CBK_TERM_VALUE, weights, nil, count)
    }

    @Test func meansAreTheSumsDocumented() {
      let floats = Values.floats(100_000, key: 1)
      let doubles = Values.doubles(100_000, key: 2)
      var mismatches = Mismatches()
      for length in Self.lengths {
        let floatSum = Values.documentedSum(floats.prefix(length).map(Double.init))
        let doubleSum = Values.documentedSum(Array(doubles.prefix(length)))
        withEachISA { isa in
          mismatches.check(Self.mean(floats, length) == floatSum / Double(length), "f32 \(name(isa)) \(length)")
          mismatches.check(Self.mean(doubles, length) == doubleSum / Double(length), "f64 \(name(isa)) \(length)")
        }
      }
      mismatches.expectNone()
    }

    @Test func meansArePrecise() {
      let floats = Values.floats(100_000, key: 1)
      let doubles = Values.doubles(100_000, key: 2)
      var mismatches = Mismatches()
      for length in Self.lengths {
        let floatReference = Values.sum(floats.prefix(length).map(Double.init)) / Double(length)
        let floatError = Self.relativeError(Self.mean(floats, length), floatReference)
        mismatches.check(floatError <= Values.sumBound, "f32 error \(floatError) at \(length)")
        let doubleReference = Values.sum(doubles.prefix(length)) / Double(length)
        let doubleError = Self.relativeError(Self.mean(doubles, length), doubleReference)
        mismatches.check(doubleError <= Values.sumBound, "f64 error \(doubleError) at \(length)")
      }
      mismatches.expectNone()
    }

    @Test func weightedMeansArePrecise() {
      let floats = Values.floats(100_000, key: 3)
      let floatWeights = Values.floats(100_000, key: 4)
      let doubles = Values.doubles(100_000, key: 5)
      let doubleWeights = Values.doubles(100_000, key: 6)
      var mismatches = Mismatches()
      for length in Self.lengths {
        let products = zip(floats, floatWeights).prefix(length).map { Double($0) * Double($1) }
        let reference = Values.sum(products) / Values.sum(floatWeights.prefix(length).map(Double.init))
        withEachISA { isa in
          let error = Self.relativeError(Self.weightedMean(floats, floatWeights, length), reference)
          mismatches.check(error <= 2 * Values.sumBound, "f32 \(name(isa)) error \(error) at \(length)")
        }
        let wideProducts = zip(doubles, doubleWeights).prefix(length).map { $0 * $1 }
        let wideReference = Values.sum(wideProducts) / Values.sum(doubleWeights.prefix(length))
        let wideError = Self.relativeError(Self.weightedMean(doubles, doubleWeights, length), wideReference)
        mismatches.check(wideError <= 2 * Values.blasSumBound, "f64 error \(wideError) at \(length)")
      }
      mismatches.expectNone()
    }

    /// Values of 10 bits and weights of 4 bits: no partial sum of any order is rounded, so that a value
    /// left out, counted twice or read beyond the end shows at once.
    @Test func exactWhereNothingIsRounded() {
      let values = Values.floats(100_000, key: 7).map { ($0 * 1024).rounded() / 1024 }
      let weights = Values.floats(100_000, key: 8).map { ($0 * 8).rounded() / 16 }
      let signed = values.enumerated().map { $0.offset % 3 == 0 ? -$0.element : $0.element }
      var mismatches = Mismatches()
      for length in Self.lengths {
        let terms = signed.prefix(length).map(Double.init)
        let factors = weights.prefix(length).map(Double.init)
        let expected = zip(terms, factors).map { $0 * $1 }.reduce(0, +) / factors.reduce(0, +)
        withEachISA { isa in
          let narrow = Self.weightedMean(signed, weights, length)
          mismatches.check(narrow == expected, "f32 \(name(isa)) \(length)")
          let wide = Self.weightedMean(terms, factors, length)
          mismatches.check(wide == expected, "f64 \(name(isa)) \(length)")
        }
      }
      mismatches.expectNone()
    }

    /// Segments added in order give the sum of the whole, bit for bit.
    @Test func segments() {
      let segment = CBK_REDUCTION_SEGMENT
      let values = Values.floats(2 * segment + 8193, key: 9)
      withEachISA { isa in
        for count in [segment - 1, segment, segment + 1, values.count] {
          values.withUnsafeBufferPointer { values in
            let starts = stride(from: 0, to: count, by: segment)
            let sums = starts.map {
              cbk_term_sum_f32(CBK_TERM_VALUE, values.baseAddress! + $0, nil, min(count - $0, segment))
            }
            let whole = cbk_term_sum_f32(CBK_TERM_VALUE, values.baseAddress, nil, count)
            #expect(sums.reduce(0, +) == whole, "\(name(isa)) \(count)")
          }
        }
      }
      let terms = values.map(Double.init)
      #expect(Self.mean(values, values.count) == Values.documentedSum(terms) / Double(terms.count))
    }

    @Test func specialValues() {
      withEachISA { _ in
        #expect(Self.mean([1, .nan] as [Float], 2).isNaN)
        #expect(Self.mean([1, .infinity] as [Double], 2) == .infinity)
        #expect(Self.mean([.greatestFiniteMagnitude, .greatestFiniteMagnitude] as [Float], 2) == 0x1.fffffep127)
      }
    }
  }
}
