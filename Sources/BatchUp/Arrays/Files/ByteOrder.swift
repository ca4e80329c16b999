/// The order of the bytes of an element in a file.
public enum ByteOrder: Hashable, Sendable {
  case littleEndian
  case bigEndian

  /// The order that this machine computes with.
  public static var native: ByteOrder { Int(littleEndian: 1) == 1 ? .littleEndian : .bigEndian }
}
