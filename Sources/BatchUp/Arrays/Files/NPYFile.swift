import BatchUpSystem

/// An .npy file, the format of `numpy.save`, that is open: what is in it, and its array on demand.
///
/// Opening reads and checks the header, versions 1 to 3, and compares the size of the file with it.
public struct NPYFile: Sendable {
  /// Where the file is.
  public let path: String
  /// Where in the file the data start.
  public let dataOffset: Int
  let file: ReadableFile
  private let header: NPYHeader

  /// The major number of the format's version: 1, 2 or 3.
  public var version: Int { header.version }
  /// The type of the elements.
  public var elementType: NPYElementType { header.elementType }
  /// The order of the bytes of an element; this machine's where an element is one byte.
  public var byteOrder: ByteOrder { header.byteOrder }
  /// Whether the first axis is contiguous instead of the last one. False where both are the same: with at most one axis
  /// longer than 1.
  public var isFortranOrder: Bool { header.isFortranOrder }
  /// The lengths of the axes; none for a single element.
  public var shape: [Int] { header.shape }
  /// The size of the data.
  public var dataByteCount: Int { header.dataByteCount }

  /// Opens a file; or what is in `range` of its bytes, as a member of an archive that is stored as it is.
  ///
  /// Nothing outside the range is read, and no memory taken for what a header claims.
  public init(path: String, in range: Range<Int>? = nil) throws(NPYError) {
    try self.init(NPYError.opened(path), named: path, in: range)
  }

  /// What is in an open file, which is called `path` in errors.
  package init(_ file: ReadableFile, named path: String, in range: Range<Int>? = nil) throws(NPYError) {
    let fileByteCount: Int
    do { fileByteCount = try file.byteCount() } catch { throw .cannotRead(path: path, reason: error.text) }
    let range = (range ?? 0..<fileByteCount).clamped(to: 0..<fileByteCount)
    let header = try NPYHeader(from: file, in: range, path: path)
    try header.requireByteCount(range.count, path: path)
    self.path = path
    self.file = file
    self.header = header
    dataOffset = range.lowerBound + header.byteCount
  }

  func require<Scalar: NPYScalar>(_: Scalar.Type) throws(NPYError) {
    guard elementType == Scalar.npyElementType else {
      throw .wrongElementType(path: path, expected: Scalar.npyElementType, found: elementType)
    }
  }
}

extension NPYFile {
  /// Reads the data into memory, in this machine's byte order and in C order.
  ///
  /// - Complexity: O(elements). A file in Fortran order takes several times as long.
  public func array<Scalar: NPYScalar>(of: Scalar.Type = Scalar.self) throws(NPYError) -> NDArray<Scalar> {
    try require(Scalar.self)
    guard systemGrants(byteCount: dataByteCount) else {
      throw .notEnoughMemory(path: path, expected: dataByteCount)
    }
    var position = 0
    return try header.array { bytes throws(NPYError) in
      try read(into: bytes, at: position)
      position += bytes.count
    }
  }

  /// Fills the buffer with data, `position` bytes behind their start.
  private func read(into bytes: UnsafeMutableRawBufferPointer, at position: Int) throws(NPYError) {
    let count: Int
    do {
      count = try file.read(into: bytes, at: dataOffset + position)
    } catch {
      throw .cannotRead(path: path, reason: error.text)
    }
    // The file may have been made shorter since it was opened.
    guard count == bytes.count else {
      throw .truncatedData(path: path, expected: dataByteCount, found: position + count)
    }
  }
}

extension NDArray where Scalar: NPYScalar {
  /// Reads an .npy file whose elements are of exactly this type, in either byte order, in C or Fortran order.
  public init(npyFile path: String) throws(NPYError) {
    self = try NPYFile(path: path).array()
  }
}
