/// What has to be done to elements as they are in a file before Swift can use them.
package enum ElementConversion {
  case none
  /// From the other byte order.
  case swapping
  /// NumPy takes any byte but 0 for true, where Swift knows 0 and 1 only.
  case normalizingBools

  package init(_ elementType: NPYElementType, _ byteOrder: ByteOrder) {
    if elementType == .bool {
      self = .normalizingBools
    } else {
      self = elementType.byteCount > 1 && byteOrder != .native ? .swapping : .none
    }
  }

  package func apply(to bytes: UnsafeMutableRawBufferPointer, elementSize: Int) {
    switch self {
    case .none: break
    case .normalizingBools: for i in bytes.indices { bytes[i] = bytes[i] == 0 ? 0 : 1 }
    case .swapping:
      switch elementSize {
      case 2: swapBytes(of: bytes, as: UInt16.self)
      case 4: swapBytes(of: bytes, as: UInt32.self)
      case 8: swapBytes(of: bytes, as: UInt64.self)
      default: break
      }
    }
  }
}

private func swapBytes<Word: FixedWidthInteger & BitwiseCopyable>(
  of bytes: UnsafeMutableRawBufferPointer, as: Word.Type
) {
  bytes.withMemoryRebound(to: Word.self) { words in
    for i in words.indices { words[i] = words[i].byteSwapped }
  }
}
