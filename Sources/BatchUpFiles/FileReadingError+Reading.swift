import BatchUpSystem

extension FileReadingError {
  /// Fills the buffer with the bytes from `offset` on, or less of it where the file ends; returns their number.
  static func read(
    _ file: ReadableFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(Self) -> Int {
    do { return try file.read(into: buffer, at: offset) } catch {
      throw .cannotRead(path: file.path, reason: error.text)
    }
  }

  /// Returns the next `count` bytes from `offset` on, or fewer where the file ends.
  package static func bytes(_ count: Int, of file: ReadableFile, at offset: Int) throws(Self) -> [UInt8] {
    // The standard library would write to the memory that all empty arrays share.
    if count == 0 { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(Self) in
      filled = try read(file, into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }

  /// The size of the file at this moment.
  static func byteCount(of file: ReadableFile) throws(Self) -> Int {
    do { return try file.byteCount() } catch { throw .cannotRead(path: file.path, reason: error.text) }
  }
}
