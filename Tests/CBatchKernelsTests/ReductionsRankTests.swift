import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct ReductionsRankTests {
    /// Small integers, so that there are ties.
    static func scores(_ rows: Int, _ classes: Int) -> [Float] {
      ReductionValues.floats(rows * classes, key: 40).map { (($0 - 0.5) * 9).rounded() }
    }

    /// The classes from the largest score to the least, the first of equal ones first; a NaN is the largest.
    static func ranking(_ row: ArraySlice<Float>) -> [Int] {
      let row = Array(row)
      func key(_ j: Int) -> (Float, Int) { (row[j].isNaN ? -.infinity : -row[j], j) }
      return row.indices.sorted { key($0) < key($1) }
    }

    @Test func topErrorsAndLargestClasses() {
      var mismatches = Mismatches()
      for classes in [1, 2, 3, 10, 33, 100] {
        let rows = 37
        let scores = Self.scores(rows, classes)
        let wide = scores.map(Double.init)
        let labels = (0..<rows).map { $0 % 7 == 3 ? -1 : Int32($0 * 5 % classes) }
        let rankings = (0..<rows).map { Self.ranking(scores[$0 * classes..<($0 + 1) * classes]) }
        for top in Set([1, 2, 5, classes]) where top <= classes {
          let expected = (0..<rows).count { labels[$0] >= 0 && !rankings[$0].prefix(top).contains(Int(labels[$0])) }
          var (errors, wideErrors) = (-1, -1)
          let valid = cbk_count_top_errors_f32(scores, labels, -1, top, &errors, rows, classes)
          let wideValid = cbk_count_top_errors_f64(wide, labels, -1, top, &wideErrors, rows, classes)
          mismatches.check(valid == rows && wideValid == rows, "valid \(top) of \(classes)")
          mismatches.check(errors == expected && wideErrors == expected, "top \(top) of \(classes): \(errors)")
        }
        var found = [Int32](repeating: -7, count: rows)
        cbk_largest_classes_f32(scores, &found, rows, classes)
        mismatches.check(found == rankings.map { Int32($0[0]) }, "largest of \(classes)")
        found = [Int32](repeating: -7, count: rows)
        cbk_largest_classes_f64(wide, &found, rows, classes)
        mismatches.check(found == rankings.map { Int32($0[0]) }, "largest of \(classes), f64")
      }
      mismatches.expectNone()
    }

    @Test func notANumber() {
      var errors = 0
      let row: [Float] = [3, .nan, 2, 1]
      for (label, top, expected) in [(0, 1, 1), (0, 2, 0), (1, 4, 1), (2, 2, 1), (2, 3, 0)] {
        #expect(cbk_count_top_errors_f32(row, [Int32(label)], -1, top, &errors, 1, 4) == 1)
        #expect(errors == expected, "\(label) in the first \(top)")
        #expect(cbk_count_top_errors_f64(row.map(Double.init), [Int32(label)], -1, top, &errors, 1, 4) == 1)
        #expect(errors == expected, "\(label) in the first \(top), f64")
      }
      var found: [Int32] = [0, 0]
      cbk_largest_classes_f32(row + [1, 2, 3, -.infinity], &found, 2, 4)
      #expect(found == [-1, 2])
      cbk_largest_classes_f64([1, .infinity, .nan, 4], &found, 2, 2)
      #expect(found == [1, -1])
      cbk_largest_classes_f32(nil, &found, 2, 0)
      #expect(found == [-1, -1])
    }

    @Test func labelsOutOfRange() {
      var errors = 7
      #expect(cbk_count_top_errors_f32([1, 2, 3, 4], [0, 2], -1, 1, &errors, 2, 2) == 1)
      #expect(cbk_count_top_errors_f64([1, 2, 3, 4], [-2, 0], -1, 1, &errors, 2, 2) == 0)
      #expect(errors == 7)
    }
  }
}
