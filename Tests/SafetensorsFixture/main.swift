import BatchUp
import BatchUpFiles

// What scripts/check_safetensors.py and scripts/check_hdf5.py run, to compare with other libraries:
//   write FILE             arrays of all types and of some shapes, whose bytes that script knows
//   rewrite FILE NEWFILE   the arrays and the metadata of a file, read and written again
//   verdicts FILE…         for each file a line: "whole", or why it cannot be opened
//   write-hdf5 FILE        the same arrays as by `write`, in several layouts, in an HDF5 file
//   read-hdf5 FILE NEWFILE the data sets of an HDF5 file, as a safetensors file; a line for each that cannot be read
//   read-mat FILE NEWFILE  the same for a MATLAB file

let types: [any (SafetensorsScalar & NPYScalar).Type] = {
  var types: [any (SafetensorsScalar & NPYScalar).Type] = [
    Bool.self, UInt8.self, Int8.self, UInt16.self, Int16.self, UInt32.self, Int32.self, UInt64.self, Int64.self,
    Float.self, Double.self,
  ]
  #if !(os(macOS) && arch(x86_64))
    types.append(Float16.self)
  #endif
  return types
}()
let shapes = [[], [3], [2, 3], [2, 1, 3], [1, 2, 3, 2], [2, 1, 2, 1, 3], [0], [2, 0], [0, 2, 3]]

func patterned<Scalar: SafetensorsScalar>(_ type: Scalar.Type, shape: [Int]) -> NDArray<Scalar> {
  NDArray(unsafeUninitializedShape: shape) { elements in
    let bytes = UnsafeMutableRawBufferPointer(elements)
    let isBool = type == Bool.self
    for i in bytes.indices { bytes[i] = isBool ? UInt8(i % 3 % 2) : UInt8(truncatingIfNeeded: i * 167 + 129) }
  }
}

func write(to path: String) throws {
  var writer = SafetensorsWriter(metadata: ["writer": "Swift", "ü \"\\\n": "\u{1F600}"])
  func add<Scalar: SafetensorsScalar>(_ type: Scalar.Type) {
    for (i, shape) in shapes.enumerated() {
      writer.add(patterned(type, shape: shape), named: "\(type.safetensorsElementType.rawValue).\(i)")
    }
  }
  for type in types { add(type) }
  try writer.write(to: path)
}

func rewrite(_ path: String, to newPath: String) throws {
  let file = try SafetensorsFile(path: path)
  var writer = SafetensorsWriter(metadata: file.metadata)
  for tensor in file.tensors {
    func copy<Scalar: SafetensorsScalar>(_: Scalar.Type) throws {
      writer.add(try file.array(named: tensor.name, of: Scalar.self), named: tensor.name)
    }
    if let type = types.first(where: { $0.safetensorsElementType == tensor.elementType }) { try copy(type) }
  }
  try writer.write(to: newPath)
}

func verdict(on path: String) -> String {
  do throws(SafetensorsError) {
    _ = try SafetensorsFile(path: path)
    return "whole"
  } catch {
    return "\(error)"
  }
}

func writeHDF5(to path: String) throws {
  var writer = HDF5Writer()
  let layouts: [(String, HDF5Writer.Layout)] = [
    ("contiguous", .contiguous), ("chunked", .chunked(rowCount: 2)),
    ("deflated", .chunked(rowCount: 2, deflateLevel: 5, shuffling: true)),
  ]
  func add<Scalar: SafetensorsScalar & NPYScalar>(_ type: Scalar.Type) {
    for (i, shape) in shapes.enumerated() {
      for (name, layout) in layouts {
        writer.add(
          patterned(type, shape: shape), named: "/\(name)/\(type.safetensorsElementType.rawValue)_\(i)", layout: layout)
      }
    }
  }
  for type in types { add(type) }
  try writer.write(to: path)
}

struct Mismatch: Error { let name: String }

func bytes<Scalar>(_ array: NDArray<Scalar>) -> [UInt8] {
  array.withUnsafeBufferPointer { [UInt8](UnsafeRawBufferPointer($0)) }
}

/// Reads each data set whole, by rows in reverse order and, where it can be, mapped: always the same.
func readHDF5(_ path: String, to newPath: String) throws {
  let file = try HDF5File(path: path)
  var writer = SafetensorsWriter()
  for dataset in file.datasets {
    func copy<Scalar: SafetensorsScalar & NPYScalar>(_: Scalar.Type) throws {
      let array = try file.array(named: dataset.name, of: Scalar.self)
      let loader = try HDF5Array<Scalar>(file, named: dataset.name, cacheByteLimit: 4000)
      let rows = loader.sampleCount
      let reversed = try loader.batch(at: BatchIndices((0..<rows).reversed()))
      let samples = array.reshaped(reversed.shape)
      for row in 0..<rows where bytes(samples[row: row]) != bytes(reversed[row: rows - 1 - row]) {
        throw Mismatch(name: "\(dataset.name), row \(row)")
      }
      if case .contiguous = dataset.storage {
        let mapped = try file.mapped(named: dataset.name, of: Scalar.self)
        guard try bytes(mapped.batch(at: BatchIndices(0..<rows))) == bytes(array) else {
          throw Mismatch(name: "\(dataset.name), mapped")
        }
      }
      writer.add(array, named: dataset.name)
    }
    do throws(any Error) {
      if let type = types.first(where: { $0.npyElementType == dataset.elementType }) {
        try copy(type)
      } else {
        _ = try file.array(named: dataset.name, of: Float.self)
      }
    } catch { print("\(dataset.name): \(error)") }
  }
  try writer.write(to: newPath)
}

func readMAT(_ path: String, to newPath: String) throws {
  let file = try MATFile(path: path)
  var writer = SafetensorsWriter()
  for variable in file.variables {
    func copy<Scalar: SafetensorsScalar & NPYScalar>(_: Scalar.Type) throws {
      writer.add(try file.array(named: variable.name, of: Scalar.self), named: variable.name)
    }
    do throws(any Error) {
      if let type = types.first(where: { $0.npyElementType == variable.elementType }) {
        try copy(type)
      } else {
        _ = try file.array(named: variable.name, of: Float.self)
      }
    } catch { print("\(variable.name): \(error)") }
  }
  try writer.write(to: newPath)
}

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, Array(arguments.dropFirst())) {
case ("write", let paths): try write(to: paths[0])
case ("rewrite", let paths): try rewrite(paths[0], to: paths[1])
case ("verdicts", let paths): for path in paths { print(verdict(on: path)) }
case ("write-hdf5", let paths): try writeHDF5(to: paths[0])
case ("read-hdf5", let paths): try readHDF5(paths[0], to: paths[1])
case ("read-mat", let paths): try readMAT(paths[0], to: paths[1])
default:
  print(
    "usage: SafetensorsFixture write FILE | rewrite FILE NEWFILE | verdicts FILE… | write-hdf5 FILE",
    "| read-hdf5 FILE NEWFILE | read-mat FILE NEWFILE")
}
