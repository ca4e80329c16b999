// What the maps of trees do to rows, in the library's batches and in the model's.

enum TreeError: Error, Hashable {
  /// The sample with this number.
  case unreadable(Int)
  /// A row that begins with this number.
  case unmappable(Int)
  /// The batch of a generator with this number.
  case generated(Int)
}

/// The rows of two batches side by side, with -9 where one of them has none.
func joinedRows(_ first: [[Int]], _ second: [[Int]]) -> [[Int]] {
  (0..<max(first.count, second.count)).map { row in
    (row < first.count ? first[row] : [-9]) + (row < second.count ? second[row] : [-9])
  }
}

func mappedRows(_ rows: [[Int]]) -> [[Int]] { rows.map { $0 + [10_000 + rows.count] } }

func readableRows(_ rows: [[Int]]) throws(TreeError) -> [[Int]] {
  for row in rows where row[0] % 7 == 3 { throw .unmappable(row[0]) }
  return rows
}
