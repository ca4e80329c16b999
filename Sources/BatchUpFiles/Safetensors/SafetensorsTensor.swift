/// What a safetensors file says about one of its tensors.
public struct SafetensorsTensor: Hashable, Sendable {
  /// What the tensor is called.
  public let name: String
  /// The type of the elements.
  public let elementType: SafetensorsElementType
  /// The lengths of the axes, the last one fastest; none for a single number.
  public let shape: [Int]
  /// Where in the file its elements are, little-endian.
  public let byteRange: Range<Int>
}
