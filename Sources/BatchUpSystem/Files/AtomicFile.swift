/// What the errors of a file format have in common: the file cannot be written.
package protocol FileWritingError: Error {
  static func cannotWrite(path: String, reason: String) -> Self
}

/// A file that is written from the first byte to the last, and appears at its path whole, when it is committed, or not
/// at all.
package struct AtomicFile<Failure: FileWritingError>: ~Copyable {
  package let path: String
  private let file: PendingFile
  package private(set) var byteCount = 0

  /// - Throws: where no file can be made there, or `path` is something else than a regular file.
  package init(path: String) throws(Failure) {
    do {
      file = try PendingFile(replacing: path)
    } catch {
      switch error {
      case .system(let error): throw .cannotWrite(path: path, reason: error.text)
      case .notRegular: throw .cannotWrite(path: path, reason: "it is not a regular file")
      }
    }
    self.path = path
  }

  /// The path of the file until it is committed.
  package var temporaryPath: String { file.name }

  /// The descriptor of the file, for a library that writes to it; open for as long as this value exists.
  package var descriptor: Int32 { file.descriptor }

  /// Appends bytes.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    do { try file.write(bytes, at: byteCount) } catch { throw .cannotWrite(path: path, reason: error.text) }
    byteCount += bytes.count
  }

  /// Writes bytes again that have been written as something else, such as a size that is known only now.
  package mutating func overwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Failure) {
    precondition(offset >= 0 && offset + bytes.count <= byteCount, "bytes that have not been written yet")
    do { try file.write(bytes, at: offset) } catch { throw .cannotWrite(path: path, reason: error.text) }
  }

  /// Writes bytes anywhere, for a file whose structure a library has written.
  package mutating func fill(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Failure) {
    do { try file.write(bytes, at: offset) } catch { throw .cannotWrite(path: path, reason: error.text) }
  }

  /// Gives the file its name, with all of its bytes on the disk.
  package consuming func commit() throws(Failure) {
    do { try file.complete() } catch { throw .cannotWrite(path: path, reason: error.text) }
  }
}
