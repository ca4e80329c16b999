import FileTestSupport
import Testing

@testable import BatchUpFiles

@Suite struct CSVSurveyTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func survey(_ text: String, decimal: CSVDecimal = .point) throws -> [CSVColumnSurvey] {
    try CSVFile(path: directory.write(Array(text.utf8)), separator: .semicolon, decimal: decimal, hasHeader: false)
      .survey(doubtful: ["?", "-"])
  }

  /// A text anywhere in a column makes it one of texts, whatever its name is.
  @Test func columnsOfNumbers() throws {
    let columns = try survey("a;a;b;b;c;d\n1;x;;2;;-\nNA;2;3;1e5;;2\n3;4;nan;0x1;;?\n")
    #expect(columns.map { $0.isOfNumbers(hasHeader: true) } == [true, false, true, false, true, true])
    #expect(columns.allSatisfy { $0.first.kind == .text && $0.rowCount == 3 && !$0.isOfNumbers(hasHeader: false) })
    #expect(columns.map(\.missing) == [["NA": 1], [:], ["": 1, "nan": 1], [:], ["": 3], [:]])
    #expect(columns[5].doubtful == ["-": 1, "?": 1])
    #expect(try survey("-\n?\n-\n").map { $0.isOfNumbers(hasHeader: false) } == [false])
  }

  @Test func numbers() throws {
    let columns = try survey("0;1;x\n0;-2.5;y\n1;4;0\n2;3.5;x\n")
    #expect(columns.map(\.first.number) == [0, 1, nil])
    #expect(columns.map(\.isIndex) == [true, false, false])
    #expect(columns.map(\.isFirstRepeated) == [true, false, true])
    #expect(columns.map(\.hasPlainInteger) == [true, true, true])
    #expect(columns.map(\.numberCount) == [3, 3, 1] && columns[2].textCount == 2)
    #expect(columns[1].minimum == -2.5 && columns[1].maximum == 4)
    #expect(try survey("1,5\n2,5\n", decimal: .comma)[0].numberCount == 1)
  }

  @Test func largeIntegers() throws {
    let columns = try survey(
      "9007199254740993;9007199254740992;18446744073709551615;1.5\n-9007199254740993;1;1;0.12345678901234567\n")
    #expect(columns.map(\.inexactCount) == [2, 0, 1, 0])
    #expect(columns.map(\.isInt64) == [true, true, false, false])
  }
}
