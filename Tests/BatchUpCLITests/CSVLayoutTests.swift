import BatchUpFiles
import TestSupport
import Testing

@testable import BatchUpCLI

@Suite struct CSVLayoutTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func layout(_ text: String, _ settings: CSVSettings = CSVSettings()) throws -> CSVLayout {
    try CSVLayout(path: try folder.write(Array(text.utf8), to: "table.csv"), settings)
  }

  private func numbers(_ layout: CSVLayout) throws -> [Double] {
    try layout.file.array(columns: layout.numbers.map { .numbered($0) }, missing: -9).scalars
  }

  /// Headers of which a name looks like a number, with what pandas reads.
  @Test(arguments: [
    ("header_pandas_default.csv", ["Unnamed: 0", "0", "1"], [0, 0.5, 1.5, 1, 2.5, 3.5, 2, 4.5, 5.5]),
    ("header_inf.csv", ["year", "unem", "inf"], [1948, 3.8, 8.1, 1949, 5.9, -1.2]),
    ("header_years.csv", ["country", "1990", "1991"], [1, 2, 3, 4]),
  ])
  func headersOfCases(name: String, names: [String], expected: [Double]) throws {
    let layout = try CSVLayout(path: caseFile(name), CSVSettings())
    #expect(layout.file.columnNames == names)
    #expect(try numbers(layout) == expected)
  }

  @Test(arguments: [
    "a,b\n1,2\n", "nan,x\n1,2\n", "0,x\n1,2\n", "a,b\n", "a,b\nx,y\n", "name,0,1\nx,0.5,1.5\n", "0,1\nx,y\n",
    "0,1,2\nx,0.5,1.5\ny,2.5,3.5\n", ",1990,1991\nx,1,2\n", ",5,7\n0,1,2\n1,3,4\n", "country,2020\nx,1\ny,2\n",
    "a,b\n1,NULL\n?,2\n",
  ])
  func headers(text: String) throws { #expect(try layout(text).file.columnNames != nil) }

  @Test(arguments: [
    "1,2\n3,4\n", "1,2\n", "inf,nan\n1,2\n", "1990,1991\n1,2\n", "0,1\n0.5,1.5\n", "x,1,2\ny,3,4\n",
    "5.1,3.5,a\n4.9,3,a\n",
    "x,p\ny,p\nx,q\n", "x,1990\ny,1991\n", ",5,7\n3,1,2\n4,3,4\n", "x,2000,2010\ny,1990,5\n", ",\n1,2\n",
  ])
  func filesWithoutHeader(text: String) throws { #expect(try layout(text).file.columnNames == nil) }

  @Test func headerAsSaid() throws {
    #expect(try layout("1,2\n3,4\n", CSVSettings(header: true)).file.columnNames == ["1", "2"])
    let layout = try layout("a,b\n1,2\n", CSVSettings(header: false))
    #expect(layout.file.columnNames == nil && layout.texts == [0, 1] && layout.rowCount == 2)
  }

  /// The separator by which all rows are of one length, and most columns numbers; none inside quotes counts.
  @Test(arguments: [
    ("a,b\n1,2\n", CSVSeparator.comma, CSVDecimal.point), ("a;b\n1;2\n", .semicolon, .point),
    ("a\tb\n1\t2\n", .tab, .point), ("a;b\n1,5;2\n", .semicolon, .comma), ("1,5;2,5\n3,5;4,5\n", .semicolon, .comma),
    ("\"a;b;c\",d\n\"e;f;g\",1\n", .comma, .point), ("\"a,b,c\";d\n\"e,f,g\";1\n", .semicolon, .point),
    ("x;y,1,2\nz;w,3,4\n", .comma, .point), ("a\tb\n1,x\t2\n", .tab, .point), ("a\n1\n", .comma, .point),
    ("a;b\n1.5;2\n", .semicolon, .point),
  ])
  func separators(text: String, separator: CSVSeparator, decimal: CSVDecimal) throws {
    let layout = try layout(text)
    #expect(layout.file.separator == separator && layout.file.decimal == decimal)
  }

  @Test func separatorsAsSaid() throws {
    let layout = try layout("a,b;c\n1,5;2\n", CSVSettings(separator: .semicolon, decimal: .point))
    #expect(layout.file.separator == .semicolon && layout.file.columnNames == ["a,b", "c"])
    #expect(layout.numbers == [1] && layout.texts == [0])
  }

  @Test(arguments: ["NULL", "hash", "none", "question"])
  func missingNumbersOfCases(name: String) throws {
    let layout = try CSVLayout(path: caseFile("missing_\(name).csv"), CSVSettings())
    #expect(layout.texts == [] && layout.file.columnNames == ["a", "b"])
    #expect(try numbers(layout) == [10, 2, -9, 3, 7, 4])
  }

  @Test func doubtfulTexts() throws {
    let layout = try layout("a,b,c\n1,-,-\n?,x,-\n-,y,?\n")
    #expect(layout.numbers == [0] && layout.texts == [1, 2])
    #expect(layout.notice.contains("missing numbers: \"-\" (1), \"?\" (1); label codes: \"b\", \"c\""))
    #expect(try self.layout("a,b\n1,x\n.,y\n", CSVSettings(missing: ["."])).numbers == [0])
  }

  @Test func notice() throws {
    let path = folder.url.path + "/table.csv"
    #expect(try layout("1\t2\n").notice == "\(path): read as CSV: no header; separator tab; decimal \".\"")
    #expect(
      try layout("a;b;c\n1,5;NULL;x\n2;3;y\n").notice
        == "\(path): read as CSV: the first row is a header; separator \";\"; decimal \",\"; missing numbers: "
        + "\"NULL\" (1); label codes: \"c\"")
    let large = try layout("a,b\n9007199254740993,1\n")
    #expect(large.needsInt64 && large.notice.hasSuffix("numbers beyond 2^53, read as Int64"))
    let mixed = try layout("a,b\n9007199254740993,1.5\n")
    #expect(!mixed.needsInt64 && mixed.notice.hasSuffix("numbers beyond 2^53, which Double rounds, in: \"a\""))
  }

  @Test func raggedRows() throws {
    #expect(throws: CSVError.self) { try layout("a,b\n1,2\n3\n") }
    #expect(throws: CSVError.self) { try layout("\"a\"b,c\n1,2\n") }
    #expect(throws: CSVError.self) { try layout("") }
  }
}
