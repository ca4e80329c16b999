import BatchUp
import BatchUpFiles

/// What is not compressed has exactly the bytes of its array behind the header, in big-endian order.
func checkIDX(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let path = try folder.write(bytes)
  let file: IDXFile
  do {
    file = try IDXFile(path: path)
  } catch {
    return try requireLine(error, about: path)
  }
  try checkElements(of: file, file.elementType.scalarType, bytes)
}

private func checkElements<Scalar: IDXScalar>(of file: IDXFile, _: Scalar.Type, _ bytes: [UInt8]) throws {
  let array = try file.array(of: Scalar.self)
  try require(array.shape == file.shape, "\(array.shape) is \(file.shape)")
  if bytes.starts(with: [0x1F, 0x8B]) { return }
  let size = MemoryLayout<Scalar>.size
  let data = Array(bytes.dropFirst(4 + 4 * file.shape.count))
  let elements = elementBytes(array)
  try require(data.count == elements.count, "an array is all of the data")
  guard ByteOrder.native == .littleEndian else { return }
  for i in data.indices {
    try require(data[i] == elements[i - i % size + size - 1 - i % size], "the bytes of the elements are the file's")
  }
}
