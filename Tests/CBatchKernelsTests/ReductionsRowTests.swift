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
    func columnMeansAreExact(edge: GuardedBuffer.Edge) {
      let capacity = 520 * 17 * 8
      let buffer = GuardedBuffer(capacity: capacity)
      let wideBuffer = GuardedBuffer(capacity: capacity)
      let means = GuardedBuffer(capacity: 2100 * 8)
      var mismatches = Mismatches()
      for width in Self.widths {
        let rowCounts = [1, 2, 5, 16, 17, 35] + (width > 0 && width <= 17 ? [255, 256, 257, 515] : [])
        for rowCount in rowCounts where rowCount * width <= capacity / 8 {
          let integers = Self.integers(rowCount * width)
          let values = buffer.region(of: integers, at: edge)
          let wideValues = wideBuffer.region(of: integers.map(Double.init), at: edge)
          var expected = [Double](repeating: 0, count: width)
          for i in integers.indices { expected[i % width] += Double(integers[i]) }
          expected = expected.map { $0 / Double(rowCount) }
          let start = means.region(width * 8, at: edge).assumingMemoryBound(to: Double.self)
          withEachISA { isa in
            means.fillWithCanaries()
            cbk_column_means_f32(values, start, rowCount, width)
            mismatches.check(means.holds(expected, at: edge), "f32 \(name(isa)) \(rowCount) x \(width)")
            means.fillWithCanaries()
            cbk_column_means_f64(wideValues, start, rowCount, width)
            mismatches.check(means.holds(expected, at: edge), "f64 \(name(isa)) \(rowCount) x \(width)")
          }
        }
      }
      mismatches.expectNone()
    }

    @Test(arguments: [1, 3, 10, 16, 63, 64, 100, 1030])
    func columnMeansArePrecise(width: Int) {
      let segment = CBK_REDUCTION_ROWS
      let rowCount = width > 100 ? segment + 5 : 2 * segment + 77
      let values = Values.floats(rowCount * width, key: 21)
      let wideValues = values.map(Double.init)
      var expected = [Double](repeating: 0, count: width)
      withScalar { cbk_column_means_f32(values, &expected, rowCount, width) }
      withEachISA { isa in
        var means = [Double](repeating: .nan, count: width)
        cbk_column_means_f32(values, &means, rowCount, width)
        #expect(means == expected, "f32 \(name(isa))")
        cbk_column_means_f64(wideValues, &means, rowCount, width)
        #expect(means == expected, "f64 \(name(isa))")
      }
      for c in 0..<width {
        let reference =
          Values.sum(stride(from: c, to: values.count, by: width).map { wideValues[$0] }) / Double(rowCount)
        #expect(abs(expected[c] - reference) <= Values.sumBound * reference)
      }
    }

    @Test func ofNoRows() {
      withEachISA { _ in
        var means: [Double] = [1, 2]
        cbk_column_means_f64(nil, &means, 0, 2)
        #expect(means.allSatisfy { $0.isNaN })
      }
    }
  }
}
