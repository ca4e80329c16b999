import BatchUp
import BatchUpSystem

/// Why a file cannot be read as an IDX file.
///
/// Counts of bytes are counts after decompression; `found` is what there is, `expected` what the header asks for.
public enum IDXError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The file has no bytes.
  case empty(path: String)
  /// The first four bytes are not those of an IDX file.
  case notIDX(path: String, defect: FileDefect)
  /// The file ends inside the header.
  case truncatedHeader(path: String, expected: Int, found: Int)
  /// The file ends inside the data; the header is not counted.
  case truncatedData(path: String, expected: Int, found: Int)
  /// The file goes on behind the data: after `expected` bytes of data come `count` more.
  case trailingBytes(path: String, expected: Int, count: Int)
  /// The lengths of the axes that are not 0, times the size of an element, exceed `Int.max`.
  case overflowingDimensions(path: String, shape: [Int], elementType: IDXElementType)
  /// The operating system does not grant the memory for the data.
  case notEnoughMemory(path: String, expected: Int)
  /// The compressed bytes contradict themselves; `reason` is zlib's message.
  case damagedGzip(path: String, reason: String)
  /// The compressed bytes, `found` of them, end before the gzip stream does.
  case truncatedGzip(path: String, found: Int)
  /// The elements are of another type than asked for; nothing is converted.
  case wrongElementType(path: String, expected: IDXElementType, found: IDXElementType)
}

extension IDXError: FileError, FileReadingError {}

extension IDXError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .empty(let path): "\(path): is empty; download it again"
    case .notIDX(let path, let defect): "\(path): is not an IDX file: \(defect)"
    case .truncatedHeader(let path, let expected, let found):
      "\(path): ends in its header, which has \(expected) bytes, after \(found); download it again"
    case .truncatedData(let path, let expected, let found):
      "\(path): ends in its data, which have \(expected) bytes by the header, after \(found); download it again"
    case .trailingBytes(let path, let expected, let count):
      "\(path): has \(count) bytes too many behind its data, which have \(expected) bytes by the header"
    case .overflowingDimensions(let path, let shape, let elementType):
      "\(path): its header asks for more than \(Int.max) bytes: \(brief(shape)) elements of type \(elementType)"
    case .notEnoughMemory(let path, let expected):
      "\(path): there is not enough memory for its \(expected) bytes of data"
    case .damagedGzip(let path, let reason): "\(path): its gzip stream is damaged: \(reason); download it again"
    case .truncatedGzip(let path, let found):
      "\(path): its gzip stream does not end within the file's \(found) bytes; download it again"
    case .wrongElementType(let path, let expected, let found):
      "\(path): has elements of type \(found), not \(expected)"
    }
  }

  /// The lengths of the first axes, since there may be 255.
  private func brief(_ shape: [Int]) -> String {
    let shown = 8
    let lengths = shape.prefix(shown).map(String.init).joined(separator: " x ")
    return shape.count > shown ? "\(lengths) x … (\(shape.count) axes)" : lengths
  }
}
