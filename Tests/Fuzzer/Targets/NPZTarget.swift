import BatchUp
import BatchUpFiles

/// What can be read is the same mapped, where it is stored as it is, and written and read again.
func checkNPZ(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let path = try folder.write(bytes)
  do {
    let file = try NPZFile(path: path)
    for member in file.members {
      try require(member.byteRange.upperBound <= bytes.count, "\(member.name) is inside of the file")
      if let type = member.array?.elementType.scalarType {
        try check(member, type, of: file, in: folder)
      } else {
        try file.verify(member: member.name)
      }
    }
  } catch let error as NPZError {
    try requireLine(error, about: path)
  }
}

private func check<Scalar: NPYScalar>(
  _ member: NPZMember, _: Scalar.Type, of file: NPZFile, in folder: ScratchFolder
) throws {
  let array = try file.array(named: member.name, of: Scalar.self)
  try require(array.shape == member.array?.shape, "\(array.shape) is that of \(member)")
  for compression in [NPZWriter.Compression.none, .deflate()] {
    var writer = NPZWriter(compression: compression)
    writer.add(array, named: "a")
    let copy = folder.path("output")
    try writer.write(to: copy)
    try require(
      isSame(try NPZFile(path: copy).array(named: "a", of: Scalar.self), as: array),
      "an array is the same, written and read again")
  }
  guard member.storage == .stored, member.array?.isFortranOrder == false else { return }
  let mapped = try file.mapped(named: member.name, of: Scalar.self)
  let indices = BatchIndices(0..<min(mapped.sampleCount, 64))
  let samples = array.reshaped([array.sampleCount] + array.rowShape)[rows: 0..<indices.count]
  try require(isSame(try mapped.batch(at: indices), as: samples), "samples are the same, mapped")
}
