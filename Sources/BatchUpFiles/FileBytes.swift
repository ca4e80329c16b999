#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the errors of a file format have in common: the file itself cannot be read.
protocol FileReadingError: Error {
  static func cannotOpen(path: String, reason: String) -> Self
  static func cannotRead(path: String, reason: String) -> Self
  static func notRegularFile(path: String) -> Self
}

/// The bytes of a regular file; owns its descriptor.
struct FileBytes<Failure: FileReadingError>: ~Copyable {
  let path: String
  let byteCount: Int
  /// The number of bytes that have been read.
  private(set) var position = 0
  private let descriptor: Int32

  init(path: String) throws(Failure) {
    // Opening a FIFO would wait for its writer without O_NONBLOCK, which means nothing to regular files.
    let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: lastErrorText()) }
    do {
      byteCount = try Self.byteCount(of: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Whether the bytes at `offset` are those that a gzip member starts with, as far as the file goes on there.
  func hasGzipMagic(at offset: Int) throws(Failure) -> Bool {
    var magic: (UInt8, UInt8) = (0, 0x8B)
    _ = try withUnsafeMutableBytes(of: &magic) { bytes throws(Failure) in try read(into: bytes, at: offset) }
    return magic == (0x1F, 0x8B)
  }

  /// Fills the buffer with the bytes from `offset` on, or less of it where the file ends; returns their number.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = retryingInterrupted {
        // Darwin refuses to read more at once.
        pread(descriptor, rest.baseAddress, min(rest.count, Int(Int32.max)), off_t(offset + filled))
      }
      guard count >= 0 else { throw .cannotRead(path: path, reason: lastErrorText()) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  private static func byteCount(of descriptor: Int32, path: String) throws(Failure) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(path: path, reason: lastErrorText()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw .cannotOpen(path: path, reason: text(ofError: EISDIR))
    default: throw .notRegularFile(path: path)
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

/// The text of an error number of the system.
func text(ofError code: Int32) -> String { String(cString: strerror(code)) }

func lastErrorText() -> String { text(ofError: errno) }

/// Calls `body` again as long as a signal interrupts it.
func retryingInterrupted<Result: SignedInteger>(_ body: () -> Result) -> Result {
  while true {
    let result = body()
    if result >= 0 || errno != EINTR { return result }
  }
}
