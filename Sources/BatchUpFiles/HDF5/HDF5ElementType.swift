import BatchUp
import CHDF5

/// What HDF5's types of elements are here. All of these run inside of `HDF5Library.locked`.
enum HDF5ElementType {
  /// The element type and byte order of a type in a file; nil where no Swift scalar stands for it.
  static func recognized(_ type: hid_t) throws(HDF5Failure) -> (NPYElementType, ByteOrder)? {
    let size = H5Tget_size(type)
    if try isBool(type, size: size) { return (.bool, .native) }
    for elementType in NPYElementType.allCases where elementType != .bool && elementType.byteCount == size {
      for byteOrder in [ByteOrder.littleEndian, .bigEndian] {
        let standard = try standard(elementType, byteOrder)
        if H5Tequal(type, standard.id) > 0 { return (elementType, size == 1 ? .native : byteOrder) }
      }
    }
    return nil
  }

  /// The type of elements that are written. For Bool, it is h5py's: names for two numbers.
  static func standard(
    _ elementType: NPYElementType, _ byteOrder: ByteOrder = .native
  ) throws(HDF5Failure) -> HDF5ID {
    guard elementType != .bool else { return try bool() }
    let kind = elementType.rawValue.utf8.first.map { CChar(bitPattern: $0) } ?? 0
    return try HDF5ID(cbu_h5t_standard(kind, Int32(elementType.byteCount), byteOrder == .bigEndian ? 1 : 0))
  }

  static func standard(_ elements: HDF5Writer.Elements) throws(HDF5Failure) -> HDF5ID {
    switch elements {
    case .scalars(let elementType): return try standard(elementType)
    case .strings(let byteCount): return try HDF5ID(cbu_h5t_bytes(byteCount))
    case .sequences:
      let base = try standard(.int32)
      return try HDF5ID(H5Tvlen_create(base.id))
    }
  }

  private static let boolNames = ["FALSE", "TRUE"]

  private static func bool() throws(HDF5Failure) -> HDF5ID {
    let base = try standard(.int8)
    let type = try HDF5ID(H5Tenum_create(base.id))
    for (number, name) in boolNames.enumerated() {
      var value = Int8(number)
      try checked(H5Tenum_insert(type.id, name, &value))
    }
    return type
  }

  /// Whether the elements are h5py's truth values or those of PyTables, fields of eight bits.
  private static func isBool(_ type: hid_t, size: Int) throws(HDF5Failure) -> Bool {
    guard size == 1 else { return false }
    switch H5Tget_class(type) {
    case H5T_BITFIELD:
      return H5Tget_precision(type) == 8
    case H5T_ENUM:
      guard H5Tget_nmembers(type) == 2 else { return false }
      for (number, name) in boolNames.enumerated() {
        var value: Int8 = -1
        guard H5Tenum_valueof(type, name, &value) >= 0, value == number else { return false }
      }
      return true
    default: return false
    }
  }

  /// What a type is that no Swift scalar stands for.
  static func describe(_ type: hid_t) -> String {
    let size = H5Tget_size(type)
    return switch H5Tget_class(type) {
    case H5T_INTEGER: "integers of \(size) bytes in a form of their own"
    case H5T_FLOAT: "floating-point numbers of \(size) bytes in a form of their own"
    case H5T_TIME: "times"
    case H5T_STRING: H5Tis_variable_str(type) > 0 ? "strings" : "strings of \(size) bytes"
    case H5T_BITFIELD: "bit fields of \(size) bytes"
    case H5T_OPAQUE: "opaque elements of \(size) bytes"
    case H5T_COMPOUND: "records of \(max(H5Tget_nmembers(type), 0)) members"
    case H5T_REFERENCE: "references"
    case H5T_ENUM: "values of an enumeration"
    case H5T_VLEN: "sequences of varying length"
    case H5T_ARRAY: "arrays of \(size) bytes"
    default: "elements of an unknown type"
    }
  }
}
