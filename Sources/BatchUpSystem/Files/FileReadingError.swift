/// What the errors of a file format have in common: the file itself cannot be read.
package protocol FileReadingError: Error {
  static func cannotOpen(path: String, reason: String) -> Self
  static func cannotRead(path: String, reason: String) -> Self
  static func notRegularFile(path: String) -> Self
}

extension FileReadingError {
  /// Opens a regular file, with errors of this type.
  package static func opened(_ path: String) throws(Self) -> ReadableFile {
    do {
      return try ReadableFile(path: path)
    } catch {
      switch error {
      case .system(let error): throw .cannotOpen(path: path, reason: error.text)
      case .notRegular: throw .notRegularFile(path: path)
      }
    }
  }

  /// As `opened(_:)`, with the size of the file.
  package static func openedWithSize(_ path: String) throws(Self) -> (ReadableFile, byteCount: Int) {
    let file = try opened(path)
    do { return (file, try file.byteCount()) } catch { throw .cannotOpen(path: path, reason: error.text) }
  }

  /// Fills the buffer with the bytes from `offset` on, or less of it where the file ends; returns their number.
  package static func read(
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

  /// The status of what is at `path`; nil where there is nothing.
  package static func status(at path: String, followingLinks: Bool = true) throws(Self) -> stat? {
    do { return try statusIfPresent(at: path, followingLinks: followingLinks) } catch {
      throw .cannotOpen(path: path, reason: error.text)
    }
  }

  /// The size of the file at this moment.
  package static func byteCount(of file: ReadableFile) throws(Self) -> Int {
    do { return try file.byteCount() } catch { throw .cannotRead(path: file.path, reason: error.text) }
  }
}
