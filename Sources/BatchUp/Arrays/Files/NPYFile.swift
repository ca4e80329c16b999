/// An .npy file, the format of `numpy.save`, that is open: what is in it, and its array on demand.
///
/// Opening reads and checks the header, versions 1 to 3, and compares the size of the file with it.
public struct NPYFile: Sendable {
  /// Where the file is.
  public let path: String
  /// The major number of the format's version: 1, 2 or 3.
  public let version: Int
  /// The type of the elements.
  public let elementType: NPYElementType
  /// The order of the bytes of an element; this machine's where an element is one byte.
  public let byteOrder: ByteOrder
  /// Whether the first axis is contiguous instead of the last one. False where both are the same: with at most one axis
  /// longer than 1.
  public let isFortranOrder: Bool
  /// The lengths of the axes; none for a single element.
  public let shape: [Int]
  /// Where in the file the data start.
  public let dataOffset: Int
  /// The size of the data.
  public let dataByteCount: Int
  let file: ReadableFile

  /// Opens a file; or what is in `range` of its bytes, as a member of an archive that is stored as it is.
  ///
  /// Nothing outside the range is read, and no memory taken for what a header claims.
  public init(path: String, in range: Range<Int>? = nil) throws(NPYError) {
    do {
      file = try ReadableFile(path: path)
    } catch {
      switch error {
      case .system(let error): throw .cannotOpen(path: path, reason: error.text)
      case .notRegular: throw .notRegularFile(path: path)
      }
    }
    let fileByteCount: Int
    do { fileByteCount = try file.byteCount() } catch { throw .cannotRead(path: path, reason: error.text) }
    let range = (range ?? 0..<fileByteCount).clamped(to: 0..<fileByteCount)
    let header = try NPYHeader(from: file, in: range)
    let found = range.count - header.byteCount
    if found < header.dataByteCount {
      throw .truncatedData(path: path, expected: header.dataByteCount, found: found)
    }
    if found > header.dataByteCount {
      throw .trailingBytes(path: path, expected: header.dataByteCount, count: found - header.dataByteCount)
    }
    self.path = path
    version = header.version
    elementType = header.elementType
    byteOrder = header.byteOrder
    isFortranOrder = header.isFortranOrder
    shape = header.shape
    dataOffset = range.lowerBound + header.byteCount
    dataByteCount = header.dataByteCount
  }

  func require<Scalar: NPYScalar>(_: Scalar.Type) throws(NPYError) {
    guard elementType == Scalar.npyElementType else {
      throw .wrongElementType(path: path, expected: Scalar.npyElementType, found: elementType)
    }
  }

  var conversion: ElementConversion { ElementConversion(elementType, byteOrder) }
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
    return try NDArray(unsafeUninitializedShape: shape) { elements throws(NPYError) in
      let bytes = UnsafeMutableRawBufferPointer(elements)
      if isFortranOrder {
        try readFortranOrder(into: elements)
      } else {
        try read(into: bytes, at: 0)
      }
      conversion.apply(to: bytes, elementSize: MemoryLayout<Scalar>.size)
    }
  }

  private func readFortranOrder<Scalar: BitwiseCopyable>(
    into elements: UnsafeMutableBufferPointer<Scalar>
  ) throws(NPYError) {
    var order = FortranOrder<Scalar>(shape: shape)
    let pieceLength = min(elements.count, 1 << 17)
    let piece = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: pieceLength)
    defer { piece.deallocate() }
    for start in stride(from: 0, to: elements.count, by: pieceLength) {
      let part = UnsafeMutableBufferPointer(rebasing: piece[..<min(pieceLength, elements.count - start)])
      try read(into: UnsafeMutableRawBufferPointer(part), at: start * MemoryLayout<Scalar>.size)
      order.put(UnsafeBufferPointer(part), into: elements)
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
