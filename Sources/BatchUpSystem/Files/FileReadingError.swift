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
}
