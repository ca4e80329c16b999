import BatchUp
import CMatIO

/// What is asked of libmatio.
enum MATLibrary {
  /// Fills the buffer with all elements of a variable that was checked, the one at `place` in the file, first axis
  /// fastest, in this machine's byte order.
  static func read(
    _ variable: MATVariable, at place: Int, path: String, count: Int, into bytes: UnsafeMutableRawBufferPointer
  ) throws(MATError) {
    let failure = MATError.libraryFailed(path: path, variable: variable.name)
    let opened = path.withSystemPath { Mat_Open($0, Int32(MAT_ACC_RDONLY.rawValue)) }
    guard let file = opened else { throw failure }
    defer { Mat_Close(file) }
    for _ in 0..<place {
      guard let earlier = Mat_VarReadNextInfo(file) else { throw failure }
      Mat_VarFree(earlier)
    }
    guard let found = Mat_VarReadNextInfo(file) else { throw failure }
    defer { Mat_VarFree(found) }
    guard isSame(found.pointee, as: variable) else { throw failure }
    guard Mat_VarReadDataLinear(file, found, bytes.baseAddress, 0, 1, Int32(count)) == 0 else { throw failure }
  }

  private static func isSame(_ found: matvar_t, as variable: MATVariable) -> Bool {
    guard let elementType = variable.elementType, found.class_type == matClass(of: elementType),
      found.isComplex == 0, Int(found.rank) == variable.shape.count,
      // Behind a name of another type than bytes, which it does not read, it takes anything for the elements.
      found.name.map({ String(cString: $0) }) == variable.name
    else { return false }
    return variable.shape.indices.allSatisfy { found.dims[$0] == variable.shape[$0] }
  }

  private static func matClass(of elementType: NPYElementType) -> matio_classes? {
    switch elementType {
    case .bool, .uint8: MAT_C_UINT8
    case .int8: MAT_C_INT8
    case .int16: MAT_C_INT16
    case .uint16: MAT_C_UINT16
    case .int32: MAT_C_INT32
    case .uint32: MAT_C_UINT32
    case .int64: MAT_C_INT64
    case .uint64: MAT_C_UINT64
    case .float32: MAT_C_SINGLE
    case .float64: MAT_C_DOUBLE
    case .float16: nil
    }
  }
}
