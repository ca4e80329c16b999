import BatchUp
import BatchUpSystem
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
    // Its numbers of the classes are the file's; truth values are of the class of their bytes.
    guard let elementType = variable.elementType,
      MATClass.elementTypes[Int(found.class_type.rawValue)] == (elementType == .bool ? .uint8 : elementType),
      found.isComplex == 0, Int(found.rank) == variable.shape.count,
      // Behind a name of another type than bytes, which it does not read, it takes anything for the elements.
      found.name.map({ String(cString: $0) }) == variable.name
    else { return false }
    return variable.shape.indices.allSatisfy { found.dims[$0] == variable.shape[$0] }
  }
}
