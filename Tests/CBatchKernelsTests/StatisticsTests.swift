import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite(.namingCases) struct StatisticsTests {
    typealias Values = ReductionValues

    struct View: CustomStringConvertible {
      let outer: Int
      let channels: Int
      let inner: Int
      var count: Int { outer * channels * inner }
      var description: String { "\(outer) x \(channels) x \(inner)" }
    }

    /// Runs and columns, folded or not, on both sides of a vector, a tile's width and height, and a run.
    static let views: [View] = {
      var views: [View] = []
      for channels in [0, 1, 2, 3, 15, 16, 17, 63, 65] {
        for outer in [0, 1, 2, 7, 16, 33] {
          for inner in [0, 1, 2, 5, 17] { views.append(View(outer: outer, channels: channels, inner: inner)) }
        }
      }
      for inner in [255, 256, 257, 4095, 4096, 4097, 9000] {
        for channels in [1, 2, 3] { views.append(View(outer: 2, channels: channels, inner: inner)) }
      }
      for columns in [255, 256, 257, 271, 272, 273, 530] { views.append(View(outer: 9, channels: columns, inner: 1)) }
      for rows in [255, 256, 257, 513] { views.append(View(outer: rows, channels: 18, inner: 1)) }
      return views
    }()

    static let mostElements = views.map(\.count).max()!

    /// Small integers: sums are exact, so that no element left out or counted twice is hidden by rounding.
    static let integers = ReductionsRowTests.integers(mostElements)

    /// Of channel c: the places of its elements.
    static func places(_ view: View, _ c: Int) -> [Int] {
      (0..<view.outer).flatMap { o in (0..<view.inner).map { (o * view.channels + c) * view.inner + $0 } }
    }

    /// What moments say.
    struct Summary {
      var (count, sum, squares) = (0.0, 0.0, 0.0)  // of the deviations from the mean
      var (minimum, maximum) = (0.0, 0.0)

      init() {}

      init(_ moments: cbk_moments) {
        count = moments.count
        let differences = moments.sum + moments.sum_low
        sum = moments.shift * count + differences
        squares = moments.squares + moments.squares_low - (count == 0 ? 0 : differences / count * differences)
        (minimum, maximum) = (moments.minimum, moments.maximum)
      }
    }

    static func reference(_ values: [Double], _ view: View) -> [Summary] {
      (0..<view.channels).map { c in
        let elements = places(view, c).map { values[$0] }
        var summary = Summary()
        guard let first = elements.first else { return summary }
        let (count, sum) = (Double(elements.count), elements.reduce(0, +))
        let squares = elements.map { ($0 * count - sum) * ($0 * count - sum) }.reduce(0, +) / count / count
        (summary.count, summary.sum, summary.squares) = (count, sum, squares)
        (summary.minimum, summary.maximum) = (elements.reduce(first, min), elements.reduce(first, max))
        return summary
      }
    }

    static func isNear(_ moments: cbk_moments, _ b: Summary) -> Bool {
      let a = Summary(moments)
      return a.count == b.count && a.minimum == b.minimum && a.maximum == b.maximum
        && abs(a.sum - b.sum) <= 1e-13 * abs(b.count * 1000) && abs(a.squares - b.squares) <= 1e-11 * b.squares
    }

    static func areSameMoments(_ a: [cbk_moments], _ b: [cbk_moments]) -> Bool {
      a.count == b.count
        && zip(a, b).allSatisfy { a, b in
          areSame(a.count, b.count) && areSame(a.shift, b.shift) && areSame(a.sum, b.sum)
            && areSame(a.sum_low, b.sum_low) && areSame(a.squares, b.squares)
            && areSame(a.squares_low, b.squares_low) && areSame(a.minimum, b.minimum) && areSame(a.maximum, b.maximum)
        }
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func equalBitsAndInsideTheBuffers(edge: GuardedBuffer.Edge) {
      let narrowBuffer = GuardedBuffer(capacity: Self.mostElements * 4)
      let wideBuffer = GuardedBuffer(capacity: Self.mostElements * 8)
      let byteBuffer = GuardedBuffer(capacity: Self.mostElements)
      var mismatches = Mismatches()
      for view in Self.views {
        let integers = Array(Self.integers.prefix(view.count))
        let narrow = narrowBuffer.region(of: integers, at: edge)
        let wide = wideBuffer.region(of: integers.map(Double.init), at: edge)
        let bytes = integers.map { UInt8(truncatingIfNeeded: Int($0)) }
        let byteRegion = byteBuffer.region(of: bytes, at: edge)
        let expected = Self.reference(integers.map(Double.init), view)
        let expectedBytes = Self.byteReference(bytes, view)
        let scalar = withScalar { Self.moments(view) { cbk_add_moments_f32(narrow, $0, $1, $2, $3) } }
        let wideScalar = withScalar { Self.moments(view) { cbk_add_moments_f64(wide, $0, $1, $2, $3) } }
        for found in [scalar, wideScalar] {
          mismatches.check(zip(found, expected).allSatisfy(Self.isNear), "\(view): \(found) for \(expected)")
        }
        withEachISA { isa in
          let found = Self.moments(view) { cbk_add_moments_f32(narrow, $0, $1, $2, $3) }
          mismatches.check(Self.areSameMoments(found, scalar), "f32 \(name(isa)) \(view)")
          let wideFound = Self.moments(view) { cbk_add_moments_f64(wide, $0, $1, $2, $3) }
          mismatches.check(Self.areSameMoments(wideFound, wideScalar), "f64 \(name(isa)) \(view)")
          let byteFound = Self.moments(view) { cbk_add_moments_u8(byteRegion, $0, $1, $2, $3) }
          mismatches.check(Self.areSameMoments(byteFound, expectedBytes), "u8 \(name(isa)) \(view)")
        }
      }
      mismatches.expectNone()
    }

    static func byteReference(_ bytes: [UInt8], _ view: View) -> [cbk_moments] {
      (0..<view.channels).map { c in
        let elements = places(view, c).map { Double(bytes[$0]) }
        guard let least = elements.min(), let most = elements.max() else { return cbk_moments() }
        return cbk_moments(
          count: Double(elements.count), shift: 0, sum: elements.reduce(0, +), sum_low: 0,
          squares: elements.reduce(0) { $0 + $1 * $1 }, squares_low: 0, minimum: least, maximum: most)
      }
    }

    static func moments(
      _ view: View, _ add: (UnsafeMutablePointer<cbk_moments>?, Int, Int, Int) -> Void
    ) -> [cbk_moments] {
      var moments = [cbk_moments](repeating: cbk_moments(), count: view.channels)
      moments.withUnsafeMutableBufferPointer { add($0.baseAddress, view.outer, view.channels, view.inner) }
      return moments
    }

    /// Bits of values with all fraction bits in use, the same on every instruction set and machine.
    @Test func golden() {
      let values = Values.signedFloats(3 * 4 * 300, magnitude: 5, key: 31)
      let goldens: [(view: View, sum: UInt64, squares: UInt64)] = [
        (View(outer: 1, channels: 1, inner: 3600), 0x40AB_052E_5560_0000, 0x40E0_3D8B_EC3B_2D32),
        (View(outer: 3, channels: 4, inner: 300), 0x4087_BE20_EBA0_0000, 0x40BF_2EFB_BF67_4ACD),
        (View(outer: 900, channels: 4, inner: 1), 0xC09D_AB3F_A150_0000, 0x40C6_2B68_37D5_6361),
      ]
      for golden in goldens {
        withEachISA { isa in
          let found = Self.moments(golden.view) { cbk_add_moments_f32(values, $0, $1, $2, $3) }
          let text = found.map { [$0.sum, $0.squares].map { String($0.bitPattern, radix: 16) } }
          #expect(
            found[0].sum.bitPattern == golden.sum && found[0].squares.bitPattern == golden.squares,
            "\(name(isa)) \(golden.view): \(text[0])")
        }
      }
    }

    @Test func notANumberAndInfinityAtAnyPlace() {
      var mismatches = Mismatches()
      let views = [
        View(outer: 1, channels: 1, inner: 70), View(outer: 3, channels: 19, inner: 1),
        View(outer: 20, channels: 3, inner: 2),
      ]
      withEvery("view", in: views) { view in
        withEvery("place", in: 0..<view.count) { place in
          withEvery("bad", in: [Float.nan, .infinity, -.infinity]) { bad in
            var values = Array(Self.integers.prefix(view.count))
            let clean = withScalar { Self.moments(view) { cbk_add_moments_f32(values, $0, $1, $2, $3) } }
            values[place] = bad
            let wideValues = values.map(Double.init)
            let channel = place / view.inner % view.channels
            withEachISA { isa in
              for found in [
                Self.moments(view) { cbk_add_moments_f32(values, $0, $1, $2, $3) },
                Self.moments(view) { cbk_add_moments_f64(wideValues, $0, $1, $2, $3) },
              ] {
                let it = found[channel]
                let isRight =
                  bad.isNaN
                  ? it.sum.isNaN && it.minimum.isNaN && it.maximum.isNaN
                  : it.sum == Double(bad) && (bad > 0 ? it.maximum : it.minimum) == Double(bad)
                    && (bad > 0 ? it.minimum : it.maximum).isFinite
                mismatches.check(isRight && it.squares.isNaN, "\(name(isa)) \(view) \(bad) at \(place): \(it)")
                let others = found.indices.allSatisfy {
                  $0 == channel || Self.areSameMoments([found[$0]], [clean[$0]])
                }
                mismatches.check(others, "\(name(isa)) \(view) \(bad) at \(place): other channels")
              }
            }
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func extremes() {
      withEachISA { isa in
        let one = View(outer: 1, channels: 1, inner: 3)
        let both = Self.moments(one) { cbk_add_moments_f32([.infinity, 0, -.infinity], $0, $1, $2, $3) }[0]
        #expect(both.sum.isNaN && both.minimum == -.infinity && both.maximum == .infinity, "\(name(isa))")
        let large = Double.greatestFiniteMagnitude
        var wide = Self.moments(one) { cbk_add_moments_f64([large, -large, 1], $0, $1, $2, $3) }[0]
        #expect(wide.squares.isFinite && wide.minimum == -large && wide.maximum == large, "\(name(isa))")
        #expect(cbk_moments_exponent(&wide) == 600, "\(name(isa))")
        let tiny = Self.moments(one) { cbk_add_moments_f32([0x1p-149, 0x1p-149, 0x1p-149], $0, $1, $2, $3) }[0]
        #expect(Summary(tiny).sum == 3 * 0x1p-149 && Summary(tiny).squares == 0, "\(name(isa))")
      }
    }

    /// Constant channels of any value have squares of 0, in one tile; and a far mean costs no precision.
    @Test(arguments: [0.1, 1e6 / 3, -1e9 / 7])
    func deviationsFromAFarMean(mean: Double) {
      let count = 4096
      let constant = [Double](repeating: mean, count: count)
      let steps = (0..<count).map { mean + Double($0 % 4) * 0x1p-10 }
      withEachISA { isa in
        for view in [View(outer: 1, channels: 1, inner: count), View(outer: 128, channels: 32, inner: 1)] {
          let flat = Self.moments(view) { cbk_add_moments_f64(constant, $0, $1, $2, $3) }
          #expect(flat.allSatisfy { $0.squares == 0 && $0.minimum == mean && $0.maximum == mean }, "\(name(isa))")
        }
        let found = Self.moments(View(outer: 1, channels: 1, inner: count)) {
          cbk_add_moments_f64(steps, $0, $1, $2, $3)
        }[0]
        // 0, 1, 2, 3 have the variance 1.25; the steps are rounded to units of the mean.
        let unit = mean.ulp / 0x1p-10
        #expect(abs(Summary(found).squares / Double(count) * 0x1p20 - 1.25) < 1e-12 + 8 * unit, "\(name(isa)) \(found)")
      }
    }

    @Test func partsAreMerged() {
      let values = Values.floats(600 * 5, key: 33)
      let view = View(outer: 600, channels: 5, inner: 1)
      let whole = Self.moments(view) { cbk_add_moments_f32(values, $0, $1, $2, $3) }
      var merged = [cbk_moments](repeating: cbk_moments(), count: 5)
      for (first, end) in [(0, 0), (0, 1), (1, 300), (300, 600), (600, 600)] {
        let part = Array(values[first * 5..<end * 5])
        let moments = Self.moments(View(outer: end - first, channels: 5, inner: 1)) {
          cbk_add_moments_f32(part, $0, $1, $2, $3)
        }
        cbk_merge_moments(moments, &merged, 5, false)
      }
      for (a, b) in zip(merged, whole) { #expect(Self.isNear(a, Summary(b)), "\(a) for \(b)") }
    }

    @Test func products() {
      for (rows, columns) in [(0, 3), (1, 1), (5, 4), (256, 17), (33, 70)] {
        let values = ReductionsRowTests.integers(rows * columns)
        let shifts = ReductionsRowTests.integers(columns)
        var expected = [Double](repeating: 0, count: columns * columns)
        var expectedSums = [Double](repeating: 1, count: columns)
        for r in 0..<rows {
          for a in 0..<columns {
            let x = Double(values[r * columns + a]) - Double(shifts[a])
            expectedSums[a] += x
            for b in a..<columns {
              expected[a * columns + b] += x * (Double(values[r * columns + b]) - Double(shifts[b]))
            }
          }
        }
        var sums = [Double](repeating: 1, count: columns)
        var products = [Double](repeating: 0, count: columns * columns)
        var shifted = [Float](repeating: 0, count: rows * columns)
        var scratch = [Float](repeating: 0, count: columns * columns)
        cbk_add_products_f32(values, shifts, &shifted, &scratch, &products, &sums, rows, columns)
        let isNarrowNear = isNear(products, expected, 0x1p-24 * Double(rows + 3), columns)
        #expect(sums == expectedSums && isNarrowNear, "f32 \(rows) x \(columns)")
        products = [Double](repeating: 0, count: columns * columns)
        sums = [Double](repeating: 1, count: columns)
        var (wideShifted, wideScratch) = (shifted.map(Double.init), scratch.map(Double.init))
        cbk_add_products_f64(
          values.map(Double.init), shifts.map(Double.init), &wideShifted, &wideScratch, &products, &sums, rows, columns)
        #expect(sums == expectedSums && products == expected, "f64 \(rows) x \(columns)")
      }
    }

    /// Terms of x[a] and x[b] are bounded by the geometric mean of the squares' sums.
    private func isNear(_ found: [Double], _ expected: [Double], _ bound: Double, _ columns: Int) -> Bool {
      found.indices.allSatisfy { i in
        let (a, b) = i.quotientAndRemainder(dividingBy: columns)
        let scale = (expected[a * columns + a] * expected[b * columns + b]).squareRoot()
        return a > b || abs(found[i] - expected[i]) <= bound * scale
      }
    }
  }
}
