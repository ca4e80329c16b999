/// Little-endian numbers, one behind the other, in the records of a zip file.
struct ZipFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var count: Int { rest.count }

  /// The next number; nil where the bytes end before.
  mutating func next<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type = Number.self) -> Number? {
    guard let bytes = next(MemoryLayout<Number>.size) else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  mutating func next(_ count: Int) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

extension [UInt8] {
  /// Appends a number, little-endian.
  mutating func append<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number, as: Number.Type) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

/// What stands for a number that is in the zip64 fields instead.
enum Zip64 {
  static let mark32 = UInt32.max
  static let mark16 = UInt16.max
  /// The number that the extra field begins with.
  static let fieldID: UInt16 = 0x0001
}
