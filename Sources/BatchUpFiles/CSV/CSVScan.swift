import BatchUp
import BatchUpSystem
import CCSV

/// What is told of the fields of a CSV file, in their order.
protocol CSVSink: AnyObject {
  /// A field, without its quotes; the bytes are there during the call alone.
  func take(_ field: UnsafeRawBufferPointer, column: Int, line: Int) throws(CSVError)

  /// The end of a row of so many fields; returns whether more rows are wanted.
  func endRow(fieldCount: Int, line: Int) throws(CSVError) -> Bool
}

/// One way through a CSV file, a piece after the other; owns libcsv's state.
///
/// Memory is that of one piece and of the longest field. Used by one thread.
final class CSVScan {
  private let file: CSVSource
  private let sink: any CSVSink
  private let parser: UnsafeMutablePointer<csv_parser>
  /// The line of the byte that comes next, and that where the row began.
  private var line = 1
  private var rowLine = 1
  private var column = 0
  /// libcsv's callbacks can neither throw nor stop it.
  private var failure: CSVError?
  /// By an error, or since the sink wants no more.
  private var isFinished = false

  private static let pieceSize = 256 << 10
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ file: CSVSource, separator: CSVSeparator, sink: any CSVSink) {
    self.file = file
    self.sink = sink
    parser = .allocate(capacity: 1)
    parser.initialize(to: csv_parser())
    // Cannot fail: it allocates nothing.
    csv_init(parser, UInt8(CSV_STRICT | CSV_STRICT_FINI))
    csv_set_delim(parser, separator.rawValue.asciiValue ?? UInt8(ascii: ","))
    csv_set_blk_size(parser, 4096)
  }

  deinit {
    csv_free(parser)
    parser.deallocate()
  }

  /// Goes through the file until it ends or the sink wants no more.
  func run() throws(CSVError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 1)
    defer { piece.deallocate() }
    var reader = try file.reader()
    var isAtStart = true
    while !isFinished {
      let count = try reader.read(into: piece)
      if count == 0 { break }
      let bytes = UnsafeRawBufferPointer(rebasing: piece[..<count])
      let hasMark = isAtStart && bytes.starts(with: Self.byteOrderMark)
      try parse(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(hasMark ? Self.byteOrderMark.count : 0)))
      isAtStart = false
    }
    if isFinished { return }
    if reader.restByteCount > 0 {
      throw .damagedGzip(
        path: file.path, reason: "what stands behind its last member, \(reader.restByteCount) bytes, is no other one")
    }
    try finish()
  }

  /// Line by line, to know where errors are.
  private func parse(_ bytes: UnsafeRawBufferPointer) throws(CSVError) {
    var rest = bytes
    while !rest.isEmpty && !isFinished {
      let end = rest.firstPosition(of: UInt8(ascii: "\n"))
      let part = UnsafeRawBufferPointer(rebasing: rest[..<(end.map { $0 + 1 } ?? rest.count)])
      if part.firstPosition(of: 0) != nil { throw .zeroByte(path: file.path, line: line) }
      if column == 0 && parser.pointee.quoted == 0 { rowLine = line }
      let parsed = csv_parse(parser, part.baseAddress, part.count, takeField, takeRow, context)
      if let failure { throw failure }
      if parsed < part.count && !isFinished { throw parserFailure }
      guard parser.pointee.entry_pos <= file.fieldByteLimit else { throw tooLongField }
      if end != nil { line += 1 }
      rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
    }
  }

  private func finish() throws(CSVError) {
    let status = csv_fini(parser, takeField, takeRow, context)
    if let failure { throw failure }
    // A quote that is not closed is looked for where the row began.
    line = rowLine
    if status != 0 { throw parserFailure }
  }

  private var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  private var parserFailure: CSVError {
    csv_error(parser) == CSV_EPARSE
      ? .misplacedQuote(path: file.path, line: line)
      : .cannotRead(path: file.path, reason: String(cString: csv_strerror(csv_error(parser))))
  }

  private var tooLongField: CSVError {
    .tooLongField(path: file.path, line: rowLine, column: .numbered(column), limit: file.fieldByteLimit)
  }

  fileprivate func take(_ field: UnsafeRawBufferPointer) {
    if isFinished { return }
    do throws(CSVError) {
      guard field.count <= file.fieldByteLimit else { throw tooLongField }
      try sink.take(field, column: column, line: rowLine)
    } catch {
      fail(error)
    }
    column += 1
  }

  fileprivate func endRow() {
    defer { column = 0 }
    if isFinished { return }
    do throws(CSVError) {
      isFinished = try !sink.endRow(fieldCount: column, line: rowLine)
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: CSVError) {
    failure = error
    isFinished = true
  }
}

private func scan(_ context: UnsafeMutableRawPointer?) -> CSVScan? {
  context.map { Unmanaged<CSVScan>.fromOpaque($0).takeUnretainedValue() }
}

private func takeField(_ bytes: UnsafeMutableRawPointer?, _ count: Int, _ context: UnsafeMutableRawPointer?) {
  scan(context)?.take(UnsafeRawBufferPointer(start: bytes, count: count))
}

private func takeRow(_ end: Int32, _ context: UnsafeMutableRawPointer?) { scan(context)?.endRow() }

extension UnsafeRawBufferPointer {
  /// As `firstIndex(of:)`, by the C library's vector code.
  fileprivate func firstPosition(of byte: UInt8) -> Int? {
    guard let baseAddress, let found = memchr(baseAddress, Int32(byte), count) else { return nil }
    return UnsafeRawPointer(found) - baseAddress
  }
}
