import BatchUp
import CHDF5

/// What HDF5's types of elements are here. All of these run inside of `HDF5Library.locked`.
enum HDF5ElementType {
  /// The element type and byte order of a type in a file; nil where no Swift scalar stands for it. As to h5py, bit fields
  /// are unsigned integers, and the values of an enumeration are its integers.
  static func recognized(_ type: hid_t) throws(HDF5Failure) -> (NPYElementType, ByteOrder)? {
    let size = try checked(size: H5Tget_size(type))
    if try isBool(type, size: size) { return (.bool, .native) }
    switch try kind(of: type) {
    case H5T_BITFIELD: return try recognizedBitField(type, size: size)
    case H5T_ENUM:
      return try HDF5Scope.run { scope throws(HDF5Failure) in try recognized(scope.own(H5Tget_super(type))) }
    default: break
    }
    for elementType in NPYElementType.allCases where elementType != .bool && elementType.byteCount == size {
      for byteOrder in [ByteOrder.littleEndian, .bigEndian] where try isStandard(type, elementType, byteOrder) {
        return (elementType, size == 1 ? .native : byteOrder)
      }
    }
    return nil
  }

  /// Where all bits of the elements belong to the field.
  private static func recognizedBitField(_ type: hid_t, size: Int) throws(HDF5Failure) -> (NPYElementType, ByteOrder)? {
    guard try checked(size: H5Tget_precision(type)) == size * 8,
      let elementType = ([.uint8, .uint16, .uint32, .uint64] as [NPYElementType]).first(where: { $0.byteCount == size })
    else { return nil }
    return (elementType, size == 1 ? .native : H5Tget_order(type) == H5T_ORDER_BE ? .bigEndian : .littleEndian)
  }

  private static func isStandard(
    _ type: hid_t, _ elementType: NPYElementType, _ byteOrder: ByteOrder
  ) throws(HDF5Failure) -> Bool {
    try HDF5Scope.run { scope throws(HDF5Failure) in
      try checked(H5Tequal(type, standard(elementType, byteOrder: byteOrder, &scope))) > 0
    }
  }

  /// The type of elements that are written. For Bool, it is h5py's: names for two numbers.
  static func standard(
    _ elementType: NPYElementType, byteOrder: ByteOrder = .native, _ scope: inout HDF5Scope
  ) throws(HDF5Failure) -> hid_t {
    guard elementType != .bool else { return try bool(&scope) }
    let kind = elementType.rawValue.utf8.first.map { CChar(bitPattern: $0) } ?? 0
    return try scope.own(cbu_h5t_standard(kind, Int32(elementType.byteCount), byteOrder == .bigEndian ? 1 : 0))
  }

  static func standard(_ elements: HDF5Writer.Elements, _ scope: inout HDF5Scope) throws(HDF5Failure) -> hid_t {
    switch elements {
    case .scalars(let elementType): try standard(elementType, &scope)
    case .strings(let byteCount): try scope.own(cbu_h5t_bytes(byteCount))
    case .sequences: try scope.own(H5Tvlen_create(standard(.int32, &scope)))
    }
  }

  private static let boolNames = ["FALSE", "TRUE"]

  private static func bool(_ scope: inout HDF5Scope) throws(HDF5Failure) -> hid_t {
    let type = try scope.own(H5Tenum_create(standard(.int8, &scope)))
    for (number, name) in boolNames.enumerated() {
      var value = Int8(number)
      try checked(H5Tenum_insert(type, name, &value))
    }
    return type
  }

  /// Whether the elements are h5py's truth values: an enumeration of the two names.
  private static func isBool(_ type: hid_t, size: Int) throws(HDF5Failure) -> Bool {
    guard size == 1, try kind(of: type) == H5T_ENUM, try checked(H5Tget_nmembers(type)) == 2 else { return false }
    for (number, name) in boolNames.enumerated() {
      var value: Int8 = -1
      // Fails where there is no such name.
      guard H5Tenum_valueof(type, name, &value) >= 0, value == number else { return false }
    }
    return true
  }

  /// The class of a type, in the library's sense.
  static func kind(of type: hid_t) throws(HDF5Failure) -> H5T_class_t {
    let kind = H5Tget_class(type)
    try checked(kind.rawValue)
    return kind
  }

  /// What a type is that no Swift scalar stands for.
  static func describe(_ type: hid_t) throws(HDF5Failure) -> String {
    let size = try checked(size: H5Tget_size(type))
    return switch try kind(of: type) {
    case H5T_INTEGER: "integers of \(size) bytes in a form of their own"
    case H5T_FLOAT: "floating-point numbers of \(size) bytes in a form of their own"
    case H5T_TIME: "times"
    case H5T_STRING: try checked(H5Tis_variable_str(type)) > 0 ? "strings" : "strings of \(size) bytes"
    case H5T_BITFIELD: "bit fields of \(size) bytes"
    case H5T_OPAQUE: "opaque elements of \(size) bytes"
    case H5T_COMPOUND: "records of \(try checked(H5Tget_nmembers(type))) members"
    case H5T_REFERENCE: "references"
    case H5T_ENUM: "values of an enumeration"
    case H5T_VLEN: "sequences of varying length"
    case H5T_ARRAY: "arrays of \(size) bytes"
    default: "elements of an unknown type"
    }
  }
}
