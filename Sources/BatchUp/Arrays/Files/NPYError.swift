import BatchUpSystem

/// Why an .npy file cannot be read or written.
///
/// `found` is what there is, `expected` what the header or the caller asks for.
public enum NPYError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The first bytes, `found`, are not those of an .npy file.
  case notNPY(path: String, found: [UInt8])
  /// The header is of a version of the format that is not known.
  case unsupportedVersion(path: String, major: UInt8, minor: UInt8)
  /// The file ends inside the header, which has `expected` bytes as far as can be told.
  case truncatedHeader(path: String, expected: Int, found: Int)
  /// The text of the header is not what the format says.
  case damagedHeader(path: String, defect: FileDefect)
  /// The elements are of a type that no Swift scalar stands for; `found` is the header's name for it.
  case unsupportedElementType(path: String, found: String, kind: UnsupportedKind)
  /// The elements are of another type than asked for; nothing is converted.
  case wrongElementType(path: String, expected: NPYElementType, found: NPYElementType)
  /// The lengths of the axes that are not 0, times the size of an element, exceed `Int.max`.
  case overflowingShape(path: String, shape: [Int], elementType: NPYElementType)
  /// The file ends inside the data; the header is not counted.
  case truncatedData(path: String, expected: Int, found: Int)
  /// The file goes on behind the data: after `expected` bytes of data come `count` more.
  case trailingBytes(path: String, expected: Int, count: Int)
  /// The operating system does not grant the memory for the data.
  case notEnoughMemory(path: String, expected: Int)
  /// The first axis is contiguous, so that samples are not, and cannot be mapped.
  case fortranOrder(path: String, shape: [Int])
  /// The file is in order, but cannot be mapped.
  case cannotMap(MappedArrayError)

  /// Element types that arrays here cannot have.
  public enum UnsupportedKind: String, Sendable {
    /// Records of several fields.
    case structured = "records"
    /// Pickled Python objects, which are not read: that would run code of the file.
    case object = "Python objects"
    /// Byte strings of a fixed length.
    case bytes = "byte strings"
    /// Unicode strings of a fixed length.
    case text = "strings"
    /// Complex numbers.
    case complex = "complex numbers"
    /// NumPy's `datetime64`.
    case date = "dates"
    /// NumPy's `timedelta64`.
    case duration = "time spans"
    /// Bytes without a meaning.
    case void = "raw bytes"
    /// Floating-point numbers of more than 64 bits.
    case longDouble = "long doubles"
    /// Anything else.
    case unknown = "elements of an unknown type"
  }
}

extension NPYError: FileError, FileReadingError {}

extension NPYError: CustomStringConvertible {
  /// The file, what is wrong with it and what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .notNPY(let path, let found):
      found.isEmpty
        ? "\(path): is empty, not an .npy file; write it again"
        : "\(path): is not an .npy file: it starts with \(found), not \(NPYHeader.magic)"
    case .unsupportedVersion(let path, let major, let minor):
      "\(path): has version \(major).\(minor) of the format, not 1.0, 2.0 or 3.0; write it again with numpy.save"
    case .truncatedHeader(let path, let expected, let found):
      "\(path): ends in its header, which has at least \(expected) bytes, after \(found); write or copy it again"
    case .damagedHeader(let path, let defect): "\(path): has a damaged header: \(defect); write or copy it again"
    case .unsupportedElementType(let path, let found, let kind):
      "\(path): has \(kind.rawValue) (\(found)); convert them to numbers with NumPy's astype first"
    case .wrongElementType(let path, let expected, let found):
      "\(path): has elements of type \(found), not \(expected); read it as \(found)"
    case .overflowingShape(let path, let shape, let elementType):
      "\(path): its header asks for more than \(Int.max) bytes: \(brief(shape)) elements of type \(elementType)"
    case .truncatedData(let path, let expected, let found):
      "\(path): ends in its data, which have \(expected) bytes by the header, after \(found); write or copy it again"
    case .trailingBytes(let path, let expected, let count):
      "\(path): has \(count) bytes too many behind its data, which have \(expected) bytes by the header"
    case .notEnoughMemory(let path, let expected):
      "\(path): there is not enough memory for its \(expected) bytes of data; map it (MappedArray)"
    case .fortranOrder(let path, let shape):
      "\(path): is in Fortran order, \(brief(shape)), and cannot be mapped; read it into memory (NDArray(npyFile:))"
    case .cannotMap(let error): error.description
    }
  }
}

/// The lengths of the first axes, as there may be many: `3 x 4`.
func brief(_ shape: [Int]) -> String {
  if shape.isEmpty { return "one element, without axes" }
  let shown = 8
  let lengths = shape.prefix(shown).map(String.init).joined(separator: " x ")
  return shape.count > shown ? "\(lengths) x … (\(shape.count) axes)" : lengths
}
