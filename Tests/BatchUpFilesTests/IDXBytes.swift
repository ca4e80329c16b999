import BatchUp
import BatchUpFiles

/// The front of an IDX file.
func idxHeader(_ elementType: IDXElementType, _ shape: [Int]) -> [UInt8] {
  [0, 0, elementType.rawValue, UInt8(shape.count)] + shape.flatMap { bigEndianBytes(UInt32($0)) }
}

/// A whole IDX file with elements of all sorts of bits.
func idxBytes(_ elementType: IDXElementType, _ shape: [Int]) -> [UInt8] {
  let count = shape.reduce(1, *) * elementType.byteCount
  return idxHeader(elementType, shape) + (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 129) }
}

func bigEndianBytes<Bits: FixedWidthInteger>(_ bits: Bits) -> [UInt8] {
  withUnsafeBytes(of: bits.bigEndian, Array.init)
}

/// The elements' bits in the byte order of the file, so that NaNs compare too.
func bigEndianBytes<Scalar>(_ array: NDArray<Scalar>) -> [UInt8] {
  let size = MemoryLayout<Scalar>.size
  let bytes = array.withUnsafeBufferPointer { Array(UnsafeRawBufferPointer($0)) }
  guard 1.littleEndian == 1 else { return bytes }
  return stride(from: 0, to: bytes.count, by: size).flatMap { bytes[$0..<$0 + size].reversed() }
}

/// Everything that can be seen of a file: its element type, shape and data, or why there are none.
enum IDXOutcome: Hashable {
  case contents(IDXElementType, shape: [Int], data: [UInt8])
  case failure(IDXError)

  init(ofFile path: String) {
    do throws(IDXError) {
      let file = try IDXFile(path: path)
      self = try Self.contents(of: file, file.elementType.scalarType)
    } catch {
      self = .failure(error)
    }
  }

  /// What the definition of the format says of decompressed bytes: a second reader, written without regard to speed.
  init(definedBy bytes: [UInt8], path: String) {
    if bytes.isEmpty {
      self = .failure(.empty(path: path))
      return
    }
    if bytes.prefix(2).contains(where: { $0 != 0 }) {
      self = .failure(.notIDX(path: path, defect: "its first bytes are \(Array(bytes.prefix(2))), not [0, 0]"))
      return
    }
    if bytes.count < 4 {
      self = .failure(.truncatedHeader(path: path, expected: 4, found: bytes.count))
      return
    }
    guard let elementType = IDXElementType(rawValue: bytes[2]) else {
      self = .failure(
        .notIDX(
          path: path, defect: "its element type is \(bytes[2]), not one of \(IDXElementType.allCases.map(\.rawValue))"))
      return
    }
    if bytes[3] == 0 {
      self = .failure(.notIDX(path: path, defect: "its number of axes is 0, not 1 to 255"))
      return
    }
    let headerCount = 4 + 4 * Int(bytes[3])
    if bytes.count < headerCount {
      self = .failure(.truncatedHeader(path: path, expected: headerCount, found: bytes.count))
      return
    }
    let shape = stride(from: 4, to: headerCount, by: 4).map { (start: Int) -> Int in
      bytes[start..<start + 4].reduce(0) { $0 * 256 + Int($1) }
    }
    self = Self(definedBy: Array(bytes[headerCount...]), elementType, shape, path: path)
  }

  private init(definedBy data: [UInt8], _ elementType: IDXElementType, _ shape: [Int], path: String) {
    let factors = [elementType.byteCount] + shape.filter { $0 > 0 }
    // Rounded; no case comes so close to Int.max that it matters.
    if factors.reduce(1, { $0 * Double($1) }) >= 0x1p63 {
      self = .failure(.overflowingDimensions(path: path, shape: shape, elementType: elementType))
      return
    }
    let expected = shape.contains(0) ? 0 : factors.reduce(1, *)
    if data.count < expected {
      self = .failure(.truncatedData(path: path, expected: expected, found: data.count))
    } else if data.count > expected {
      self = .failure(.trailingBytes(path: path, expected: expected, count: data.count - expected))
    } else {
      self = .contents(elementType, shape: shape, data: data)
    }
  }

  private static func contents<Scalar: IDXScalar>(of file: IDXFile, _: Scalar.Type) throws(IDXError) -> Self {
    let array: NDArray<Scalar> = try file.array()
    precondition(array.shape == file.shape)
    return .contents(file.elementType, shape: file.shape, data: bigEndianBytes(array))
  }
}
