import BatchUp

/// What the elements of a tensor in a safetensors file are, by the name that the file gives the type.
///
/// A file may have types that are not listed here; they have a name and nothing more.
public struct SafetensorsElementType: RawRepresentable, Hashable, Sendable {
  /// The name in the file, such as `F32`.
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  /// Truth values, a byte each.
  public static let bool = Self(rawValue: "BOOL")
  /// Integers of 8 bits without a sign.
  public static let uint8 = Self(rawValue: "U8")
  /// Integers of 8 bits with a sign.
  public static let int8 = Self(rawValue: "I8")
  /// Integers of 16 bits without a sign.
  public static let uint16 = Self(rawValue: "U16")
  /// Integers of 16 bits with a sign.
  public static let int16 = Self(rawValue: "I16")
  /// Integers of 32 bits without a sign.
  public static let uint32 = Self(rawValue: "U32")
  /// Integers of 32 bits with a sign.
  public static let int32 = Self(rawValue: "I32")
  /// Integers of 64 bits without a sign.
  public static let uint64 = Self(rawValue: "U64")
  /// Integers of 64 bits with a sign.
  public static let int64 = Self(rawValue: "I64")
  /// Floating-point numbers of 16 bits: `Float16`, where Swift has it.
  public static let float16 = Self(rawValue: "F16")
  /// Floating-point numbers of 32 bits: `Float`.
  public static let float32 = Self(rawValue: "F32")
  /// Floating-point numbers of 64 bits: `Double`.
  public static let float64 = Self(rawValue: "F64")
  /// The upper half of a `Float`; no Swift type.
  public static let bfloat16 = Self(rawValue: "BF16")

  /// The size of an element in bits; nil for a type that is not known.
  public var bitCount: Int? {
    switch rawValue {
    case "F4": 4
    case "F6_E2M3", "F6_E3M2": 6
    case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ": 8
    case "U16", "I16", "F16", "BF16": 16
    case "U32", "I32", "F32": 32
    case "U64", "I64", "F64", "C64": 64
    default: nil
    }
  }
}

extension SafetensorsElementType: CustomStringConvertible {
  public var description: String { rawValue.briefly }
}

/// A type that elements can be read as and written from.
public typealias SafetensorsScalar = NPYScalar

extension NPYScalar {
  /// The type in a safetensors file.
  public static var safetensorsElementType: SafetensorsElementType {
    let type = npyElementType
    return .init(rawValue: type == .bool ? "BOOL" : "\(type.rawValue.prefix(1).uppercased())\(8 * type.byteCount)")
  }
}
