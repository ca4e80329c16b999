import BatchUp
import BatchUpFiles

/// What can be listed can be read, or is refused, the same each time.
func checkMAT(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  let path = try folder.write(bytes)
  let file: MATFile
  do {
    file = try MATFile(path: path)
  } catch {
    return try requireLine(error, about: path)
  }
  for variable in file.variables {
    if let type = variable.elementType?.scalarType { try checkElements(of: variable.name, type, in: file) }
  }
}

private func checkElements<Scalar: NPYScalar>(of name: String, _: Scalar.Type, in file: MATFile) throws {
  // Of several variables of a name, it is the last one that is read.
  let variable = try file.variable(named: name)
  let array: NDArray<Scalar>
  do {
    array = try file.array(named: name)
  } catch {
    return try requireLine(error, about: file.path)
  }
  try require(array.shape == variable.shape, "\(array.shape) is \(variable.shape)")
  try require(isSame(try file.array(named: name), as: array), "\(name) is the same, read twice")
}
