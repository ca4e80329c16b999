import BatchUpSystem

/// What stands before the data of an .npy file: the magic bytes, the version, and the length and text of a dictionary.
package struct NPYHeader: Equatable, Sendable {
  /// The major number; the minor one is 0.
  let version: Int
  package let elementType: NPYElementType
  package let byteOrder: ByteOrder
  /// Whether the first axis is contiguous, where that makes a difference.
  package let isFortranOrder: Bool
  package let shape: [Int]
  /// Where the data start, from the header's first byte.
  package let byteCount: Int
  /// The number of bytes behind the header.
  package let dataByteCount: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The versions 2 and 3 allow 4 GiB, for records with very many fields.
  static let textLimit = 1 << 16

  /// What the first bytes say about the header itself.
  package struct Layout {
    let version: Int
    let textStart: Int
    package let byteCount: Int
  }

  /// How many of the first bytes tell the layout.
  package static let frontByteCount = 12

  /// Reads the header that starts where `range` does. Nothing outside the range is read.
  init(from file: ReadableFile, in range: Range<Int>, path: String) throws(NPYError) {
    let front = try file.npyBytes(at: range.lowerBound, count: min(Self.frontByteCount, range.count), path: path)
    let layout = try Self.layout(front: front, ofByteCount: range.count, path: path)
    let bytes = try file.npyBytes(at: range.lowerBound, count: layout.byteCount, path: path)
    try self.init(bytes, layout, offset: range.lowerBound, path: path)
  }

  /// The layout of the header that so many bytes begin with, by the first twelve of them, or all.
  package static func layout(
    front: [UInt8], ofByteCount count: Int, path: String
  ) throws(NPYError) -> Layout {
    let (version, textStart, textCount) = try Self.lengths(of: front, path: path)
    guard textCount <= count - textStart else {
      throw .truncatedHeader(path: path, expected: textStart + textCount, found: count)
    }
    if textCount > Self.textLimit {
      throw .damagedHeader(path: path, defect: "its text has \(textCount) bytes, more than \(Self.textLimit)")
    }
    return Layout(version: version, textStart: textStart, byteCount: textStart + textCount)
  }

  /// Parses the bytes of a header; `offset` is where in the file they start.
  package init(_ bytes: [UInt8], _ layout: Layout, offset: Int = 0, path: String) throws(NPYError) {
    let text = Array(bytes[layout.textStart..<layout.byteCount])
    let fields = try NPYDictionary(text, offset: offset + layout.textStart, path: path)
    let (elementType, byteOrder) = try Self.elementType(fields.descriptor, path: path)
    guard let dataByteCount = elementByteCount(of: fields.shape, elementSize: elementType.byteCount) else {
      throw .overflowingShape(path: path, shape: fields.shape, elementType: elementType)
    }
    version = layout.version
    self.elementType = elementType
    self.byteOrder = byteOrder
    self.shape = fields.shape
    self.dataByteCount = dataByteCount
    byteCount = layout.byteCount
    isFortranOrder = fields.isFortranOrder && dataByteCount > 0 && fields.shape.count { $0 > 1 } > 1
  }

  /// The version, and where the text starts and how long it is, by the first bytes, at most twelve.
  private static func lengths(
    of front: [UInt8], path: String
  ) throws(NPYError) -> (version: Int, textStart: Int, textCount: Int) {
    guard !front.isEmpty, magic.starts(with: front.prefix(magic.count)) else {
      throw .notNPY(path: path, found: Array(front.prefix(magic.count)))
    }
    guard front.count >= 8 else { throw .truncatedHeader(path: path, expected: 10, found: front.count) }
    guard (1...3).contains(front[6]), front[7] == 0 else {
      throw .unsupportedVersion(path: path, major: front[6], minor: front[7])
    }
    let textStart = front[6] == 1 ? 10 : 12
    guard front.count >= textStart else {
      throw .truncatedHeader(path: path, expected: textStart, found: front.count)
    }
    let textCount = front[8..<textStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    return (Int(front[6]), textStart, textCount)
  }

  private static func elementType(
    _ descriptor: String, path: String
  ) throws(NPYError) -> (NPYElementType, ByteOrder) {
    let mark = descriptor.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let name = mark == nil ? descriptor : String(descriptor.dropFirst())
    guard let elementType = NPYElementType(numPyName: name) else {
      throw .unsupportedElementType(path: path, found: "'\(descriptor)'", kind: .init(name: name))
    }
    if elementType.byteCount == 1 { return (elementType, .native) }
    return (elementType, mark == "<" ? .littleEndian : mark == ">" ? .bigEndian : .native)
  }
}

extension NPYElementType {
  /// The type that NumPy calls by that name, short (`f8`, `?`) or long (`float64`), without a byte order.
  fileprivate init?(numPyName name: String) {
    guard let type = Self(rawValue: name == "?" ? "b1" : name) ?? Self.allCases.first(where: { $0.longName == name })
    else { return nil }
    self = type
  }

  private var longName: String {
    let kinds: [Character: String] = ["b": "bool", "i": "int", "u": "uint", "f": "float"]
    let kind = rawValue.first.flatMap { kinds[$0] } ?? ""
    return self == .bool ? kind : kind + "\(8 * byteCount)"
  }
}

extension NPYError.UnsupportedKind {
  /// The kind of type that NumPy's name, without a byte order, stands for.
  fileprivate init(name: String) {
    self =
      switch name.first {
      case "O": .object
      case "S", "a": .bytes
      case "U": .text
      case "c": .complex
      case "M": .date
      case "m": .duration
      case "V": .void
      case "f": .longDouble
      default: .unknown
      }
  }
}

/// The size of an array in bytes; nil beyond `Int.max`, also where only an axis of length 0 keeps it below that: the
/// rows of such an array could not be counted.
package func elementByteCount(of shape: [Int], elementSize: Int) -> Int? {
  var product = elementSize
  for length in shape where length > 0 {
    let (next, overflows) = product.multipliedReportingOverflow(by: length)
    if overflows { return nil }
    product = next
  }
  return shape.contains(0) ? 0 : product
}

extension ReadableFile {
  /// Bytes that lie inside the file, as far as its size was known.
  fileprivate func npyBytes(at offset: Int, count: Int, path: String) throws(NPYError) -> [UInt8] {
    let bytes: [UInt8]
    do { bytes = try readBytes(of: descriptor, at: offset, count: count) } catch {
      throw .cannotRead(path: path, reason: error.text)
    }
    if bytes.count < count { throw .truncatedHeader(path: path, expected: offset + count, found: offset + bytes.count) }
    return bytes
  }
}
