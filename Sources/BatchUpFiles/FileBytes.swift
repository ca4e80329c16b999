import BatchUp

/// What the errors of a file format have in common: the file itself cannot be read.
protocol FileReadingError: Error {
  static func cannotOpen(path: String, reason: String) -> Self
  static func cannotRead(path: String, reason: String) -> Self
  static func notRegularFile(path: String) -> Self
}

/// The bytes of a regular file.
struct FileBytes<Failure: FileReadingError>: ~Copyable {
  let path: String
  let byteCount: Int
  /// The number of bytes that have been read.
  private(set) var position = 0
  private let file: ReadableFile

  init(path: String) throws(Failure) {
    (file, byteCount) = try Self.opened(path)
    self.path = path
  }

  private static func opened(_ path: String) throws(Failure) -> (ReadableFile, byteCount: Int) {
    let file: ReadableFile
    do {
      file = try ReadableFile(path: path)
    } catch {
      switch error {
      case .system(let error): throw .cannotOpen(path: path, reason: error.text)
      case .notRegular: throw .notRegularFile(path: path)
      }
    }
    do {
      return (file, try file.byteCount())
    } catch {
      throw .cannotOpen(path: path, reason: error.text)
    }
  }

  /// Whether the bytes at `offset` are those that a gzip member starts with, as far as the file goes on there.
  func hasGzipMagic(at offset: Int) throws(Failure) -> Bool {
    var magic: (UInt8, UInt8) = (0, 0x8B)
    _ = try withUnsafeMutableBytes(of: &magic) { bytes throws(Failure) in try read(into: bytes, at: offset) }
    return magic == (0x1F, 0x8B)
  }

  /// Fills the buffer with the bytes from `offset` on, or less of it where the file ends; returns their number.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) -> Int {
    do {
      return try file.read(into: buffer, at: offset)
    } catch {
      throw .cannotRead(path: path, reason: error.text)
    }
  }
}

extension FileBytes: ByteSource where Failure == IDXError {
  var byteCountBound: Int { byteCount }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    let count = try read(into: buffer, at: position)
    position += count
    return count
  }

  mutating func skipRest() -> Int {
    let count = max(byteCount - position, 0)
    position += count
    return count
  }
}
