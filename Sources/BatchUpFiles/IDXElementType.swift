import BatchUp

/// What the elements of an IDX file are; the raw value is the file's third byte.
public enum IDXElementType: UInt8, CaseIterable, Sendable {
  /// Integers of 8 bits without a sign: type 0x08.
  case uint8 = 0x08
  /// Integers of 8 bits with a sign: type 0x09.
  case int8 = 0x09
  /// Integers of 16 bits with a sign: type 0x0B.
  case int16 = 0x0B
  /// Integers of 32 bits with a sign: type 0x0C.
  case int32 = 0x0C
  /// Floating-point numbers of 32 bits: type 0x0D.
  case float32 = 0x0D
  /// Floating-point numbers of 64 bits: type 0x0E.
  case float64 = 0x0E

  /// The Swift type of the elements.
  public var scalarType: any IDXScalar.Type {
    switch self {
    case .uint8: UInt8.self
    case .int8: Int8.self
    case .int16: Int16.self
    case .int32: Int32.self
    case .float32: Float.self
    case .float64: Double.self
    }
  }

  /// The size of an element in bytes.
  public var byteCount: Int { scalarType.npyElementType.byteCount }
}

extension IDXElementType: CustomStringConvertible {
  /// The name of the Swift type.
  public var description: String { "\(scalarType)" }
}

/// A type that the elements of an IDX file can have; the six conforming types are all that the format knows.
public protocol IDXScalar: NPYScalar {
  /// The element type whose elements are of this type.
  static var idxElementType: IDXElementType { get }
}

extension UInt8: IDXScalar {
  public static var idxElementType: IDXElementType { .uint8 }
}

extension Int8: IDXScalar {
  public static var idxElementType: IDXElementType { .int8 }
}

extension Int16: IDXScalar {
  public static var idxElementType: IDXElementType { .int16 }
}

extension Int32: IDXScalar {
  public static var idxElementType: IDXElementType { .int32 }
}

extension Float: IDXScalar {
  public static var idxElementType: IDXElementType { .float32 }
}

extension Double: IDXScalar {
  public static var idxElementType: IDXElementType { .float64 }
}
