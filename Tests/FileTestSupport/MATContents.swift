import CZlib

/// The bytes of MATLAB files, in little-endian order.
public enum MATContents {
  public static let header =
    Array("MATLAB 5.0 MAT-file, made by a test".utf8) + [UInt8](repeating: 0x20, count: 81)
    + [UInt8](repeating: 0, count: 8) + [0x00, 0x01] + Array("IM".utf8)

  /// An element, filled up to eight bytes.
  public static func element(_ type: UInt32, _ content: [UInt8], byteCount: Int? = nil) -> [UInt8] {
    littleEndianBytes(type) + littleEndianBytes(UInt32(byteCount ?? content.count)) + content
      + [UInt8](repeating: 0, count: -content.count & 7)
  }

  /// A variable of a class, with its elements as numbers of a type.
  public static func variable(
    _ name: String, flags: UInt32, shape: [Int32], type: UInt32, _ data: [UInt8], byteCount: Int? = nil
  ) -> [UInt8] {
    element(
      14,
      element(6, littleEndianBytes(flags) + littleEndianBytes(UInt32(0)))
        + element(5, shape.flatMap { littleEndianBytes($0) }) + element(1, Array(name.utf8))
        + element(type, data, byteCount: byteCount))
  }

  public static func compressed(_ variable: [UInt8]) -> [UInt8] {
    var size = compressBound(UInt(variable.count))
    var bytes = [UInt8](repeating: 0, count: Int(size))
    compress(&bytes, &size, variable, UInt(variable.count))
    return littleEndianBytes(UInt32(15)) + littleEndianBytes(UInt32(size)) + bytes[..<Int(size)]
  }
}
