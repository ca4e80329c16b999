import BatchUp
import BatchUpFiles
import FileTestSupport
import Foundation
import Testing

@Suite struct CSVDamageTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { directory.path("file") }

  private func failure(_ bytes: [UInt8], hasHeader: Bool = true, fieldByteLimit: Int = 100) throws -> CSVError? {
    let path = try directory.write(bytes)
    do throws(CSVError) {
      let file = try CSVFile(path: path, hasHeader: hasHeader, fieldByteLimit: fieldByteLimit)
      _ = try file.array(of: Double.self, missing: 0)
      return nil
    } catch {
      #expect("\(error)".hasPrefix(path) && !"\(error)".contains("\n"))
      return error
    }
  }

  private func failure(_ text: String, hasHeader: Bool = true) throws -> CSVError? {
    try failure(Array(text.utf8), hasHeader: hasHeader)
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = directory.path("missing")
    #expect(throws: CSVError.cannotOpen(path: missing, reason: String(cString: strerror(ENOENT)))) {
      try CSVFile(path: missing)
    }
    #expect(throws: CSVError.notRegularFile(path: "/dev/null")) { try CSVFile(path: "/dev/null") }
    for text in ["", "\n", "\r\n\n", "\u{FEFF}", "\u{FEFF}\n"] { #expect(try failure(text) == .empty(path: path)) }
  }

  @Test func rowsOfOtherLengths() throws {
    #expect(try failure("a,b\n1,2\n3\n") == .wrongFieldCount(path: path, line: 3, expected: 2, found: 1))
    #expect(try failure("a,b\n1,2\n3,4,5,6") == .wrongFieldCount(path: path, line: 3, expected: 2, found: 4))
    #expect(try failure("a,b\n\n1,2,\n") == .wrongFieldCount(path: path, line: 3, expected: 2, found: 3))
    #expect(
      try failure("a\n\"1\n\n\",2\n")
        == .invalidNumber(path: path, line: 2, column: "a", expected: .float64, found: "1\n\n"))
    #expect(try failure("a,b\n1,\"\n\n2\"\n,\n3\n") != nil)
  }

  /// A row's line is that of its first byte, also behind rows of several lines.
  @Test func lines() throws {
    let text = "a,b\n1,\"2\"\n\n\"3\n\n\",4\nx,5\n"
    let path = try directory.write(Array(text.utf8))
    let file = try CSVFile(path: path)
    #expect(throws: CSVError.invalidNumber(path: path, line: 4, column: "a", expected: .int8, found: "3\n\n")) {
      try file.array(column: "a", of: Int8.self)
    }
    #expect(try file.array(column: "b", of: Int8.self).scalars == [2, 4, 5])
    #expect(
      try failure("1\n2\nx", hasHeader: false)
        == .invalidNumber(path: path, line: 3, column: 0, expected: .float64, found: "x"))
  }

  @Test func quotes() throws {
    for (text, line) in [
      ("a\n\"1", 2), ("a\n1\n\"", 3), ("a\n1\"\n", 2), ("a\n\"1\"2\n", 2), ("a\n1\n\"1\n2\n", 3), ("a\"b\n", 1),
    ] {
      #expect(try failure(text) == .misplacedQuote(path: path, line: line), "\(text)")
    }
  }

  @Test func bytesThatAreNoText() throws {
    #expect(try failure("a\n1\u{0}\n") == .zeroByte(path: path, line: 2))
    #expect(try failure(Array("a,b\n1,2\n".utf16.flatMap { littleEndianBytes($0) })) == .zeroByte(path: path, line: 1))
    #expect(try failure([0xFF, 0x0A, 0x31]) == .notUTF8(path: path, line: 1, column: 0))
    let path = try directory.write([0x61, 0x0A, 0xFF, 0x0A])
    #expect(throws: CSVError.notUTF8(path: path, line: 2, column: "a")) { try CSVFile(path: path).labels(column: 0) }
  }

  @Test func longFields() throws {
    let long = String(repeating: "1", count: 101)
    for text in ["a\n\(long)\n", "a\n\"\(long)\"\n", "a\n\"\(long)", "a\n\(long)"] {
      #expect(try failure(text) == .tooLongField(path: path, line: 2, column: .numbered(0), limit: 100), "\(text)")
    }
    #expect(try failure("a\n\(long.dropLast())\n") == nil)
    // A quote that is not closed takes little more memory than the limit.
    let rest = "a\n\"" + String(repeating: "1,2,3\n", count: 200_000)
    #expect(try failure(rest) == .tooLongField(path: path, line: 2, column: .numbered(0), limit: 100))
  }

  @Test func manyColumns() throws {
    let path = try directory.write(Array("1,2,3\n".utf8))
    #expect(try CSVFile(path: path, columnLimit: 3).columnCount == 3)
    #expect(throws: CSVError.tooManyColumns(path: path, limit: 2)) { try CSVFile(path: path, columnLimit: 2) }
  }

  @Test func columnsThatAreNot() throws {
    let file = try CSVFile(path: directory.write(Array("a,b,a\n1,2,3\n".utf8)))
    for column in [CSVColumn.numbered(3), .numbered(-1), "c", ""] {
      #expect(throws: CSVError.noColumn(path: path, column: column, columnCount: 3)) {
        try file.array(column: column, of: Float.self)
      }
    }
    let nameless = try CSVFile(path: path, hasHeader: false)
    #expect(throws: CSVError.noColumn(path: path, column: "a", columnCount: 3)) { try nameless.labels(column: "a") }
  }

  @Test func compressedBytes() throws {
    let bytes = gzipped(Array("a,b\n1,2\n".utf8))
    #expect(try failure(bytes) == nil)
    // No other member of the gzip file.
    for rest in [[0], Array("5,6\n".utf8), [0] + bytes.dropFirst()] as [[UInt8]] {
      guard case .damagedGzip = try failure(bytes + rest) else {
        Issue.record("\(rest) is not reported")
        continue
      }
    }
    for count in 2..<bytes.count {
      #expect(try failure(Array(bytes[..<count])) == .truncatedGzip(path: path, found: count))
    }
    for position in 2..<bytes.count {
      var changed = bytes
      changed[position] ^= 0x55
      // Names, times and the operating system in the header matter to nothing.
      if let error = try failure(changed), case .invalidNumber = error { Issue.record("\(error)") }
    }
  }

  @Test func anotherSeparator() throws {
    let file = try CSVFile(path: directory.write(Array("a;b\n1;2\n".utf8)))
    let error = #expect(throws: CSVError.self) { try file.array(column: "a", of: Float.self) }
    #expect(error?.description.hasSuffix("has no column \"a\", but a single one; is the separator another?") == true)
  }

  /// Prefixes and changed bytes of a file end in numbers or in an error, never in anything else.
  @Test func everyTruncationAndEveryChangedByte() throws {
    let seed = Array("\u{FEFF}a,\"b \"\"c\"\"\"\r\n1,\"-2.5\"\r\n\r\n\"\",NA\n3e1, 4 \n".utf8)
    #expect(try failure(seed) == nil)
    for count in seed.indices { _ = try failure(Array(seed[..<count])) }
    for position in seed.indices {
      for byte: UInt8 in [0, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x31, 0xFF] {
        var changed = seed
        changed[position] = byte
        let error = try failure(changed)
        if byte == 0 { #expect(error != nil) }
      }
    }
  }

  @Test func everyDescriptionIsOneLineWithThePath() {
    let name = "a\n" + String(repeating: "long", count: 1_000)
    let column = CSVColumn.named(name)
    let errors: [CSVError] = [
      .cannotOpen(path: "p", reason: "r"), .cannotRead(path: "p", reason: "r"), .notRegularFile(path: "p"),
      .empty(path: "p"), .misplacedQuote(path: "p", line: 1), .zeroByte(path: "p", line: 1),
      .tooLongField(path: "p", line: 1, column: column, limit: 2),
      .tooManyColumns(path: "p", limit: 2), .wrongFieldCount(path: "p", line: 1, expected: 1, found: 2),
      .invalidNumber(path: "p", line: 1, column: column, expected: .int8, found: name),
      .missingValue(path: "p", line: 1, column: column), .notUTF8(path: "p", line: 1, column: column),
      .noColumn(path: "p", column: column, columnCount: 1), .noColumn(path: "p", column: column, columnCount: 2),
      .damagedGzip(path: "p", reason: "r"), .truncatedGzip(path: "p", found: 2),
    ]
    for error in errors {
      #expect("\(error)".hasPrefix("p: ") && !"\(error)".contains("\n") && "\(error)".count < 320, "\(error)")
    }
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
