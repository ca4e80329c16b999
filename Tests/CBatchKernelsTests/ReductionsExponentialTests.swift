import CBatchKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension KernelTests {
  @Suite struct ReductionsExponentialTests {
    typealias Values = ReductionValues

    #if DEBUG
      static let step: UInt32 = 50_021
    #else
      static let step: UInt32 = 997
    #endif

    /// Negative values of all magnitudes, down to -87.3.
    static let arguments = stride(from: 0, through: Float(87.3).bitPattern, by: Int(step)).map {
      -Float(bitPattern: $0)
    }

    static func error(_ value: Float, _ reference: Double) -> Double {
      abs(Double(value) - reference) / Double(Float(reference).ulp)
    }

    @Test func withinOneUnitInTheLastPlace() {
      let values = Self.arguments
      var expected = [Float](repeating: .nan, count: values.count)
      var expectedSum = 0.0
      withScalar { expectedSum = cbk_exponentials_f32(values, 0, &expected, values.count) }
      var worst = 0.0
      for (x, e) in zip(values, expected) { worst = max(worst, Self.error(e, exp(Double(x)))) }
      #expect(worst <= 1 && worst > 0.5)
      withEachISA { isa in
        var results = [Float](repeating: .nan, count: values.count)
        let sum = cbk_exponentials_f32(values, 0, &results, values.count)
        #expect(results == expected && sum == expectedSum, "\(name(isa))")
      }
    }

    /// The difference to the maximum is not rounded: that alone would cost up to 50 units.
    @Test(arguments: [0.1, 3.7, -2.3, 55.5, -1000.3, 1e-30] as [Float])
    func differencesAreExact(maximum: Float) {
      let values =
        Self.arguments.lazy.map { $0 * 1.01 }.filter { $0 <= maximum }
        + Values.floats(1000, key: 30).map { maximum - ($0 - 0.5) * 87 }
      withEachISA { isa in
        var results = [Float](repeating: .nan, count: values.count)
        cbk_exponentials_f32(Array(values), maximum, &results, values.count)
        var worst = 0.0
        for (x, e) in zip(values, results) where Double(x) - Double(maximum) > -87.2 {
          worst = max(worst, Self.error(e, exp(Double(x) - Double(maximum))))
        }
        #expect(worst <= 1.1 && worst > 0.4, "\(name(isa)) \(worst)")
      }
    }

    @Test func doubles() {
      let values = Self.arguments.map { Double($0) * 8.109 }
      withEachISA { isa in
        var results = [Double](repeating: .nan, count: values.count)
        cbk_exponentials_f64(values, 0, &results, values.count)
        let worst = zip(values, results).map { abs($1 / exp($0) - 1) }.max()!
        #expect(worst <= 3e-13, "\(name(isa)) \(worst)")
      }
    }

    @Test func golden() {
      let values = Values.floats(100, key: 32).map { -40 * $0 }
      withEachISA { isa in
        var results = [Float](repeating: .nan, count: 100)
        let sum = cbk_exponentials_f32(values, 0, &results, 100)
        let hash = results.reduce(0 as UInt32) { $0 &* 31 &+ $1.bitPattern }
        #expect(
          hash == 3_748_300_516 && sum.bitPattern == 4_485_861_900_185_232_537, "\(name(isa)) \(hash) \(sum.bitPattern)"
        )
        var doubles = [Double](repeating: .nan, count: 100)
        let wideSum = cbk_exponentials_f64(values.map(Double.init), 0, &doubles, 100)
        #expect(wideSum.bitPattern == 4_485_861_900_133_576_244, "\(name(isa)) \(wideSum.bitPattern)")
      }
    }

    @Test func edges() {
      withEachISA { isa in
        for count in 1...40 {
          var floats = [Float](repeating: .nan, count: count)
          func exponentials(_ x: Float, _ maximum: Float) -> [Float] {
            cbk_exponentials_f32([Float](repeating: x, count: count), maximum, &floats, count)
            return floats
          }
          #expect(exponentials(0, 0).allSatisfy { $0 == 1 }, "\(name(isa))")
          #expect(exponentials(7.25, 7.25).allSatisfy { $0 == 1 })
          #expect(exponentials(-87.4, 0).allSatisfy { $0 == 0 })
          #expect(exponentials(-.infinity, 3).allSatisfy { $0 == 0 })
          #expect(exponentials(-3e38, 3e38).allSatisfy { $0 == 0 })
          #expect(exponentials(.nan, 0).allSatisfy { $0.isNaN })
          #expect(exponentials(-.infinity, -.infinity).allSatisfy { $0.isNaN })
          #expect(exponentials(.infinity, .infinity).allSatisfy { $0.isNaN })
          var doubles = [Double](repeating: .nan, count: count)
          cbk_exponentials_f64([Double](repeating: .nan, count: count), 0, &doubles, count)
          #expect(doubles.allSatisfy { $0.isNaN })
          cbk_exponentials_f64([Double](repeating: -800, count: count), 0, &doubles, count)
          #expect(doubles.allSatisfy { $0 == 0 })
        }
      }
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func insideTheBuffersAndInPlace(edge: GuardedBuffer.Edge) {
      let buffer = GuardedBuffer(capacity: 800)
      var mismatches = Mismatches()
      for count in 0...100 {
        let floats = Values.floats(count, key: 31)
        let doubles = floats.map(Double.init)
        var expected = [Float](repeating: .nan, count: count)
        var wideExpected = [Double](repeating: .nan, count: count)
        var sums = (0.0, 0.0)
        withScalar {
          sums.0 = cbk_exponentials_f32(floats, 2, &expected, count)
          sums.1 = cbk_exponentials_f64(doubles, 2, &wideExpected, count)
        }
        withEachISA { isa in
          buffer.fillWithCanaries()
          let start = buffer.region(of: floats, at: edge)
          let sum = cbk_exponentials_f32(start, 2, start, count)
          mismatches.check(sum == sums.0 && buffer.holds(expected, at: edge), "f32 \(name(isa)) \(count)")
          buffer.fillWithCanaries()
          let wideStart = buffer.region(of: doubles, at: edge)
          let wideSum = cbk_exponentials_f64(wideStart, 2, wideStart, count)
          mismatches.check(wideSum == sums.1 && buffer.holds(wideExpected, at: edge), "f64 \(name(isa)) \(count)")
        }
      }
      mismatches.expectNone()
    }
  }
}
