import BatchUp

/// What a MATLAB file says about one of its variables.
public struct MATVariable: Hashable, Sendable {
  /// What the variable is called.
  public let name: String
  /// The type of the elements; nil for what is no array of real numbers or truth values.
  public let elementType: NPYElementType?
  /// MATLAB's name for the class, such as `double`, `logical`, `complex single` or `cell`.
  public let typeDescription: String
  /// The lengths of the axes as MATLAB gives them; at least two.
  public let shape: [Int]
  /// The order of the bytes of an element in the file.
  public let byteOrder: ByteOrder
  /// Whether its bytes are compressed.
  public let isCompressed: Bool
  /// The bytes of the file that it takes, behind its tag.
  let byteRange: Range<Int>
}

/// The classes of variables by their codes in a file.
enum MATClass {
  private static let names = [
    1: "cell", 2: "struct", 3: "object", 4: "char", 5: "sparse", 6: "double", 7: "single", 8: "int8", 9: "uint8",
    10: "int16", 11: "uint16", 12: "int32", 13: "uint32", 14: "int64", 15: "uint64", 16: "function handle",
    17: "object",
  ]
  static let elementTypes: [Int: NPYElementType] = [
    6: .float64, 7: .float32, 8: .int8, 9: .uint8, 10: .int16, 11: .uint16, 12: .int32, 13: .uint32, 14: .int64,
    15: .uint64,
  ]
  private static let complexFlag: UInt32 = 0x800
  private static let logicalFlag: UInt32 = 0x200

  /// A class whose variables have neither shape nor name.
  static func isOpaque(flags: UInt32) -> Bool { flags & 0xFF == 17 }

  static func describe(flags: UInt32) -> (elementType: NPYElementType?, name: String) {
    let code = Int(flags & 0xFF)
    let name = names[code] ?? "number \(code)"
    if flags & complexFlag != 0 { return (nil, "complex \(name)") }
    // Truth values are bytes; MATLAB has sparse ones, too.
    if flags & logicalFlag != 0, code == 9 { return (.bool, "logical") }
    return (elementTypes[code], name)
  }
}
