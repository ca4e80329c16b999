import BatchUp
import BatchUpFiles

// What scripts/check_safetensors.py runs, to compare with the format's own library:
//   write FILE             arrays of all types and of some shapes, whose bytes that script knows
//   rewrite FILE NEWFILE   the arrays and the metadata of a file, read and written again
//   verdicts FILE…         for each file a line: "whole", or why it cannot be opened

let types: [any SafetensorsScalar.Type] = {
  var types: [any SafetensorsScalar.Type] = [
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

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, Array(arguments.dropFirst())) {
case ("write", let paths): try write(to: paths[0])
case ("rewrite", let paths): try rewrite(paths[0], to: paths[1])
case ("verdicts", let paths): for path in paths { print(verdict(on: path)) }
default: print("usage: SafetensorsFixture write FILE | rewrite FILE NEWFILE | verdicts FILE…")
}
