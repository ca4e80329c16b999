import BatchUp
import BatchUpFiles

private let scalarTypes: [any SafetensorsScalar.Type] = [
  Bool.self, UInt8.self, Int8.self, UInt16.self, Int16.self, UInt32.self, Int32.self, UInt64.self, Int64.self,
  Float.self, Double.self,
]

/// Tensors have the bytes that the header says, and are the same, written and read again.
func checkSafetensors(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let path = try folder.write(bytes)
  let file: SafetensorsFile
  do {
    file = try SafetensorsFile(path: path)
  } catch {
    return try requireLine(error, about: path)
  }
  var writer = SafetensorsWriter(metadata: file.metadata)
  var written: [SafetensorsTensor] = []
  for tensor in file.tensors {
    guard let type = scalarTypes.first(where: { $0.safetensorsElementType == tensor.elementType }) else { continue }
    if try add(tensor, type, of: file, bytes, to: &writer) { written.append(tensor) }
  }
  let copy = folder.path("output")
  try writer.write(to: copy)
  try check(try SafetensorsFile(path: copy), written, of: file)
}

/// False where there are bytes that are no truth values.
private func add<Scalar: SafetensorsScalar>(
  _ tensor: SafetensorsTensor, _: Scalar.Type, of file: SafetensorsFile, _ bytes: [UInt8],
  to writer: inout SafetensorsWriter
) throws -> Bool {
  do {
    let array = try file.array(named: tensor.name, of: Scalar.self)
    try require(bytes[tensor.byteRange].elementsEqual(elementBytes(array)), "the elements are the file's bytes")
    writer.add(array, named: tensor.name)
    return true
  } catch SafetensorsError.notBool {
    return false
  }
}

private func check(_ copy: SafetensorsFile, _ tensors: [SafetensorsTensor], of file: SafetensorsFile) throws {
  try require(copy.metadata == file.metadata, "the texts are the same")
  try require(Set(copy.tensors.map(\.name)) == Set(tensors.map(\.name)), "the names are the same")
  for tensor in tensors {
    let found = try copy.tensor(named: tensor.name)
    try require(found.elementType == tensor.elementType && found.shape == tensor.shape, "\(found) is \(tensor)")
    func compare<Scalar: SafetensorsScalar>(_: Scalar.Type) throws {
      let (one, other) = (
        try file.array(named: tensor.name, of: Scalar.self), try copy.array(named: tensor.name, of: Scalar.self)
      )
      try require(isSame(one, as: other), "\(tensor.name) is the same, written and read again")
    }
    if let type = scalarTypes.first(where: { $0.safetensorsElementType == tensor.elementType }) { try compare(type) }
  }
}
