import BatchUp
import BatchUpSystem

/// The front of a safetensors file: the length of the header in eight bytes, little-endian, and the header in JSON.
struct SafetensorsHeader {
  /// In the order of their data.
  let tensors: [SafetensorsTensor]
  let metadata: [String: String]

  /// The limit of the format's own library.
  static let byteLimit = 100_000_000
  static let lengthSize = 8
  static let metadataName = "__metadata__"

  init(from file: ReadableFile, byteCount: Int) throws(SafetensorsError) {
    let path = file.path
    let bytes = try Self.readBytes(of: file, byteCount: byteCount)
    let json = try SafetensorsHeaderJSON(parsing: bytes, path: path)
    let dataOffset = Self.lengthSize + bytes.count
    let parts = json.tensors.map { (name: $0.key, json: $0.value) }
    // Empty tensors lie before those that begin at the same place.
    let inOrder = parts.sorted { ($0.json.dataOffsets, $0.name) < ($1.json.dataOffsets, $1.name) }
    var position = 0
    tensors = try inOrder.map { name, json throws(SafetensorsError) in
      let tensor: SafetensorsTensor
      do throws(FileDefect) {
        tensor = try json.tensor(named: name, at: position, dataOffset: dataOffset)
      } catch {
        throw .invalidTensor(path: path, tensor: name, defect: error)
      }
      position = tensor.byteRange.upperBound - dataOffset
      return tensor
    }
    guard position == byteCount - dataOffset else {
      throw .wrongDataByteCount(path: path, expected: position, found: byteCount - dataOffset)
    }
    metadata = json.metadata ?? [:]
  }

  /// The header without its length.
  private static func readBytes(of file: ReadableFile, byteCount: Int) throws(SafetensorsError) -> [UInt8] {
    var length: UInt64 = 0
    let found = try withUnsafeMutableBytes(of: &length) { bytes throws(SafetensorsError) in
      try SafetensorsError.read(file, into: bytes, at: 0)
    }
    guard found == lengthSize else { throw .truncatedHeader(path: file.path, expected: lengthSize, found: found) }
    length = UInt64(littleEndian: length)
    guard length <= byteLimit else { throw .headerTooLarge(path: file.path, limit: byteLimit, found: length) }
    let end = lengthSize + Int(length)
    guard end <= byteCount else { throw .truncatedHeader(path: file.path, expected: end, found: byteCount) }
    let bytes = try SafetensorsError.bytes(Int(length), of: file, at: lengthSize)
    guard bytes.count == length else {
      throw .truncatedHeader(path: file.path, expected: end, found: lengthSize + bytes.count)
    }
    return bytes
  }
}

extension SafetensorsHeaderJSON.Tensor {
  /// The tensor, checked: its data begin at `position` behind `dataOffset`, and are as long as its shape says.
  fileprivate func tensor(
    named name: String, at position: Int, dataOffset: Int
  ) throws(FileDefect) -> SafetensorsTensor {
    guard dataOffsets.count == 2, dataOffsets[0] >= 0, dataOffsets[0] <= dataOffsets[1] else {
      throw "has the offsets \(dataOffsets.briefly), not two in order"
    }
    guard dataOffsets[0] == position else { throw "has data from byte \(dataOffsets[0]), not from byte \(position)" }
    let type = SafetensorsElementType(rawValue: dtype)
    let found = dataOffsets[1] - dataOffsets[0]
    let bitCount = try bitCount(perElement: type.bitCount ?? 1)
    if type.bitCount != nil {
      guard bitCount % 8 == 0 else { throw "has \(bitCount) bits, which are no whole bytes" }
      guard bitCount / 8 == found else { throw "has \(found) bytes, not the \(bitCount / 8) of its shape" }
    }
    let (end, overflows) = dataOffsets[1].addingReportingOverflow(dataOffset)
    if overflows { throw "has the offsets \(dataOffsets.briefly), not two in order" }
    return SafetensorsTensor(name: name, elementType: type, shape: shape, byteRange: end - found..<end)
  }

  /// The size of the data. Also where an axis of length 0 keeps it small, the rows must be countable.
  private func bitCount(perElement elementBitCount: Int) throws(FileDefect) -> Int {
    var product = elementBitCount
    for length in shape {
      if length < 0 { throw "has an axis of negative length: \(shape.briefly)" }
      let (next, overflows) = product.multipliedReportingOverflow(by: max(length, 1))
      if overflows { throw "has more than \(Int.max) bits: \(shape.briefly)" }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }
}

private func < (left: ([Int], String), right: ([Int], String)) -> Bool {
  left.0 == right.0 ? left.1 < right.1 : left.0.lexicographicallyPrecedes(right.0)
}
