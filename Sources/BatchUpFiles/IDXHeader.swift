import BatchUp

/// The front of an IDX file: two zero bytes, the element type, the number of axes, and their lengths, big-endian.
struct IDXHeader: Sendable {
  let elementType: IDXElementType
  let shape: [Int]
  /// The number of bytes behind the header.
  let dataByteCount: Int

  init(from source: inout InflatingReader<IDXError>, path: String) throws(IDXError) {
    let front = try source.read(count: 4)
    if front.isEmpty { throw .empty(path: path) }
    let (elementType, rank) = try Self.elementTypeAndRank(of: front, path: path)
    let lengths = try source.read(count: 4 * rank)
    guard lengths.count == 4 * rank else {
      throw .truncatedHeader(path: path, expected: 4 + 4 * rank, found: 4 + lengths.count)
    }
    let shape = stride(from: 0, to: lengths.count, by: 4).map { start in
      lengths[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let dataByteCount = elementByteCount(of: shape, elementSize: elementType.byteCount) else {
      throw .overflowingDimensions(path: path, shape: shape, elementType: elementType)
    }
    self.elementType = elementType
    self.shape = shape
    self.dataByteCount = dataByteCount
  }

  /// What the first bytes, at most four and at least one, say.
  private static func elementTypeAndRank(
    of front: [UInt8], path: String
  ) throws(IDXError) -> (IDXElementType, rank: Int) {
    let magic = front.prefix(2)
    guard magic.allSatisfy({ $0 == 0 }) else {
      throw .notIDX(path: path, defect: "its first bytes are \(Array(magic)), not [0, 0]")
    }
    guard front.count == 4 else { throw .truncatedHeader(path: path, expected: 4, found: front.count) }
    guard let elementType = IDXElementType(rawValue: front[2]) else {
      throw .notIDX(
        path: path, defect: "its element type is \(front[2]), not one of \(IDXElementType.allCases.map(\.rawValue))")
    }
    guard front[3] > 0 else { throw .notIDX(path: path, defect: "its number of axes is 0, not 1 to 255") }
    return (elementType, Int(front[3]))
  }
}
