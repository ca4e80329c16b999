import BatchUp
import BatchUpFiles
import BatchUpSystem

/// A format that `batchup inspect` and `batchup convert` read. A new format is a type that conforms, and a place in
/// `knownFormats`.
protocol FileFormat: Sendable {
  /// How people call it.
  var name: String { get }

  /// Whether gzip-compressed files are read, too.
  var readsGzip: Bool { get }

  /// Whether a file that begins with these bytes, decompressed and at most `FileFront.byteCount`, is of this format.
  func recognizes(_ front: [UInt8]) -> Bool

  /// Whether a file that begins with these bytes is of this format, for one that may begin with foreign bytes.
  func recognizes(_ front: [UInt8], of file: ReadableFile) throws(ToolError) -> Bool

  /// Opens a file and says what is in it, which is read later.
  ///
  /// - Throws: what names the file, in one line.
  func members(ofFile path: String) throws -> [FileMember]

  /// What a name leads to that none of the file's members has, as links do; by default nil.
  func linkedMember(named name: String, ofFile path: String) throws -> FileMember?

  /// Texts about the file, such as metadata.
  func notes(ofFile path: String) throws -> [String]
}

extension FileFormat {
  var readsGzip: Bool { false }

  func recognizes(_ front: [UInt8], of file: ReadableFile) throws(ToolError) -> Bool { recognizes(front) }

  func linkedMember(named name: String, ofFile path: String) throws -> FileMember? { nil }

  func notes(ofFile path: String) throws -> [String] { [] }
}

/// In the order in which they are asked; the last one takes any text.
func knownFormats(_ csv: CSVSettings) -> [any FileFormat] {
  [
    NPYFormat(), NPZFormat(), HDF5Format(), MATFormat(), ImageFileFormat(), IDXFormat(), SafetensorsFormat(),
    CSVFormat(settings: csv),
  ]
}

/// The first bytes of a file, by which formats are told, since names may lie.
struct FileFront {
  static let byteCount = 1024

  /// Decompressed where the file is.
  let bytes: [UInt8]
  let isCompressed: Bool
  private let file: ReadableFile

  init(ofFile path: String) throws(ToolError) {
    let (file, byteCount) = try ToolError.openedWithSize(path)
    self.file = file
    var reader = try InflatingReader(of: file, byteCount: byteCount) { cause -> ToolError in
      switch cause {
      case .cannotRead(let reason): .cannotRead(path: path, reason: reason)
      case .truncated: ToolError("\(IDXError.truncatedGzip(path: path, found: byteCount))")
      case .damaged(let reason): ToolError("\(IDXError.damagedGzip(path: path, reason: reason))")
      }
    }
    isCompressed = reader.isCompressed
    bytes = try reader.read(count: Self.byteCount)
  }

  /// The format of a file.
  static func format(ofFile path: String, csv: CSVSettings = CSVSettings()) throws -> any FileFormat {
    let front = try FileFront(ofFile: path)
    let formats = knownFormats(csv)
    guard let format = try formats.first(where: { try $0.recognizes(front.bytes, of: front.file) }) else {
      throw ToolError(
        front.bytes.isEmpty
          ? "\(path): is empty"
          : "\(path): starts with \(Array(front.bytes.prefix(8)))\(front.isCompressed ? ", decompressed" : ""), as no "
            + "format that is known: \(formats.map(\.name).joined(separator: ", "))")
    }
    if front.isCompressed, !format.readsGzip {
      throw ToolError("\(path): is a gzip-compressed \(format.name) file; decompress it first, such as with gunzip")
    }
    return format
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
  /// Why it cannot be read where its element type does not tell, behind its name in a sentence.
  var obstacle: String?
  /// Reads it; nil where Swift has no type for its elements.
  var read: (() throws -> any FileArray)?
  /// Reads it as elements of another type, where that is more exact than to convert them.
  var readAs: ((any FileScalar.Type) throws -> any FileArray)?
  /// Whether another member has the same elements, so that this one is only read where it is asked for by its name.
  var isPart = false

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
