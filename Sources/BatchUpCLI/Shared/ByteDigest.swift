import BatchUp

/// A number by which changed or damaged data are found out.
///
/// Each step is invertible in the words so far and in the next one, so that a change within one word always shows.
struct ByteDigest {
  private(set) var word: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    combine(UInt64(bytes.count))
    let wholeCount = bytes.count & ~7
    for offset in stride(from: 0, to: wholeCount, by: 8) {
      combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    for byte in bytes[wholeCount...] { combine(UInt64(byte)) }
  }

  mutating func combine<Scalar>(_ array: NDArray<Scalar>) {
    array.withUnsafeBufferPointer { combine(UnsafeRawBufferPointer($0)) }
  }

  mutating func combine(_ text: String) {
    var text = text
    text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
  }

  private mutating func combine(_ next: UInt64) {
    word = (word ^ next) &* 0xBF58_476D_1CE4_E5B9
    word ^= word >> 32
  }
}
