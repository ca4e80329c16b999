import BatchUp
import BatchUpSystem

#if _endian(big)
  #error("the data of safetensors files are little-endian")
#endif

/// A safetensors file: named tensors of any shapes and of several element types, and texts about them.
///
/// Opening reads the header and checks it as a hostile one: every byte behind it belongs to exactly one tensor. What is
/// checked is what the format's own library checks, and that no name is there twice. The elements are read when they
/// are asked for, from the file that was opened, even where another has taken its name since.
public struct SafetensorsFile: Sendable {
  /// Where the file is.
  public let path: String
  /// The tensors, in the order of their data.
  public let tensors: [SafetensorsTensor]
  /// The texts of the member `__metadata__`.
  public let metadata: [String: String]
  private let indices: [String: Int]
  private let file: ReadableFile

  /// Opens a file and reads its header.
  ///
  /// - Complexity: O(header bytes).
  public init(path: String) throws(SafetensorsError) {
    let (file, byteCount) = try SafetensorsError.openedWithSize(path)
    let header = try SafetensorsHeader(from: file, byteCount: byteCount)
    self.file = file
    self.path = path
    tensors = header.tensors
    metadata = header.metadata
    indices = Dictionary(uniqueKeysWithValues: zip(tensors.map(\.name), tensors.indices))
  }

  /// What the file says about the tensor of that name.
  public func tensor(named name: String) throws(SafetensorsError) -> SafetensorsTensor {
    guard let index = indices[name] else { throw .noTensor(path: path, tensor: name) }
    return tensors[index]
  }

  /// Reads a tensor. Nothing is converted.
  ///
  /// - Throws: among others ``SafetensorsError/wrongElementType(path:tensor:expected:found:)``.
  /// - Complexity: O(bytes of the tensor).
  public func array<Scalar: SafetensorsScalar>(
    named name: String, of: Scalar.Type = Scalar.self
  ) throws(SafetensorsError) -> NDArray<Scalar> {
    let tensor = try tensor(named: name)
    guard tensor.elementType == Scalar.safetensorsElementType else {
      throw .wrongElementType(
        path: path, tensor: name, expected: Scalar.safetensorsElementType, found: tensor.elementType)
    }
    guard systemGrants(byteCount: tensor.byteRange.count) else {
      throw .notEnoughMemory(path: path, tensor: name, expected: tensor.byteRange.count)
    }
    return try NDArray(unsafeUninitializedShape: tensor.shape) { elements throws(SafetensorsError) in
      try read(tensor, into: UnsafeMutableRawBufferPointer(elements))
    }
  }

  private func read(
    _ tensor: SafetensorsTensor, into bytes: UnsafeMutableRawBufferPointer
  ) throws(SafetensorsError) {
    let found = try SafetensorsError.read(file, into: bytes, at: tensor.byteRange.lowerBound)
    guard found == bytes.count else {
      throw .cannotRead(
        path: path, reason: "it ends \(bytes.count - found) bytes before the end of tensor \(tensor.name.briefly)")
    }
    if tensor.elementType == .bool, let position = bytes.firstIndex(where: { $0 > 1 }) {
      throw .notBool(path: path, tensor: tensor.name, position: position, found: bytes[position])
    }
  }
}
