import BatchUp
import BatchUpSystem

/// Why a CSV file cannot be read. Lines are counted from 1, by their LF: all are line 1 where they end with CR alone. A row
/// whose quoted fields have line ends begins at its line.
public enum CSVError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// There is no row, not even that of the header.
  case empty(path: String)
  /// A quote stands inside a field without quotes, or something behind a closing one, or the last one is not closed.
  case misplacedQuote(path: String, line: Int)
  /// A zero byte: the file is in UTF-16, or no text at all.
  case zeroByte(path: String, line: Int)
  /// A field has more bytes than `limit`: a closing quote may be missing.
  case tooLongField(path: String, line: Int, column: CSVColumn, limit: Int)
  /// A row has more fields than `limit`: the file may have no line ends.
  case tooManyColumns(path: String, limit: Int)
  /// A row has not as many fields as the first one.
  case wrongFieldCount(path: String, line: Int, expected: Int, found: Int)
  /// A field is no number of the type, or one that has no room in it.
  case invalidNumber(path: String, line: Int, column: CSVColumn, expected: NPYElementType, found: String)
  /// A field is empty or, among numbers, one of the spellings of missing values.
  case missingValue(path: String, line: Int, column: CSVColumn)
  /// A text is not in UTF-8.
  case notUTF8(path: String, line: Int, column: CSVColumn)
  /// There is no such column; `columnCount` is how many there are.
  case noColumn(path: String, column: CSVColumn, columnCount: Int)
  /// The bytes of a gzip-compressed file contradict each other; `reason` is zlib's message.
  case damagedGzip(path: String, reason: String)
  /// The compressed bytes, `found` of them, end before the gzip stream does.
  case truncatedGzip(path: String, found: Int)
}

extension CSVError: FileError, FileReadingError {}

extension CSVError: CustomStringConvertible {
  /// The file, the place, what is wrong and what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .empty(let path): "\(path): is empty, without even a header"
    case .misplacedQuote(let path, let line):
      "\(path): line \(line): a quote is not where a quoted field begins or ends; inside of one, double it"
    case .zeroByte(let path, let line): "\(path): line \(line): has a zero byte; convert the file to UTF-8"
    case .tooLongField(let path, let line, let column, let limit):
      "\(path): line \(line), \(column): has more than \(limit) bytes; is a quote missing?"
    case .tooManyColumns(let path, let limit):
      "\(path): its first row has more than \(limit) fields; does the file have line ends?"
    case .wrongFieldCount(let path, let line, let expected, let found):
      "\(path): line \(line): has \(found) fields, and the first row has \(expected)"
    case .invalidNumber(let path, let line, let column, let expected, let found):
      "\(path): line \(line), \(column): \(found.quotedBriefly) is no \(expected)"
    case .missingValue(let path, let line, let column):
      "\(path): line \(line), \(column): the value is missing; say what stands for it (missing:)"
    case .notUTF8(let path, let line, let column): "\(path): line \(line), \(column): is not UTF-8"
    case .noColumn(let path, let column, 1): "\(path): has no \(column), but a single one; is the separator another?"
    case .noColumn(let path, let column, let count):
      "\(path): has no \(column); its \(count) columns go by their names in columnNames, or by numbers from 0"
    case .damagedGzip(let path, let reason): IDXError.damagedGzip(path: path, reason: reason).description
    case .truncatedGzip(let path, let found): IDXError.truncatedGzip(path: path, found: found).description
    }
  }
}
