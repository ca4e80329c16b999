import Testing

@testable import BatchUp

@Suite struct RowRangesTests {
  @Test func agreesWithASet() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<300 {
      var ranges = RowRanges()
      var rows: Set<Int> = []
      for _ in 0..<60 {
        let start = Int.random(in: 0..<50, using: &generator)
        let range = start..<start + Int.random(in: 0..<6, using: &generator)
        #expect(ranges.overlaps(range) == !rows.isDisjoint(with: range))
        if ranges.overlaps(range) { continue }
        ranges.insert(range)
        rows.formUnion(range)
        #expect(ranges.count == rows.count)
        #expect(ranges.completedCount == (0...).first { !rows.contains($0) })
        #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
      }
    }
  }
}
