import BatchUp
import BatchUpSystem

/// The parts of a variable: a tag, with the type and the size of what follows, and that, filled up to eight bytes. Where
/// there are at most four bytes, they may be in the tag.
struct MATElements: ~Copyable {
  private var bytes: InflatingReader<MATError>
  private let byteOrder: ByteOrder
  let invalid: (FileDefect) -> MATError

  struct Tag {
    let type: UInt32
    let byteCount: Int
    /// The content of an element that is in its tag.
    let content: [UInt8]?
  }

  /// Types of elements.
  static let int8: UInt32 = 1
  static let int32: UInt32 = 5
  static let uint32: UInt32 = 6
  static let matrix: UInt32 = 14
  static let compressed: UInt32 = 15
  static let utf8: UInt32 = 16

  /// The sizes of numbers by the codes of their types.
  static func numberSize(ofType type: UInt32) -> Int? {
    switch type {
    case 1, 2: 1
    case 3, 4: 2
    case 5, 6, 7: 4
    case 9, 12, 13: 8
    default: nil
    }
  }

  /// - Parameter name: what errors call the variable.
  init(
    of file: ReadableFile, in range: Range<Int>, isCompressed: Bool, _ byteOrder: ByteOrder, name: String
  ) throws(MATError) {
    let path = file.path
    let invalid = { defect in MATError.invalidVariable(path: path, variable: name, defect: defect) }
    bytes = try InflatingReader(of: file, in: range, isCompressed ? .zlib : nil) { cause in
      switch cause {
      case .cannotRead(let reason): .cannotRead(path: path, reason: reason)
      case .truncated: invalid("ends before it is complete")
      case .damaged: invalid("has damaged compressed bytes")
      }
    }
    self.byteOrder = byteOrder
    self.invalid = invalid
  }

  private mutating func read(count: Int) throws(MATError) -> [UInt8] {
    let found = try bytes.read(count: count)
    guard found.count == count else { throw invalid("ends before it is complete") }
    return found
  }

  private mutating func skip(count: Int) throws(MATError) {
    guard try bytes.skip(count: count) == count else { throw invalid("ends before it is complete") }
  }

  static func word(_ bytes: ArraySlice<UInt8>, _ byteOrder: ByteOrder) -> UInt32 {
    let inOrder = byteOrder == .littleEndian ? Array(bytes.reversed()) : Array(bytes)
    return inOrder.reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func tag() throws(MATError) -> Tag {
    let tag = try read(count: 8)
    let first = Self.word(tag[0..<4], byteOrder)
    guard first >> 16 == 0 else {
      let byteCount = Int(first >> 16)
      guard byteCount <= 4 else { throw invalid("has \(byteCount) bytes for its small element") }
      return Tag(type: first & 0xFFFF, byteCount: byteCount, content: Array(tag[4..<4 + byteCount]))
    }
    return Tag(type: first, byteCount: Int(Self.word(tag[4..<8], byteOrder)), content: nil)
  }

  /// An element of one of the types and at most `limit` bytes, with what it is filled up by.
  mutating func content(
    of what: String, types: [UInt32], limit: Int
  ) throws(MATError) -> [UInt8] {
    let tag = try tag()
    guard types.contains(tag.type) else { throw invalid("has an element of type \(tag.type) instead of its \(what)") }
    if let content = tag.content { return content }
    guard tag.byteCount <= limit else { throw invalid("has \(tag.byteCount) bytes for its \(what)") }
    let content = try read(count: tag.byteCount)
    try skip(count: -tag.byteCount & 7)
    return content
  }

  /// Whole words.
  mutating func words(of what: String, types: [UInt32], limit: Int) throws(MATError) -> [UInt32] {
    let content = try content(of: what, types: types, limit: limit * 4)
    guard content.count % 4 == 0 else { throw invalid("has \(content.count) bytes for its \(what)") }
    return stride(from: 0, to: content.count, by: 4).map { Self.word(content[$0..<$0 + 4], byteOrder) }
  }

  /// Passes over the content of an element, all of which is there, and what is compressed with it.
  mutating func pass(_ tag: Tag) throws(MATError) {
    if tag.content == nil { try skip(count: tag.byteCount) }
    _ = try bytes.skipRest()
  }
}

/// What stands before the elements of a variable.
struct MATMatrixHeader {
  let name: String
  let flags: UInt32
  let shape: [Int]

  /// More axes than any that is made on purpose.
  private static let rankLimit = 1024
  private static let nameLimit = 4096

  init(from elements: inout MATElements, isCompressed: Bool) throws(MATError) {
    if isCompressed {
      let tag = try elements.tag()
      guard tag.type == MATElements.matrix else {
        throw elements.invalid("has an element of type \(tag.type) instead of its variable")
      }
    }
    let flags = try elements.words(of: "flags", types: [MATElements.uint32], limit: 2)
    guard flags.count == 2 else { throw elements.invalid("has \(flags.count * 4) bytes for its flags") }
    self.flags = flags[0]
    if MATClass.isOpaque(flags: flags[0]) {
      (name, shape) = ("", [])
      return
    }
    let lengths = try elements.words(of: "shape", types: [MATElements.int32], limit: Self.rankLimit)
    let shape = lengths.map { Int(Int32(bitPattern: $0)) }
    guard shape.count >= 2, shape.allSatisfy({ $0 >= 0 }), elementByteCount(of: shape, elementSize: 8) != nil else {
      throw elements.invalid("cannot have the shape \(shape.prefix(8))")
    }
    let name = try elements.content(
      of: "name", types: [MATElements.int8, MATElements.utf8], limit: Self.nameLimit)
    self.name = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    self.shape = shape
  }
}
