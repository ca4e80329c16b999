import BatchUp
import BatchUpSystem

/// An IDX file, the format of MNIST, in memory: one array of any shape and of one of six element types.
///
/// The file may be compressed with gzip, whatever its name is. Opening reads and checks all of it, so that an
/// `IDXFile` is always whole; its arrays share its memory.
public struct IDXFile: Sendable {
  /// Where the file is.
  public let path: String
  /// The type of the elements, by its code in the file.
  public let elementType: IDXElementType
  /// The lengths of the axes.
  public let shape: [Int]
  /// An `NDArray` of the type that `elementType` stands for.
  private let array: any Sendable

  /// Reads the whole file.
  public init(path: String) throws(IDXError) {
    let (file, byteCount) = try IDXError.openedWithSize(path)
    var bytes = try InflatingReader(of: file, byteCount: byteCount) { cause -> IDXError in
      switch cause {
      case .cannotRead(let reason): .cannotRead(path: path, reason: reason)
      case .truncated: .truncatedGzip(path: path, found: byteCount)
      case .damaged(let reason): .damagedGzip(path: path, reason: reason)
      }
    }
    let header = try IDXHeader(from: &bytes, path: path)
    self.path = path
    elementType = header.elementType
    shape = header.shape
    array = try readArray(of: header.elementType.scalarType, header, from: &bytes, path: path)
    let trailing = try bytes.skipRest()
    if trailing > 0 { throw .trailingBytes(path: path, expected: header.dataByteCount, count: trailing) }
  }

  /// The elements, without a copy.
  ///
  /// - Throws: ``IDXError/wrongElementType(path:expected:found:)`` where the file's elements are of another type;
  ///   nothing is converted.
  public func array<Scalar: IDXScalar>(of: Scalar.Type = Scalar.self) throws(IDXError) -> NDArray<Scalar> {
    guard let array = array as? NDArray<Scalar> else {
      throw .wrongElementType(path: path, expected: Scalar.idxElementType, found: elementType)
    }
    return array
  }
}

extension NDArray where Scalar: IDXScalar {
  /// Reads an IDX file, plain or compressed with gzip, whose elements are of exactly this type.
  public init(idxFile path: String) throws(IDXError) {
    self = try IDXFile(path: path).array()
  }
}

private func readArray<Scalar: IDXScalar>(
  of: Scalar.Type, _ header: IDXHeader, from source: inout InflatingReader<IDXError>, path: String
) throws(IDXError) -> any Sendable {
  let expected = header.dataByteCount
  // A header may ask for anything: no memory before the file is known to be large enough.
  guard expected <= source.byteCountBound else {
    throw .truncatedData(path: path, expected: expected, found: try source.skipRest())
  }
  guard systemGrants(byteCount: expected) else { throw .notEnoughMemory(path: path, expected: expected) }
  return try NDArray<Scalar>(unsafeUninitializedShape: header.shape) { elements throws(IDXError) in
    let bytes = UnsafeMutableRawBufferPointer(elements)
    let found = try source.read(into: bytes)
    guard found == expected else { throw .truncatedData(path: path, expected: expected, found: found) }
    ElementConversion(Scalar.npyElementType, .bigEndian).apply(to: bytes, elementSize: MemoryLayout<Scalar>.size)
  }
}
