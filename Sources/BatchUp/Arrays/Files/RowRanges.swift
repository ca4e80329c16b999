/// A set of rows, as ranges in ascending order with gaps between them.
struct RowRanges {
  private(set) var ranges: [Range<Int>] = []

  init(upTo end: Int = 0) {
    if end > 0 { ranges = [0..<end] }
  }

  /// The number of rows from 0 on without a gap.
  var completedCount: Int { ranges.first.map { $0.lowerBound == 0 ? $0.upperBound : 0 } ?? 0 }

  var count: Int { ranges.reduce(0) { $0 + $1.count } }

  func overlaps(_ rows: Range<Int>) -> Bool {
    let place = firstEnding(behind: rows.lowerBound)
    return place < ranges.count && ranges[place].overlaps(rows)
  }

  /// - Precondition: no row is in the set.
  /// - Complexity: O(gaps); O(1) in order.
  mutating func insert(_ rows: Range<Int>) {
    if rows.isEmpty { return }
    let place = firstEnding(behind: rows.lowerBound)
    let joinsPrevious = place > 0 && ranges[place - 1].upperBound == rows.lowerBound
    let joinsNext = place < ranges.count && ranges[place].lowerBound == rows.upperBound
    let start = joinsPrevious ? ranges[place - 1].lowerBound : rows.lowerBound
    let end = joinsNext ? ranges[place].upperBound : rows.upperBound
    ranges.replaceSubrange((joinsPrevious ? place - 1 : place)..<(joinsNext ? place + 1 : place), with: [start..<end])
  }

  /// The place of the first range that ends behind `row`, by bisection.
  private func firstEnding(behind row: Int) -> Int {
    var candidates = 0..<ranges.count
    while !candidates.isEmpty {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = ranges[middle].upperBound > row ? candidates.lowerBound..<middle : middle + 1..<candidates.upperBound
    }
    return candidates.lowerBound
  }
}
