import BatchUp
import BatchUpSystem

/// Rows of varying length, read without libhdf5, which believes the lengths that it finds, and writes behind its memory
/// where they lie.
///
/// In the array, there is a reference for each: the number of elements (4 bytes), and the address (8 bytes) of a
/// collection of objects in the file, with the object's number there (4 bytes). A collection begins with `GCOL`, its
/// version 1, three bytes, and its size (8 bytes). An object begins with its number, a count of references (2 bytes
/// each), four bytes, and its size (8 bytes), and is filled up to eight bytes; number 0 is the room that is left.
struct HDF5Sequences {
  static let referenceSize = 16
  private static let headSize = 16

  private let file: ReadableFile
  private let dataset: HDF5Dataset
  private let byteOrder: ByteOrder
  /// What collections may have together: they lie beside each other in the file.
  private var unreadByteCount: Int

  /// Neighbouring references.
  struct Piece {
    let firstRow: Int
    let offset: Int
    let rowCount: Int
  }

  init(of dataset: HDF5Dataset, in file: ReadableFile, byteOrder: ByteOrder) throws(HDF5Error) {
    self.file = file
    self.dataset = dataset
    self.byteOrder = byteOrder
    unreadByteCount = try HDF5Error.byteCount(of: file)
  }

  mutating func rows(count: Int, in pieces: [Piece]) throws(HDF5Error) -> [[Int32]] {
    // Each row has a reference and an object of its own: there is no more of either than the file has bytes.
    guard count <= unreadByteCount / Self.referenceSize else { throw defect("the file ends before its rows do") }
    var undeliveredByteCount = unreadByteCount
    var rows: [[Int32]] = []
    var collections: [Int: [Int: [UInt8]]] = [:]
    for piece in pieces where piece.firstRow < count {
      guard piece.firstRow == rows.count else { break }
      let rowCount = min(piece.rowCount, count - piece.firstRow)
      let references = try bytes(rowCount, times: Self.referenceSize, at: piece.offset)
      for start in stride(from: 0, to: references.count, by: Self.referenceSize) {
        let row = try row(references[start..<start + Self.referenceSize], from: &collections)
        undeliveredByteCount -= row.count * MemoryLayout<Int32>.size
        guard undeliveredByteCount >= 0 else { throw defect("several rows are in the same place") }
        rows.append(row)
      }
    }
    guard rows.count == count else { throw defect("row \(rows.count) is missing") }
    return rows
  }

  private mutating func row(
    _ reference: ArraySlice<UInt8>, from collections: inout [Int: [Int: [UInt8]]]
  ) throws(HDF5Error) -> [Int32] {
    let count = Self.number(reference.prefix(4))
    if count == 0 { return [] }
    let address = Self.number(reference.dropFirst(4).prefix(8))
    if collections[address] == nil { collections[address] = try collection(at: address) }
    guard let object = collections[address]?[Self.number(reference.suffix(4))], object.count == count * 4 else {
      throw defect("a row of \(count) elements is not where it should be, at byte \(address)")
    }
    return stride(from: 0, to: object.count, by: 4).map { start in
      let element = object[start..<start + 4]
      let inOrder = byteOrder == .littleEndian ? element : ArraySlice(element.reversed())
      return Int32(truncatingIfNeeded: Self.number(inOrder))
    }
  }

  /// The objects by their numbers.
  private mutating func collection(at offset: Int) throws(HDF5Error) -> [Int: [UInt8]] {
    let head = try bytes(1, times: Self.headSize, at: offset)
    let size = Self.number(head.suffix(8))
    guard head.prefix(5) == [0x47, 0x43, 0x4F, 0x4C, 1], size >= Self.headSize, size <= unreadByteCount else {
      throw defect("there are no rows at byte \(offset)")
    }
    unreadByteCount -= size
    let content = try bytes(1, times: size, at: offset)
    var objects: [Int: [UInt8]] = [:]
    var position = Self.headSize
    while position + Self.headSize <= size {
      let number = Self.number(content[position..<position + 2])
      if number == 0 { break }
      let (start, byteCount) = (position + Self.headSize, Self.number(content[position + 8..<position + 16]))
      guard byteCount >= 0, byteCount <= size - start else { throw defect("a row does not end, at byte \(offset)") }
      objects[number] = Array(content[start..<start + byteCount])
      position = start + (byteCount + 7) & ~7
    }
    return objects
  }

  /// All of them, which are in the file before memory is taken for them.
  private func bytes(_ count: Int, times size: Int, at offset: Int) throws(HDF5Error) -> [UInt8] {
    let end = try HDF5Error.byteCount(of: file)
    guard offset >= 0, offset <= end, count <= (end - offset) / size else {
      throw defect("the file ends before its rows do")
    }
    let bytes = try HDF5Error.bytes(count * size, of: file, at: offset)
    guard bytes.count == count * size else { throw defect("the file ends before its rows do") }
    return bytes
  }

  private func defect(_ reason: String) -> HDF5Error {
    .invalidDataset(path: file.path, dataset: dataset.name, reason: reason)
  }

  /// A little-endian number; negative ones stand for such as are too large.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
