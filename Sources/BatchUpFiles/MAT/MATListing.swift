import BatchUp
import BatchUpSystem

/// The variables of a file, each of which begins with a tag, behind a header of 128 bytes.
struct MATListing {
  private(set) var variables: [MATVariable] = []

  static let headerSize = 128
  static let tagSize = 8
  private static let hdf5Magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  init(of file: ReadableFile) throws(MATError) {
    let byteCount = try MATError.byteCount(of: file)
    let byteOrder = try Self.byteOrder(of: file)
    var offset = Self.headerSize
    while offset < byteCount {
      let variable = try Self.variable(at: offset, of: file, byteCount: byteCount, byteOrder)
      variables.append(variable)
      offset = variable.byteRange.upperBound
    }
  }

  private static func byteOrder(of file: ReadableFile) throws(MATError) -> ByteOrder {
    let header = try MATError.bytes(headerSize, of: file, at: 0)
    guard header.count == headerSize else { throw .notMAT5(path: file.path) }
    let byteOrder: ByteOrder
    switch (header[126], header[127]) {
    case (UInt8(ascii: "I"), UInt8(ascii: "M")): byteOrder = .littleEndian
    case (UInt8(ascii: "M"), UInt8(ascii: "I")): byteOrder = .bigEndian
    default: throw .notMAT5(path: file.path)
    }
    let version = byteOrder == .littleEndian ? (header[125], header[124]) : (header[124], header[125])
    if version == (2, 0) { throw .version73(path: file.path) }
    guard version == (1, 0) else { throw .notMAT5(path: file.path) }
    // The space that MATLAB leaves in front of HDF5.
    if try MATError.bytes(hdf5Magic.count, of: file, at: 512) == hdf5Magic { throw .version73(path: file.path) }
    return byteOrder
  }

  private static func variable(
    at offset: Int, of file: ReadableFile, byteCount: Int, _ byteOrder: ByteOrder
  ) throws(MATError) -> MATVariable {
    let start = offset + tagSize
    let tag = try MATError.bytes(tagSize, of: file, at: offset)
    guard tag.count == tagSize else { throw .truncated(path: file.path, expected: start, found: byteCount) }
    let type = MATElements.word(tag[0..<4], byteOrder)
    guard [MATElements.matrix, MATElements.compressed].contains(type) else {
      throw .notVariable(path: file.path, offset: offset, found: type)
    }
    let end = start + Int(MATElements.word(tag[4..<8], byteOrder))
    guard end <= byteCount else { throw .truncated(path: file.path, expected: end, found: byteCount) }
    let isCompressed = type == MATElements.compressed
    var elements = try MATElements(
      of: file, in: start..<end, isCompressed: isCompressed, byteOrder, name: "at byte \(offset)")
    let header = try MATMatrixHeader(from: &elements, isCompressed: isCompressed)
    let (elementType, name) = MATClass.describe(flags: header.flags)
    return MATVariable(
      name: header.name, elementType: elementType, typeDescription: name, shape: header.shape, byteOrder: byteOrder,
      isCompressed: isCompressed, byteRange: start..<end)
  }
}
