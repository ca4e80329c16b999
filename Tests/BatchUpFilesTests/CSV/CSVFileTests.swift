import BatchUp
import BatchUpFiles
import FileTestSupport
import TestSupport
import Testing

@Suite(.namingCases) struct CSVFileTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func file(_ text: String, separator: CSVSeparator = .comma, hasHeader: Bool = true) throws -> CSVFile {
    try CSVFile(path: directory.write(Array(text.utf8)), separator: separator, hasHeader: hasHeader)
  }

  @Test func columns() throws {
    let file = try file("a,b,c\n1,2,x\n3,4,y\n-5,6,x\n")
    #expect(file.columnNames == ["a", "b", "c"] && file.columnCount == 3)
    #expect(try file.rowCount() == 3)
    let both = try file.array(columns: ["b", "a"], of: Float.self)
    #expect(both.shape == [3, 2] && both.scalars == [2, 1, 4, 3, 6, -5])
    let one = try file.array(column: "a", of: Int32.self)
    #expect(one.shape == [3] && one.scalars == [1, 3, -5])
    #expect(try file.array(columns: [1, 1, 0], of: Int8.self).scalars == [2, 2, 1, 4, 4, 3, 6, 6, -5])
    #expect(try file.array(columns: [], of: Int8.self).shape == [3, 0])
    let (labels, names) = try file.labels(column: "c")
    #expect(labels.scalars == [0, 1, 0] && names == ["x", "y"])
    #expect(try file.labels(column: 0).classNames == ["-5", "1", "3"])
    #expect(try file.strings(column: "c") == ["x", "y", "x"])
    #expect(try file.strings(column: 0) == ["1", "3", "-5"])
    #expect(throws: CSVError.noColumn(path: file.path, column: "d", columnCount: 3)) { try file.strings(column: "d") }
  }

  @Test func emptyTexts() throws {
    #expect(try file("a,b\n1,\n2,NA\n3,\"\"\n").strings(column: "b") == ["", "NA", ""])
    #expect(try file("a\n").strings(column: "a") == [])
  }

  /// The same rows in every way of writing them.
  @Test func waysOfWriting() throws {
    let rows = [["1", "a b", "2.5"], ["-3", "c,d", "1e3"], ["4", "", "7"]]
    try withEvery("separator", in: CSVSeparator.allCases) { separator in
      try withEvery("end", in: ["\n", "\r\n", "\r"]) { end in
        try withEvery("isQuoted", in: [false, true]) { isQuoted in
          try withEvery("mark", in: ["", "\u{FEFF}"]) { mark in
            try withEvery("isEnded", in: [false, true]) { isEnded in
              let lines = rows.map { row in
                row.map { isQuoted || $0.contains(separator.rawValue) ? "\"\($0)\"" : $0 }
                  .joined(separator: String(separator.rawValue))
              }
              let text = mark + lines.joined(separator: end) + (isEnded ? end : "")
              let file = try file(text, separator: separator, hasHeader: false)
              #expect(file.columnCount == 3 && file.columnNames == nil)
              #expect(try file.array(columns: [0, 2], of: Double.self).scalars == [1, 2.5, -3, 1000, 4, 7], "\(text)")
              #expect(throws: CSVError.missingValue(path: file.path, line: end == "\r" ? 1 : 3, column: 1)) {
                try file.labels(column: 1)
              }
            }
          }
        }
      }
    }
  }

  @Test func quotedFields() throws {
    let file = try file("name,n\n\"a \"\"b\"\"\",1\n\"two\nlines\",2\n\"\",3\n  spaced  , 4 \n\n\n")
    #expect(try file.array(column: "n", of: Int32.self).scalars == [1, 2, 3, 4])
    let path = try directory.write(Array("x\n\"a \"\"b\"\"\"\n\"two\r\nlines\"\n  spaced  \n\"é, ü\"\n".utf8))
    let names = try CSVFile(path: path).labels(column: "x").classNames
    #expect(names == ["a \"b\"", "spaced", "two\r\nlines", "é, ü"])
  }

  @Test func rowsAndHeaderAlone() throws {
    #expect(try file("a,b").array(of: Float.self).shape == [0, 2])
    #expect(try file("a,b\n").array(column: 0, of: Float.self).shape == [0])
    #expect(try file("a\n").labels(column: 0).classNames.isEmpty)
    #expect(try file("1,2", hasHeader: false).array(of: Float.self).scalars == [1, 2])
    #expect(try file("7", hasHeader: false).array(of: UInt64.self).scalars == [7])
  }

  @Test func missingValues() throws {
    let file = try file("a,b\n1,\nNA,2\n\"\",NaN\n")
    let found = try file.array(of: Double.self, missing: .nan).scalars
    #expect(found.map(\.isNaN) == [false, true, true, false, true, true])
    #expect(try file.array(column: "a", of: Int32.self, missing: -1).scalars == [1, -1, -1])
    #expect(try file.array(column: "b", of: Int32.self, missing: -1).scalars == [-1, 2, -1])
    #expect(throws: CSVError.missingValue(path: file.path, line: 2, column: "b")) { try file.array(of: Double.self) }
    #expect(throws: CSVError.missingValue(path: file.path, line: 3, column: "a")) {
      try file.array(column: "a", of: Float.self)
    }
  }

  /// Every spelling that pandas knows, those that are said instead, and NaN, which is a number where it is not replaced.
  @Test func missingSpellings() throws {
    let spellings = CSVFile.standardMissingSpellings.sorted()
    #expect(spellings.count == 19)
    let file = try file("a,b\n" + spellings.map { "\($0),1\n" }.joined())
    #expect(try file.array(column: "a", of: Int32.self, missing: 7).scalars == spellings.map { _ in 7 })
    #expect(try file.array(column: "a", of: Float.self, missing: .nan).scalars.allSatisfy(\.isNaN))
    let path = try directory.write(Array("a\n-999\nNA\n3\n".utf8))
    let other = try CSVFile(path: path, missing: ["-999"])
    #expect(throws: CSVError.missingValue(path: path, line: 2, column: "a")) { try other.array(of: Double.self) }
    #expect(
      throws: CSVError.invalidNumber(path: path, line: 3, column: "a", expected: .float64, found: "NA")
    ) { try other.array(of: Double.self, missing: 0) }
    let both = try CSVFile(path: path, missing: CSVFile.standardMissingSpellings.union(["-999"]))
    #expect(try both.array(of: Int8.self, missing: 0).scalars == [0, 0, 3])
    let nan = try CSVFile(path: directory.write(Array("a\nNaN\n-nan\n".utf8)))
    #expect(try nan.array(of: Float.self).scalars.allSatisfy(\.isNaN))
    #expect(throws: CSVError.invalidNumber(path: path, line: 2, column: "a", expected: .int32, found: "NaN")) {
      try nan.array(of: Int32.self)
    }
  }

  @Test(arguments: ["missing_NULL.csv", "missing_hash.csv", "missing_none.csv"])
  func missingNumbersOfCases(name: String) throws {
    let file = try CSVFile(path: caseFile(name))
    #expect(try file.array(of: Int8.self, missing: -1).scalars == [10, 2, -1, 3, 7, 4])
  }

  @Test func decimalComma() throws {
    let path = try directory.write(Array("a;b\n1,5;-2\n,25;1e3\n".utf8))
    let file = try CSVFile(path: path, separator: .semicolon, decimal: .comma)
    #expect(try file.array(of: Double.self).scalars == [1.5, -2, 0.25, 1000])
    #expect(try file.array(column: "b", of: Double.self).scalars == [-2, 1000])
    let points = try CSVFile(path: directory.write(Array("1.000\n".utf8)), decimal: .comma, hasHeader: false)
    #expect(throws: CSVError.self) { try points.array(of: Double.self) }
  }

  /// As pandas names columns.
  @Test func equalNames() throws {
    #expect(try file("a,a,a.1,,b,a,\n").columnNames == ["a", "a.2", "a.1", "Unnamed: 3", "b", "a.3", "Unnamed: 6"])
    let file = try CSVFile(path: caseFile("duplicate_text.csv"))
    #expect(file.columnNames == ["a", "a.1", "b"])
    #expect(try file.labels(column: "a").classNames == ["x", "y"])
    #expect(try file.labels(column: "a.1").classNames == ["p", "q"])
  }

  @Test func compressed() throws {
    let file = try CSVFile(path: caseFile("table.csv.gz"))
    #expect(file.columnNames == ["a", "b"])
    #expect(try file.array(of: Int8.self).scalars == [1, 2])
    let text = (0..<100_000).map { "\($0),\($0 % 7)\n" }.joined()
    for bytes in gzippedInEveryWay(Array(text.utf8)) {
      let file = try CSVFile(path: directory.write(bytes), hasHeader: false)
      #expect(try file.array(column: 0, of: Int32.self).scalars == (0..<100_000).map { $0 })
    }
  }

  /// Numbers of any way of writing, exactly.
  @Test func wholeNumbers() throws {
    let file = try file("a,b\n9007199254740993,1.0\n-9223372036854775808,1e3\n")
    #expect(
      try file.wholeNumbers(columns: [0, 1], of: Int64.self).scalars == [9_007_199_254_740_993, 1, .min, 1000])
    let inexact = try self.file("a\n9007199254740993.0\n")
    #expect(throws: CSVError.self) { try inexact.wholeNumbers(columns: [0], of: Int64.self) }
  }

  @Test func missingTexts() throws {
    let file = try file("a,b\nx,\n,y\n\"\",NA\n")
    let (labels, names) = try file.labels(column: "a", missing: "none")
    #expect(labels.scalars == [1, 0, 0] && names == ["none", "x"])
    #expect(try file.labels(column: "b", missing: "y").classNames == ["NA", "y"])
    #expect(throws: CSVError.missingValue(path: file.path, line: 3, column: "a")) { try file.labels(column: "a") }
  }

  @Test func labelsOfSeveralColumns() throws {
    let file = try file("a,a,b,b,c\n1,x,,2,\nNA,2,3,1e5,\n3,4,nan,0x1,\n")
    let found = try file.labels(ofColumns: [3, 1])
    #expect(found.map(\.classNames) == [["0x1", "1e5", "2"], ["2", "4", "x"]])
    #expect(found.map(\.labels.scalars) == [[2, 1, 0], [2, 0, 1]])
  }

  /// Rows and fields that lie across the pieces that are read, and a result that is as large as the file.
  @Test func manyRows() throws {
    let count = 30_000
    let text = (0..<count).map { "\($0),\"\($0 % 7) \n\",\(Double($0) / 8)\r\n" }.joined()
    let file = try file(text, hasHeader: false)
    #expect(text.utf8.count > 2 * 256 << 10)
    #expect(try file.array(column: 0, of: Int32.self).scalars == (0..<Int32(count)).map { $0 })
    #expect(try file.array(column: 2, of: Float.self).scalars == (0..<count).map { Float($0) / 8 })
    #expect(try file.labels(column: 1).labels.scalars == (0..<Int32(count)).map { $0 % 7 })
  }

  @Test func aMultipleOfThePieces() throws {
    for length in (256 << 10) - 3...(256 << 10) + 3 {
      let text = String(repeating: "12\n", count: length / 3) + String(repeating: "\n", count: length % 3)
      #expect(try file(text, hasHeader: false).array(column: 0, of: UInt8.self).sampleCount == length / 3)
    }
  }
}
