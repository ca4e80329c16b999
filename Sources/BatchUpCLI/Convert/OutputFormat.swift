import BatchUp
import BatchUpFiles
import BatchUpSystem

/// A format that `batchup convert` writes. A new one is a case, and what it does in `write`.
enum OutputFormat: String, CaseIterable {
  case npy
  case npz
  case safetensors
  case h5

  /// The format that the end of a name stands for.
  init?(path: String) {
    guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) else {
      return nil
    }
    self = format
  }

  static var endings: String { allCases.map { "." + $0.rawValue }.joined(separator: ", ") }

  /// Writes a file that appears whole or not at all.
  func write(_ arrays: [NamedArray], to path: String, compress: Bool) throws {
    switch self {
    case .npy:
      guard arrays.count == 1 else {
        let names = arrays.prefix(10).map(\.name.briefly).joined(separator: ", ")
        throw ToolError(
          "\(path): an .npy file has one array, not \(arrays.count); choose one with --dataset: \(names)"
            + (arrays.count > 10 ? ", …" : ""))
      }
      try arrays[0].array.save(npyFile: path)
    case .npz:
      var writer = NPZWriter(compression: compress ? .deflate() : .none)
      for array in arrays { array.array.add(to: &writer, named: array.name) }
      try writer.write(to: path)
    case .safetensors:
      var writer = SafetensorsWriter()
      for array in arrays { array.array.add(to: &writer, named: array.name) }
      try writer.write(to: path)
    case .h5:
      var writer = HDF5Writer()
      for array in arrays { array.array.add(to: &writer, named: array.name, compress: compress) }
      try writer.write(to: path)
    }
  }
}

/// An array that is to be written.
struct NamedArray {
  let name: String
  let array: any FileArray

  /// The same numbers as elements of another type.
  func converted(to type: NPYElementType, path: String) throws -> NamedArray {
    guard let scalar = type.fileScalar else { return self }
    switch array.converted(to: scalar) {
    case .array(let array): return NamedArray(name: name, array: array)
    case .impossible(let position, let element):
      throw ToolError("\(path): element \(element) of \"\(name.briefly)\", at position \(position), is no \(type)")
    }
  }
}

extension FileMember {
  /// The elements of a file that has nothing else from `offset` on, as far as it is read.
  init(
    bareElementsOf path: String, _ elementType: NPYElementType, shape: [Int], offset: Int, byteOrder: ByteOrder
  ) throws {
    guard let byteCount = elementByteCount(of: shape, elementSize: elementType.byteCount) else {
      throw MappedArrayError.overflowingShape(path: path, shape: shape, elementType: elementType)
    }
    func read<Scalar: FileScalar>(_: Scalar.Type) throws -> any FileArray {
      let file = try MappedArray<Scalar>(file: path, offset: offset, shape: shape, byteOrder: byteOrder)
      guard systemGrants(byteCount: byteCount) else {
        throw NPYError.notEnoughMemory(path: path, expected: byteCount)
      }
      return try file.batch(at: BatchIndices(0..<file.sampleCount)).reshaped(shape)
    }
    self.init(
      elementType: "\(elementType)", shape: shape, byteOrder: byteOrder, storage: .plain, byteCount: byteCount,
      read: elementType.fileScalar.map { type in { try read(type) } })
  }
}
