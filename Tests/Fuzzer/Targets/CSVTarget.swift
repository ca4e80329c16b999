import BatchUp
import BatchUpFiles

/// Numbers are the same one column at a time and all at once, and there are as many rows of each kind.
func checkCSV(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let path = try folder.write(bytes)
  for separator in CSVSeparator.allCases {
    for (hasHeader, decimal) in [(true, CSVDecimal.point), (false, .comma)] {
      do {
        try check(try CSVFile(path: path, separator: separator, decimal: decimal, hasHeader: hasHeader))
      } catch let error as CSVError {
        try requireLine(error, about: path)
      }
    }
  }
}

private func check(_ file: CSVFile) throws {
  let rowCount = try file.rowCount()
  for column in 0..<min(file.columnCount, 3) {
    let labels = try file.labels(column: .numbered(column), missing: "").labels
    try require(labels.sampleCount == rowCount, "there are \(rowCount) labels, not \(labels.sampleCount)")
  }
  let survey = try file.survey(doubtful: ["?"])
  try require(rowCount == 0 || survey.count == file.columnCount, "\(survey.count) columns are \(file.columnCount)")
  let all = try file.array(of: Double.self, missing: -1)
  try require(all.shape == [rowCount, file.columnCount], "\(all.shape) is [\(rowCount), \(file.columnCount)]")
  for column in 0..<min(file.columnCount, 3) {
    let one = try file.array(column: .numbered(column), of: Double.self, missing: -1)
    for row in 0..<rowCount {
      try require(one[row].bitPattern == all[row, column].bitPattern, "row \(row), column \(column) is the same alone")
    }
  }
}
