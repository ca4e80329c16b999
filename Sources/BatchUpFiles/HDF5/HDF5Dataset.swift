import BatchUp

/// What an HDF5 file says about one of its data sets.
public struct HDF5Dataset: Hashable, Sendable {
  /// The path inside of the file: `/train/images`.
  public let name: String
  /// The type of the elements; nil where no Swift scalar stands for it.
  public let elementType: NPYElementType?
  /// The name of the element type, also of one that cannot be read.
  public let typeDescription: String
  /// The lengths of the axes, the last one fastest; none for a single element.
  public let shape: [Int]
  /// The order of the bytes of an element; this machine's where an element is one byte or cannot be read.
  public let byteOrder: ByteOrder
  /// How the file keeps the elements.
  public let storage: HDF5Storage
}

/// How an HDF5 file keeps the elements of a data set.
public enum HDF5Storage: Hashable, Sendable {
  /// All elements together, from byte `offset` of the file on.
  case contiguous(offset: Int)
  /// Blocks of that shape, each of which the filters, compression among them, were applied to.
  case chunked(shape: [Int], filters: [String])
  /// Among what describes the data set; at most 64 KiB.
  case compact
  /// Nowhere yet: there are none, or all have the fill value.
  case notAllocated
  /// In other files, which are never opened.
  case external
  /// In data sets of this file or others, which are never opened.
  case virtual
  /// The library cannot open the data set.
  case unknown
}

extension HDF5Storage: CustomStringConvertible {
  public var description: String {
    switch self {
    case .contiguous(let offset): "contiguous at byte \(offset)"
    case .chunked(let shape, let filters):
      "in chunks of \(shape.map(String.init).joined(separator: " x "))"
        + (filters.isEmpty ? "" : " with \(filters.joined(separator: ", "))")
    case .compact: "compact"
    case .notAllocated: "not allocated"
    case .external: "in other files"
    case .virtual: "virtual, in other data sets"
    case .unknown: "unknown"
    }
  }
}
