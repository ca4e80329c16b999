/// What the elements of an array in a file are: all types of NumPy that Swift has a scalar for.
public enum NPYElementType: String, CaseIterable, Sendable {
  /// Truth values, a byte each: NumPy's `bool`.
  case bool = "b1"
  /// Integers of 8 bits with a sign.
  case int8 = "i1"
  /// Integers of 16 bits with a sign.
  case int16 = "i2"
  /// Integers of 32 bits with a sign.
  case int32 = "i4"
  /// Integers of 64 bits with a sign.
  case int64 = "i8"
  /// Integers of 8 bits without a sign.
  case uint8 = "u1"
  /// Integers of 16 bits without a sign.
  case uint16 = "u2"
  /// Integers of 32 bits without a sign.
  case uint32 = "u4"
  /// Integers of 64 bits without a sign.
  case uint64 = "u8"
  /// Floating-point numbers of 16 bits: `Float16`, where Swift has it.
  case float16 = "f2"
  /// Floating-point numbers of 32 bits: `Float`.
  case float32 = "f4"
  /// Floating-point numbers of 64 bits: `Double`.
  case float64 = "f8"

  /// The Swift type of the elements; nil for Float16 on Macs with Intel processors, where Swift has none.
  public var scalarType: (any NPYScalar.Type)? {
    switch self {
    case .bool: Bool.self
    case .int8: Int8.self
    case .int16: Int16.self
    case .int32: Int32.self
    case .int64: Int64.self
    case .uint8: UInt8.self
    case .uint16: UInt16.self
    case .uint32: UInt32.self
    case .uint64: UInt64.self
    case .float16: float16Type
    case .float32: Float.self
    case .float64: Double.self
    }
  }

  /// The size of an element in bytes: the digit of NumPy's name.
  public var byteCount: Int { rawValue.utf8.last.map { Int($0 - UInt8(ascii: "0")) } ?? 0 }

  /// NumPy's name for the type in a byte order, as in the header of a file: `<f4`.
  func descriptor(_ byteOrder: ByteOrder) -> String {
    if byteCount == 1 { return "|" + rawValue }
    return (byteOrder == .littleEndian ? "<" : ">") + rawValue
  }
}

extension NPYElementType: CustomStringConvertible {
  /// The name of the Swift type.
  public var description: String { scalarType.map { "\($0)" } ?? "Float16" }
}

/// A type that the elements of an array in a file can have; the conforming types are all that there are.
public protocol NPYScalar: BitwiseCopyable, Sendable {
  /// The element type whose elements are of this type.
  static var npyElementType: NPYElementType { get }
}

extension Bool: NPYScalar {
  public static var npyElementType: NPYElementType { .bool }
}

extension NPYScalar where Self: FixedWidthInteger {
  public static var npyElementType: NPYElementType {
    switch bitWidth {
    case 8: isSigned ? .int8 : .uint8
    case 16: isSigned ? .int16 : .uint16
    case 32: isSigned ? .int32 : .uint32
    case 64: isSigned ? .int64 : .uint64
    default: preconditionFailure("NumPy has no integers of \(bitWidth) bits")
    }
  }
}

extension Int8: NPYScalar {}
extension Int16: NPYScalar {}
extension Int32: NPYScalar {}
extension Int64: NPYScalar {}
extension Int: NPYScalar {}
extension UInt8: NPYScalar {}
extension UInt16: NPYScalar {}
extension UInt32: NPYScalar {}
extension UInt64: NPYScalar {}

#if (os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64)
  private var float16Type: (any NPYScalar.Type)? { nil }
#else
  private var float16Type: (any NPYScalar.Type)? { Float16.self }

  extension Float16: NPYScalar {
    public static var npyElementType: NPYElementType { .float16 }
  }
#endif

extension Float: NPYScalar {
  public static var npyElementType: NPYElementType { .float32 }
}

extension Double: NPYScalar {
  public static var npyElementType: NPYElementType { .float64 }
}
