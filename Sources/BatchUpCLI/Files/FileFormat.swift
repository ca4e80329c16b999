import BatchUp
import BatchUpFiles
import BatchUpSystem

/// A format that `batchup inspect` and `batchup convert` read. A new format is a type that conforms, and a place in
/// `knownFormats`.
protocol FileFormat: Sendable {
  /// How people call it.
  var name: String { get }

  /// Whether a file that begins with these bytes, at most `FileFront.byteCount`, is of this format.
  func recognizes(_ front: [UInt8]) -> Bool

  /// Whether a file that begins with these bytes is of this format, for one that may begin with foreign bytes.
  func recognizes(_ front: [UInt8], of file: ReadableFile) throws(ToolError) -> Bool

  /// Opens a file and says what is in it, which is read later.
  ///
  /// - Throws: what names the file, in one line.
  func members(ofFile path: String) throws -> [FileMember]

  /// Opens a file and says what is in it under that name; nil where there is nothing.
  func member(named name: String, ofFile path: String) throws -> FileMember?

  /// Texts about the file, such as metadata.
  func notes(ofFile path: String) throws -> [String]
}

extension FileFormat {
  func recognizes(_ front: [UInt8], of file: ReadableFile) throws(ToolError) -> Bool { recognizes(front) }

  func member(named name: String, ofFile path: String) throws -> FileMember? {
    try members(ofFile: path).first { $0.name == name }
  }

  func notes(ofFile path: String) throws -> [String] { [] }
}

/// In the order in which they are asked; the last one takes any text.
let knownFormats: [any FileFormat] = [
  NPYFormat(), NPZFormat(), HDF5Format(), MATFormat(), ImageFileFormat(), IDXFormat(), SafetensorsFormat(),
  CSVFormat(),
]

/// The first bytes of a file, by which formats are told, since names may lie.
enum FileFront {
  static let byteCount = 1024

  /// The format of a file.
  static func format(ofFile path: String) throws(ToolError) -> any FileFormat {
    let file = try ToolError.opened(path)
    let bytes = try ToolError.bytes(byteCount, of: file, at: 0)
    for format in knownFormats where try format.recognizes(bytes, of: file) { return format }
    throw ToolError(
      bytes.isEmpty
        ? "\(path): is empty"
        : "\(path): starts with \(Array(bytes.prefix(8))), as no format that is known: "
          + knownFormats.map(\.name).joined(separator: ", "))
  }

  static func read(_ path: String) throws(ToolError) -> [UInt8] {
    try ToolError.bytes(byteCount, of: ToolError.opened(path), at: 0)
  }
}

/// One array in a file, or something else that the file has.
struct FileMember {
  /// Nil where the format has no names.
  var name: String?
  /// The Swift type of the elements, or what the file calls the type.
  let elementType: String
  /// Nil for what is no array.
  var shape: [Int]?
  /// Nil where elements have no bytes, or one.
  var byteOrder: ByteOrder?
  var isFortranOrder = false
  let storage: Storage
  /// The size of the data in memory.
  let byteCount: Int
  /// Texts about it, such as class names.
  var notes: [String] = []
  /// What reading makes sure of.
  var checks: [String] = []
  /// Makes sure of more than opening the file has; for what is not read.
  var verify: (() throws -> Void)?
  /// Why it is not read though Swift has a type for its elements.
  var obstacle: (any Error)?
  /// Reads it; nil where Swift has no type for its elements.
  var read: (() throws -> any FileArray)?

  enum Storage: String {
    /// Can be mapped as it is.
    case plain
    case deflated
    /// In chunks, compressed or not.
    case chunked
    case gzip
    case text
    case image
    case other
  }
}
