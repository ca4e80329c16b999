/// The order of the bytes of an element in a file.
public enum ByteOrder: Hashable, Sendable {
  /// The byte with the lowest weight first, as on x86-64 and AArch64.
  case littleEndian
  /// The byte with the highest weight first.
  case bigEndian

  /// The order that this machine computes with.
  public static var native: ByteOrder { Int(littleEndian: 1) == 1 ? .littleEndian : .bigEndian }
}
