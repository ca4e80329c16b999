import BatchUp
import BatchUpSystem

/// A MATLAB file of version 5, as MATLAB's `save -v6` and `-v7` and SciPy's `savemat` write them.
///
/// Opening lists the variables and checks that the file is whole. The elements are read by libmatio when they are asked
/// for, after a check that they are there, as many as the shape says: libmatio itself does not notice where some are
/// missing. The file must not be changed while it is in use.
///
/// MATLAB's first axis is the fastest. Arrays here have the same shape, so that the same indices mean the same element, in
/// the order of all arrays here, last axis fastest; SciPy's `loadmat` gives the same.
public struct MATFile: Sendable {
  /// Where the file is.
  public let path: String
  /// The variables, in the order of the file.
  public let variables: [MATVariable]
  private let file: ReadableFile

  /// Opens a file and lists its variables.
  ///
  /// - Complexity: O(variables).
  public init(path: String) throws(MATError) {
    file = try MATError.opened(path)
    self.path = path
    variables = try MATListing(of: file).variables
  }

  /// What the file says about the variable of that name; about the last one, if there are several.
  public func variable(named name: String) throws(MATError) -> MATVariable {
    variables[try place(of: name)]
  }

  private func place(of name: String) throws(MATError) -> Int {
    guard let place = variables.lastIndex(where: { $0.name == name }) else {
      throw .noVariable(path: path, variable: name)
    }
    return place
  }

  /// Reads a variable of real numbers or truth values. Nothing is converted but the order.
  ///
  /// - Throws: among others ``MATError/wrongElementType(path:variable:expected:found:)``.
  /// - Complexity: O(elements); takes twice the memory meanwhile.
  public func array<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type = Scalar.self
  ) throws(MATError) -> NDArray<Scalar> {
    try reversedArray(named: name, of: Scalar.self).withReversedAxes()
  }

  /// The same with the axes in reverse order, which is the order of the elements in the file: without a second copy.
  package func reversedArray<Scalar: NPYScalar>(
    named name: String, of: Scalar.Type = Scalar.self
  ) throws(MATError) -> NDArray<Scalar> {
    let place = try place(of: name)
    let variable = variables[place]
    try require(Scalar.self, of: variable)
    let count = variable.shape.reduce(1, *)
    guard count > 0 else { return NDArray(unsafeUninitializedShape: variable.shape.reversed()) { _ in } }
    try requireElements(of: variable, count: count)
    let byteCount = count * MemoryLayout<Scalar>.size
    guard systemGrants(byteCount: 2 * byteCount) else {
      throw .notEnoughMemory(path: path, variable: name, expected: byteCount)
    }
    return try NDArray(unsafeUninitializedShape: variable.shape.reversed()) { elements throws(MATError) in
      let bytes = UnsafeMutableRawBufferPointer(elements)
      try read(variable, at: place, count: count, into: bytes)
      // MATLAB, too, takes any number but 0 for true.
      if variable.elementType == .bool { for i in bytes.indices { bytes[i] = bytes[i] == 0 ? 0 : 1 } }
    }
  }

  private func read(
    _ variable: MATVariable, at place: Int, count: Int, into bytes: UnsafeMutableRawBufferPointer
  ) throws(MATError) {
    if variables[..<place].allSatisfy({ $0.elementType != nil }) {
      return try MATLibrary.read(variable, at: place, path: path, count: count, into: bytes)
    }
    let excerpt: MATExcerpt
    do {
      excerpt = try MATExcerpt(of: variable, from: file)
    } catch {
      throw .cannotRead(path: path, reason: "\(variable.name.quotedBriefly) cannot be copied: \(error.text)")
    }
    do {
      try MATLibrary.read(variable, at: 0, path: excerpt.path, count: count, into: bytes)
    } catch {
      throw .libraryFailed(path: path, variable: variable.name)
    }
  }

  private func require<Scalar: NPYScalar>(_: Scalar.Type, of variable: MATVariable) throws(MATError) {
    guard let found = variable.elementType else {
      throw .unsupportedClass(
        path: path, variable: variable.name, expected: Scalar.npyElementType, found: variable.typeDescription)
    }
    guard found == Scalar.npyElementType else {
      throw .wrongElementType(path: path, variable: variable.name, expected: Scalar.npyElementType, found: found)
    }
  }

  /// Makes sure that the elements are there, before memory is taken for them: in a numeric type that may be shorter than
  /// that of the variable, since MATLAB stores numbers in as few bytes as they need.
  private func requireElements(of variable: MATVariable, count: Int) throws(MATError) {
    let limit = Int(Int32.max)
    guard count <= limit else {
      throw .tooManyElements(path: path, variable: variable.name, limit: limit, found: count)
    }
    var elements = try MATElements(
      of: file, in: variable.byteRange, isCompressed: variable.isCompressed, variable.byteOrder, name: variable.name)
    _ = try MATMatrixHeader(from: &elements, isCompressed: variable.isCompressed)
    let tag = try elements.tag()
    guard let size = MATElements.numberSize(ofType: tag.type) else {
      throw elements.invalid("has numbers of the unknown type \(tag.type)")
    }
    guard tag.byteCount == count * size else {
      throw elements.invalid("has \(tag.byteCount) bytes, not the \(count * size) of its shape")
    }
    try elements.pass(tag)
  }
}
