import BatchUp

/// What an .npz file says about one of its members.
public struct NPZMember: Hashable, Sendable {
  /// The name of the entry, without .npy at its end.
  public let name: String
  /// How the bytes of the member are in the file.
  public let storage: Storage
  /// The size of the member, its .npy header included, when it is not compressed.
  public let byteCount: Int
  /// Where in the file the member is, as it is stored.
  public let byteRange: Range<Int>
  /// What the bytes of the member are.
  public let contents: Contents
  /// The CRC-32 of the member.
  let checkSum: UInt32

  /// How the bytes of a member are in the file.
  public enum Storage: Hashable, Sendable {
    /// As they are, so that they can be mapped.
    case stored
    /// Compressed by deflate.
    case deflated
  }

  /// What the bytes of a member are.
  public enum Contents: Hashable, Sendable {
    /// An array.
    case array(NPZArray)
    /// An array of a type that Swift has no scalar for, such as texts, with the reason.
    case unsupportedArray(NPYError)
    /// The entry's name does not end with .npy.
    case other
  }

  /// The array; nil where there is none that can be read.
  public var array: NPZArray? {
    if case .array(let array) = contents { array } else { nil }
  }

  static let suffix = ".npy"
}

/// What the .npy header of a member says.
public struct NPZArray: Hashable, Sendable {
  /// The type of the elements.
  public let elementType: NPYElementType
  /// The order of the bytes of an element; this machine's where an element is one byte.
  public let byteOrder: ByteOrder
  /// Whether the first axis is contiguous instead of the last one, where that makes a difference.
  public let isFortranOrder: Bool
  /// The lengths of the axes; none for a single element.
  public let shape: [Int]
  /// The size of the data.
  public let dataByteCount: Int

  init(_ header: NPYHeader) {
    elementType = header.elementType
    byteOrder = header.byteOrder
    isFortranOrder = header.isFortranOrder
    shape = header.shape
    dataByteCount = header.dataByteCount
  }
}
