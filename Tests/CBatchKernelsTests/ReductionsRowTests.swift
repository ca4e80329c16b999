import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct ReductionsRowTests {
    typealias Values = ReductionValues

    /// All widths that are folded, some on both sides of a vector, a tile and a block.
    static let widths = Array(0...66) + [79, 80, 81, 100, 784, 1000, 1023, 1024, 1025, 2100]

    /// Small integers: all sums are exact, so that their order cannot hide an element left out or counted twice.
    static func integers(_ count: Int) -> [Float] {
      Values.floats(count, key: 20).map { ($0 * 1000).rounded() - 900 }
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func columnSumsAreExact(edge: GuardedBuffer.Edge) {
      let capacity = 520 * 17 * 8
      let buffer = GuardedBuffer(capacity: capacity)
      let wideBuffer = GuardedBuffer(capacity: capacity)
      let sums = GuardedBuffer(capacity: 2100 * 8)
      var mismatches = Mismatches()
      for width in Self.widths {
        let rowCounts = [0, 1, 2, 5, 16, 17, 35] + (width > 0 && width <= 17 ? [255, 256, 257, 515] : [])
        for rowCount in rowCounts where rowCount * width <= capacity / 8 {
          let integers = Self.integers(rowCount * width)
          let values = buffer.region(of: integers, at: edge)
          let wideValues = wideBuffer.region(of: integers.map(Double.init), at: edge)
          var expected = [Double](repeating: 0, count: width)
          for i in integers.indices { expected[i % width] += Double(integers[i]) }
          let start = sums.region(width * 8, at: edge).assumingMemoryBound(to: Double.self)
          withEachISA { isa in
            sums.fillWithCanaries()
            cbk_column_sums_f32(values, start, rowCount, width)
            mismatches.check(sums.holds(expected, at: edge), "f32 \(name(isa)) \(rowCount) x \(width)")
            sums.fillWithCanaries()
            cbk_column_sums_f64(wideValues, start, rowCount, width)
            mismatches.check(sums.holds(expected, at: edge), "f64 \(name(isa)) \(rowCount) x \(width)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: [1, 3, 10, 16, 63, 64, 100, 1030])
    func columnsAreTheSumsOfTheirSegments(width: Int) {
      let segment = CBK_REDUCTION_ROWS
      let rowCount = width > 100 ? segment + 5 : 2 * segment + 77
      let values = Values.floats(rowCount * width, key: 21)
      let wideValues = values.map(Double.init)
      var expected = [Double](repeating: 0, count: width)
      withScalar { cbk_column_sums_f32(values, &expected, rowCount, width) }
      withEachISA { isa in
        var sums = [Double](repeating: .nan, count: width)
        cbk_column_sums_f32(values, &sums, rowCount, width)
        #expect(sums == expected, "f32 \(name(isa))")
        cbk_column_sums_f64(wideValues, &sums, rowCount, width)
        #expect(sums == expected, "f64 \(name(isa))")
        cbk_column_means_f32(values, &sums, rowCount, width)
        #expect(sums == expected.map { $0 / Double(rowCount) }, "f32 means \(name(isa))")
        cbk_column_means_f64(wideValues, &sums, rowCount, width)
        #expect(sums == expected.map { $0 / Double(rowCount) }, "f64 means \(name(isa))")
      }
      var total = [Double](repeating: 0, count: width)
      for first in stride(from: 0, to: rowCount, by: segment) {
        let part = Array(values[(first * width)..<(min(first + segment, rowCount) * width)])
        var sums = [Double](repeating: 0, count: width)
        cbk_column_sums_f32(part, &sums, part.count / width, width)
        for c in 0..<width { total[c] += sums[c] }
      }
      #expect(total == expected)
      for c in 0..<width {
        let reference = Values.sum(stride(from: c, to: values.count, by: width).map { wideValues[$0] })
        #expect(abs(expected[c] - reference) <= Values.sumBound * reference)
      }
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func rowMeansAreMeansOfRows(edge: GuardedBuffer.Edge) {
      let buffer = GuardedBuffer(capacity: 7 * 8200 * 4)
      let wideBuffer = GuardedBuffer(capacity: 7 * 8200 * 8)
      let means = GuardedBuffer(capacity: 7 * 8)
      let start = means.region(7 * 8, at: edge).assumingMemoryBound(to: Double.self)
      var mismatches = Mismatches()
      for width in Self.widths + [8191, 8192, 8193] {
        let floats = Values.floats(7 * width, key: 22)
        let values = buffer.region(of: floats, at: edge)
        let wideValues = wideBuffer.region(of: floats.map(Double.init), at: edge)
        withEachISA { isa in
          let expected = (0..<7).map { cbk_mean_f32(values + $0 * width, width) }
          means.fillWithCanaries()
          cbk_row_means_f32(values, start, 7, width)
          let isSame = zip(expected, UnsafeBufferPointer(start: start, count: 7)).allSatisfy(areSame)
          mismatches.check(isSame && (width == 0 || means.holds(expected, at: edge)), "f32 \(name(isa)) \(width)")
          means.fillWithCanaries()
          cbk_row_means_f64(wideValues, start, 7, width)
          let isWideSame = zip(expected, UnsafeBufferPointer(start: start, count: 7)).allSatisfy(areSame)
          mismatches.check(isWideSame, "f64 \(name(isa)) \(width)")
        }
      }
      mismatches.expectNone()
    }

    @Test func ofNoRows() {
      withEachISA { _ in
        var sums: [Double] = [1, 2]
        cbk_column_sums_f32(nil, &sums, 0, 2)
        #expect(sums == [0, 0])
        cbk_column_means_f64(nil, &sums, 0, 2)
        #expect(sums.allSatisfy { $0.isNaN })
      }
    }
  }
}
