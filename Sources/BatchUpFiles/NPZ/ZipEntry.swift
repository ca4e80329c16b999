import BatchUp

/// What the central directory of a zip file says about one of its entries.
struct ZipEntry: Sendable {
  let name: String
  let nameBytes: [UInt8]
  let flags: UInt16
  let method: UInt16
  let checkSum: UInt32
  let compressedByteCount: Int
  let byteCount: Int
  /// Where its local header begins.
  let offset: Int

  /// Without the name and what follows it.
  static let fixedByteCount = 46
  static let signature: UInt32 = 0x0201_4B50

  static let encryptionFlags: UInt16 = 1 | 1 << 6 | 1 << 13
  /// The sizes and the check sum follow the data, and are zeros before them.
  static let sizesFollowFlag: UInt16 = 1 << 3
  static let utf8Flag: UInt16 = 1 << 11

  var storage: NPZMember.Storage? {
    switch method {
    case 0: .stored
    case 8: .deflated
    default: nil
    }
  }

  /// What the member is called: without .npy.
  var memberName: String {
    name.hasSuffix(NPZMember.suffix) ? String(name.dropLast(NPZMember.suffix.count)) : name
  }

  /// Parses the next entry of the directory.
  init(parsing fields: inout ZipFields, number: Int) throws(FileDefect) {
    func required<Value>(_ value: Value?) throws(FileDefect) -> Value {
      guard let value else { throw "it ends in entry \(number)" }
      return value
    }
    guard try required(fields.next(UInt32.self)) == Self.signature else {
      throw "entry \(number) does not begin as one"
    }
    _ = try required(fields.next(4))
    flags = try required(fields.next())
    method = try required(fields.next())
    _ = try required(fields.next(4))
    checkSum = try required(fields.next())
    let sizes: [UInt32] = [try required(fields.next()), try required(fields.next())]
    let nameCount: UInt16 = try required(fields.next())
    let extraCount: UInt16 = try required(fields.next())
    let commentCount: UInt16 = try required(fields.next())
    let disk: UInt16 = try required(fields.next())
    _ = try required(fields.next(6))
    let start: UInt32 = try required(fields.next())
    nameBytes = Array(try required(fields.next(Int(nameCount))))
    let extra = try required(fields.next(Int(extraCount)))
    _ = try required(fields.next(Int(commentCount)))
    guard let name = String(validating: nameBytes, as: UTF8.self), !nameBytes.contains(0) else {
      throw "the name of entry \(number) is not UTF-8 or has a zero byte"
    }
    self.name = name
    guard
      var large = Zip64Field(in: extra),
      let byteCount = large.number(sizes[1]), let compressedByteCount = large.number(sizes[0]),
      let offset = large.number(start), large.disk(disk) == 0
    else { throw "entry \(number) has no valid sizes" }
    self.byteCount = byteCount
    self.compressedByteCount = compressedByteCount
    self.offset = offset
  }
}

/// The extra field with the numbers that have no room in the fixed part of a header, in their order.
struct Zip64Field {
  private var fields = ZipFields([])

  /// - Returns: nil where the extra fields end in the middle of one, or have this one twice. No such field has no numbers.
  init?(in extra: ArraySlice<UInt8>) {
    var rest = ZipFields(extra)
    var isFound = false
    // Some writers fill up with up to three zeros.
    while rest.count >= 4, let id: UInt16 = rest.next(), let count: UInt16 = rest.next() {
      guard let bytes = rest.next(Int(count)) else { return nil }
      if id == Zip64.fieldID {
        if isFound { return nil }
        isFound = true
        fields = ZipFields(bytes)
      }
    }
  }

  /// The number in a header, or the next one here where it stands for that; nil where there is none up to `Int.max`.
  mutating func number(_ short: UInt32) -> Int? {
    if short != Zip64.mark32 { return Int(short) }
    return fields.next(UInt64.self).flatMap(Int.init(exactly:))
  }

  mutating func disk(_ short: UInt16) -> UInt32? {
    short != Zip64.mark16 ? UInt32(short) : fields.next()
  }
}
