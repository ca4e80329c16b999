#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a regular file; owns its descriptor.
struct FileBytes: ~Copyable {
  let path: String
  let byteCount: Int
  /// The number of bytes that have been read.
  private(set) var position = 0
  private let descriptor: Int32

  init(path: String) throws(IDXError) {
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
  func hasGzipMagic(at offset: Int) throws(IDXError) -> Bool {
    var magic: (UInt8, UInt8) = (0, 0x8B)
    let count = withUnsafeMutableBytes(of: &magic) { bytes in
      retryingInterrupted { pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset)) }
    }
    guard count >= 0 else { throw .cannotRead(path: path, reason: lastErrorText()) }
    return magic == (0x1F, 0x8B)
  }

  private static func byteCount(of descriptor: Int32, path: String) throws(IDXError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(path: path, reason: lastErrorText()) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw .cannotOpen(path: path, reason: text(ofError: EISDIR))
    default: throw .notRegularFile(path: path)
    }
  }
}

extension FileBytes: ByteSource {
  var byteCountBound: Int { byteCount }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = retryingInterrupted { readOnce(descriptor, rest) }
      guard count >= 0 else { throw .cannotRead(path: path, reason: lastErrorText()) }
      if count == 0 { break }
      filled += count
    }
    position += filled
    return filled
  }

  mutating func skipRest() -> Int {
    let count = max(byteCount - position, 0)
    position += count
    return count
  }
}

/// At most as much as one call of the system reads: Darwin refuses more.
private func readOnce(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, min(buffer.count, Int(Int32.max)))
}

/// The text of an error number of the system.
func text(ofError code: Int32) -> String { String(cString: strerror(code)) }

private func lastErrorText() -> String { text(ofError: errno) }

/// Calls `body` again as long as a signal interrupts it.
private func retryingInterrupted<Result: SignedInteger>(_ body: () -> Result) -> Result {
  while true {
    let result = body()
    if result >= 0 || errno != EINTR { return result }
  }
}
