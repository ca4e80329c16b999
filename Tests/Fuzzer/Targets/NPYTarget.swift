import BatchUp

/// What can be read is the same mapped, and written and read again.
func checkNPY(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let path = try folder.write(bytes)
  let file: NPYFile
  do {
    file = try NPYFile(path: path)
  } catch {
    return try requireLine(error, about: path)
  }
  try require(file.dataOffset + file.dataByteCount == bytes.count, "the data go to the end of the file")
  if let type = file.elementType.scalarType { try checkElements(of: file, type, in: folder) }
}

private func checkElements<Scalar: NPYScalar>(of file: NPYFile, _: Scalar.Type, in folder: ScratchFolder) throws {
  let array = try file.array(of: Scalar.self)
  try require(array.shape == file.shape, "\(array.shape) is \(file.shape)")
  let copy = folder.path("output")
  try array.write(npyFile: copy)
  try require(isSame(try NDArray(npyFile: copy), as: array), "an array is the same, written and read again")
  if file.isFortranOrder { return }
  try checkMapped(try MappedArray<Scalar>(file), as: array)
  try checkMapped(try MappedArray<Scalar>(file, residencyLimit: 0), as: array)
}

private func checkMapped<Scalar: NPYScalar>(_ mapped: MappedArray<Scalar>, as array: NDArray<Scalar>) throws {
  try require(mapped.shape == array.shape, "\(mapped.shape) is \(array.shape)")
  // A header may tell of any number of samples without bytes.
  let samples = array.reshaped([array.sampleCount] + array.rowShape)[rows: 0..<min(array.sampleCount, 64)]
  let indices = 0..<samples.sampleCount
  try require(isSame(try mapped.batch(at: BatchIndices(indices)), as: samples), "samples are the same, mapped")
  let shuffled = try mapped.batch(at: BatchIndices(indices.reversed()))
  for row in indices {
    try require(isSame(shuffled[row: samples.sampleCount - 1 - row], as: samples[row: row]), "so is each of them")
  }
  do {
    try require(isSame(try mapped.array, as: array), "an array is the same in place")
  } catch MappedArrayError.notUsableInPlace {}
}
