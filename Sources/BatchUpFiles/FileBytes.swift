import BatchUp
import BatchUpSystem

/// The bytes of a regular file.
package struct FileBytes<Failure: FileReadingError>: ~Copyable {
  package let path: String
  package let byteCount: Int
  /// The number of bytes that have been read.
  package private(set) var position = 0
  private let file: ReadableFile

  package init(path: String) throws(Failure) {
    (file, byteCount) = try Failure.openedWithSize(path)
    self.path = path
  }

  /// Whether the bytes at `offset` are those that a gzip member starts with, as far as the file goes on there.
  package func hasGzipMagic(at offset: Int) throws(Failure) -> Bool {
    var magic: (UInt8, UInt8) = (0, 0x8B)
    _ = try withUnsafeMutableBytes(of: &magic) { bytes throws(Failure) in try read(into: bytes, at: offset) }
    return magic == (0x1F, 0x8B)
  }

  /// Fills the buffer with the bytes from `offset` on, or less of it where the file ends; returns their number.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) -> Int {
    try Failure.read(file, into: buffer, at: offset)
  }
}

extension FileBytes: ByteSource where Failure == IDXError {
  package var byteCountBound: Int { byteCount }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    let count = try read(into: buffer, at: position)
    position += count
    return count
  }

  package mutating func skipRest() -> Int {
    let count = max(byteCount - position, 0)
    position += count
    return count
  }
}
