import BatchUp

/// The header of an .npy file with that text, without any padding but the newline.
func npyHeader(_ text: String, version: UInt8 = 1) -> [UInt8] {
  let text = Array((text + "\n").utf8)
  let count = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + count + text
}

func npyHeader(descriptor: String, isFortranOrder: Bool = false, shape: [Int], version: UInt8 = 1) -> [UInt8] {
  let tuple = shape.map { "\($0), " }.joined()
  let order = isFortranOrder ? "True" : "False"
  return npyHeader("{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': (\(tuple)), }", version: version)
}

/// The file of the pattern in any of the ways that the format knows.
func npyBytes<Scalar: PatternScalar>(
  _: Scalar.Type, shape: [Int], order: ByteOrder = .littleEndian, isFortranOrder: Bool = false, version: UInt8 = 1
) -> [UInt8] {
  let mark = MemoryLayout<Scalar>.size == 1 ? "|" : order == .littleEndian ? "<" : ">"
  let positions = isFortranOrder ? fortranPositions(shape) : Array(0..<shape.reduce(1, *))
  let data = positions.flatMap { position in
    let bytes = Scalar.element(at: position).littleEndianBytes
    return order == .littleEndian ? bytes : bytes.reversed()
  }
  return npyHeader(
    descriptor: mark + Scalar.npyElementType.rawValue, isFortranOrder: isFortranOrder, shape: shape, version: version)
    + data
}

/// Where the elements stand in C order, in Fortran order.
private func fortranPositions(_ shape: [Int]) -> [Int] {
  (0..<shape.reduce(1, *)).map { place in
    var rest = place
    let indices = shape.map { length in
      defer { rest /= length }
      return rest % length
    }
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}
