import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct MeansTests {
    static let lengths =
      Array(1...100) + [1000] + [8192, 16_384, 24_576].flatMap { [$0 - 1, $0, $0 + 1] } + [100_000]

    /// Fixed values in [0.5, 1.5), with all fraction bits of a Float in use.
    static func floats(_ count: Int, key: UInt64) -> [Float] {
      let superblocks = (count + 63) / 64
      var words = [UInt32](repeating: 0, count: superblocks * 64)
      cbk_philox_fill(cbk_stream(key: key, stream: 9), 0, &words, superblocks)
      return words[..<count].map { 0.5 + Float($0 >> 9) * 0x1p-23 }
    }

    /// Fixed values in [0.5, 1.5), with all fraction bits of a Double in use.
    static func doubles(_ count: Int, key: UInt64) -> [Double] {
      zip(floats(count, key: key), floats(count, key: key + 1000)).map {
        Double($0) + Double($1) * 0x1p-30
      }
    }

    /// Neumaier's sum: its error, about 2^-53 of the sum here, is far below the bounds tested.
    static func sum(_ terms: [Double]) -> Double {
      var sum = 0.0
      var lost = 0.0
      for term in terms {
        let next = sum + term
        lost += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
        sum = next
      }
      return sum + lost
    }

    static func relativeError(_ value: Double, _ reference: Double) -> Double {
      abs(value - reference) / abs(reference)
    }

    /// dsdot of OpenBLAS adds 32 products in Float, each through at most 6 additions and one rounding of
    /// the product, and adds the sums in Double: 7 * 2^-24 of the sum of magnitudes at most, which is
    /// the sum here as all terms are positive. (Seen: 2e-7.)
    static let floatBound = 0x1p-21

    /// Errors of blocks of 32 are independent of each other, around 5e-8: a thousand values average them.
    static let longFloatBound = 1e-7

    /// At most 8192 / 32 + 6 additions in a row, each rounding by 2^-53 of the sum; seen: 3e-16.
    static let doubleBound = 262 * 0x1p-53

    @Test func meansOfFloats() {
      let all = Self.floats(100_000, key: 1)
      var mismatches = Mismatches()
      for length in Self.lengths {
        let values = Array(all[..<length])
        let reference = Self.sum(values.map(Double.init)) / Double(length)
        let error = Self.relativeError(cbk_mean_f32(values, length), reference)
        let bound = length < 1000 ? Self.floatBound : Self.longFloatBound
        mismatches.check(error <= bound, "error \(error) at \(length)")
      }
      mismatches.expectNone()
    }

    @Test func meansOfDoubles() {
      let all = Self.doubles(100_000, key: 2)
      var mismatches = Mismatches()
      for length in Self.lengths {
        let values = Array(all[..<length])
        let reference = Self.sum(values) / Double(length)
        let error = Self.relativeError(cbk_mean_f64(values, length), reference)
        mismatches.check(error <= Self.doubleBound, "error \(error) at \(length)")
      }
      mismatches.expectNone()
    }

    @Test func weightedMeans() {
      let floats = Self.floats(100_000, key: 3)
      let floatWeights = Self.floats(100_000, key: 4)
      let doubles = Self.doubles(100_000, key: 5)
      let doubleWeights = Self.doubles(100_000, key: 6)
      var mismatches = Mismatches()
      for length in Self.lengths {
        let products = zip(floats, floatWeights).prefix(length).map { Double($0) * Double($1) }
        let total = Self.sum(floatWeights.prefix(length).map(Double.init))
        let error = Self.relativeError(
          cbk_weighted_mean_f32(floats, floatWeights, length), Self.sum(products) / total)
        // Numerator and denominator err by a bound each.
        let bound = 2 * (length < 1000 ? Self.floatBound : Self.longFloatBound)
        mismatches.check(error <= bound, "f32 error \(error) at \(length)")

        let wideProducts = zip(doubles, doubleWeights).prefix(length).map { $0 * $1 }
        let wideError = Self.relativeError(
          cbk_weighted_mean_f64(doubles, doubleWeights, length),
          Self.sum(wideProducts) / Self.sum(Array(doubleWeights[..<length])))
        mismatches.check(wideError <= 3 * Self.doubleBound, "f64 error \(wideError) at \(length)")
      }
      mismatches.expectNone()
    }

    /// Values of 10 bits and weights of 4 bits: no partial sum of any order is rounded, so that a value
    /// left out, counted twice or read beyond the end shows at once.
    @Test func exactWhereNothingIsRounded() {
      let values = Self.floats(100_000, key: 7).map { ($0 * 1024).rounded() / 1024 }
      let weights = Self.floats(100_000, key: 8).map { ($0 * 8).rounded() / 16 }
      let signed = values.enumerated().map { $0.offset % 3 == 0 ? -$0.element : $0.element }
      var mismatches = Mismatches()
      for length in Self.lengths {
        let terms = signed.prefix(length).map(Double.init)
        let sum = terms.reduce(0, +)
        mismatches.check(cbk_mean_f32(signed, length) == sum / Double(length), "f32 \(length)")
        mismatches.check(cbk_mean_f64(terms, length) == sum / Double(length), "f64 \(length)")
        let factors = weights.prefix(length).map(Double.init)
        let expected = zip(terms, factors).map { $0 * $1 }.reduce(0, +) / factors.reduce(0, +)
        mismatches.check(
          cbk_weighted_mean_f32(signed, weights, length) == expected, "weighted f32 \(length)")
        mismatches.check(
          cbk_weighted_mean_f64(terms, factors, length) == expected, "weighted f64 \(length)")
      }
      mismatches.expectNone()
    }

    @Test func readsNothingBeyondTheEnd() {
      let buffer = GuardedBuffer(capacity: 100 * 8)
      let doubles = GuardedBuffer(capacity: 100 * 8)
      for length in 1...100 {
        let ones = buffer.region(of: [Float](repeating: 1, count: length), at: .back)
        #expect(cbk_mean_f32(ones, length) == 1)
        #expect(cbk_weighted_mean_f32(ones, ones, length) == 1)
        let wideOnes = doubles.region(of: [Double](repeating: 1, count: length), at: .back)
        #expect(cbk_mean_f64(wideOnes, length) == 1)
        #expect(cbk_weighted_mean_f64(wideOnes, wideOnes, length) == 1)
      }
    }

    @Test func undefinedMeansAreNotNumbers() {
      #expect(cbk_mean_f32(nil, 0).isNaN)
      #expect(cbk_mean_f64(nil, 0).isNaN)
      #expect(cbk_weighted_mean_f32(nil, nil, 0).isNaN)
      #expect(cbk_weighted_mean_f64(nil, nil, 0).isNaN)
      #expect(cbk_weighted_mean_f32([1, 2], [0, 0], 2).isNaN)
      #expect(cbk_weighted_mean_f64([1, 2], [1, -1], 2).isNaN)
      #expect(cbk_mean_f32([1, .nan], 2).isNaN)
      #expect(cbk_mean_f64([1, .infinity], 2) == .infinity)
    }
  }
}
