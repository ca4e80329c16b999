import CBatchKernels
import Testing

extension KernelTests {
  @Suite struct ReductionsErrorCountTests {
    typealias Values = ReductionValues

    static func isError(_ row: ArraySlice<Float>, _ label: Int) -> Bool {
      if row.contains(where: \.isNaN) { return true }
      return row.firstIndex(of: row.max()!)! - row.startIndex != label
    }

    /// Scores of three values, so that most rows hold ties, and here and there a NaN or an infinity. Every other label
    /// is the first largest score's.
    static func rows(_ rowCount: Int, classCount: Int) -> (scores: [Float], labels: [Int32]) {
      var scores = Values.floats(rowCount * classCount, key: UInt64(classCount)).map { ($0 * 3).rounded() }
      for i in stride(from: 3, to: scores.count, by: 61) { scores[i] = [.nan, -.infinity, .infinity][i % 3] }
      let labels = (0..<rowCount).map { r in
        let row = scores[(r * classCount)..<((r + 1) * classCount)]
        let largest = row.firstIndex(of: row.max()!).map { $0 - row.startIndex } ?? 0
        return Int32(r % 2 == 0 ? largest : (r * 7) % classCount)
      }
      return (scores, labels)
    }

    @Test(arguments: GuardedBuffer.Edge.allCases)
    func everyWidth(edge: GuardedBuffer.Edge) {
      let rowCount = 40
      let buffer = GuardedBuffer(capacity: rowCount * 1000 * 4)
      let wideBuffer = GuardedBuffer(capacity: rowCount * 1000 * 8)
      let labelBuffer = GuardedBuffer(capacity: rowCount * 4)
      var mismatches = Mismatches()
      var all = 0
      for classCount in Array(1...70) + [784, 1000] {
        let (scores, labels) = Self.rows(rowCount, classCount: classCount)
        let rows = buffer.region(of: scores, at: edge)
        let wideRows = wideBuffer.region(of: scores.map(Double.init), at: edge)
        let labelStart = labelBuffer.region(of: labels, at: edge)
        for ignored in [CBK_NO_IGNORED_LABEL, 0] {
          let expected = (0..<rowCount).count { r in
            labels[r] != ignored && Self.isError(scores[(r * classCount)..<((r + 1) * classCount)], Int(labels[r]))
          }
          all += expected
          withEachISA { isa in
            var errors = -1
            let valid = cbk_count_errors_f32(rows, labelStart, ignored, &errors, rowCount, classCount)
            mismatches.check(valid == rowCount && errors == expected, "f32 \(name(isa)) \(classCount): \(errors)")
            errors = -1
            let wideValid = cbk_count_errors_f64(wideRows, labelStart, ignored, &errors, rowCount, classCount)
            mismatches.check(wideValid == rowCount && errors == expected, "f64 \(name(isa)) \(classCount): \(errors)")
          }
        }
      }
      mismatches.expectNone()
      #expect(all > 500 && all < 5000)  // of 5760 rows: the labels are neither all right nor all wrong
    }

    @Test func tiesMasksAndNaN() {
      func errors(_ row: [Float], _ label: Int32) -> Int {
        var count = -1
        #expect(cbk_count_errors_f32(row, [label], CBK_NO_IGNORED_LABEL, &count, 1, row.count) == 1)
        return count
      }
      withEachISA { _ in
        #expect(errors([1, 1], 0) == 0)
        #expect(errors([1, 1], 1) == 1)
        #expect(errors([-0.0, 0], 0) == 0)
        #expect(errors([-.infinity, -.infinity], 0) == 0)
        #expect(errors([-.infinity, -.infinity], 1) == 1)
        #expect(errors([1, .nan], 0) == 1)
        #expect(errors([.nan, 1], 1) == 1)
        #expect(errors([.nan], 0) == 1)
        #expect(errors([-1], 0) == 0)
        #expect(errors([Float](repeating: -5, count: 40) + [-4], 40) == 0)
      }
    }

    @Test func labelsAreChecked() {
      let labels: [Int32] = [0, 2, -7, 1, 3, -1]
      withEachISA { _ in
        func check(_ count: Int, ignored: Int64, classes: Int = 3) -> (Int, Int, Int) {
          var errors = -1
          var counted = -1
          let scores = [Float](repeating: 0, count: 18)
          let valid = cbk_count_labels(labels, ignored, &counted, count, classes)
          let validForErrors = cbk_count_errors_f32(scores, labels, ignored, &errors, count, classes)
          #expect(valid == validForErrors)
          return (valid, counted, errors)
        }
        #expect(check(2, ignored: CBK_NO_IGNORED_LABEL) == (2, 2, 1))
        #expect(check(6, ignored: CBK_NO_IGNORED_LABEL) == (2, -1, -1))
        #expect(check(6, ignored: -7) == (4, -1, -1))
        #expect(check(4, ignored: -7) == (4, 3, 2))
        #expect(check(4, ignored: 2) == (2, -1, -1))
        #expect(check(0, ignored: 0) == (0, 0, 0))
        #expect(check(1, ignored: CBK_NO_IGNORED_LABEL, classes: 0) == (0, -1, -1))
        #expect(check(1, ignored: 0, classes: 0) == (1, 0, 0))
      }
    }
  }
}
