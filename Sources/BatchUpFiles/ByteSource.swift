/// Bytes that are read once from front to end.
package protocol ByteSource: ~Copyable {
  /// A number that the count of all bytes cannot exceed, known before any is read.
  var byteCountBound: Int { get }

  /// Fills the buffer, or less of it where the bytes end; returns the number of bytes.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int

  /// Goes to the end without keeping anything; returns the number of bytes left out.
  mutating func skipRest() throws(IDXError) -> Int
}

extension ByteSource where Self: ~Copyable {
  /// The next `count` bytes, or fewer where the bytes end.
  mutating func read(count: Int) throws(IDXError) -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(IDXError) in
      filled = try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
