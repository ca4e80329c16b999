#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import CBatchUpImages

/// Reads whole files into one piece of memory, which the next file overwrites.
struct ImageFileReader: ~Copyable {
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  deinit { buffer.deallocate() }

  /// Calls `body` with the bytes of a file.
  ///
  /// - Throws: where the file cannot be read, does not start as an image does, or is larger than `byteLimit`.
  mutating func withBytes<Result>(
    ofFile path: String, byteLimit: Int, _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Result
  ) throws(ImageError) -> Result {
    // Opening a FIFO would wait for its writer without O_NONBLOCK, which means nothing to regular files.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: errorText(errno)) }
    defer { close(descriptor) }
    let byteCount = try Self.byteCount(of: descriptor, path: path)
    reserve(16)
    // What is no image is not read.
    var filled = try fill(to: min(byteCount, 16), descriptor, path: path)
    let front = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    guard cbi_may_be_image(front.assumingMemoryBound(to: UInt8.self).baseAddress, filled) else {
      throw .notAnImage(path: path, firstBytes: Array(front.prefix(8)))
    }
    guard byteCount <= byteLimit else { throw .fileTooLarge(path: path, byteCount: byteCount, limit: byteLimit) }
    reserve(byteCount)
    filled = try fill(to: byteCount, descriptor, path: path)
    return try body(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
  }

  private mutating func reserve(_ byteCount: Int) {
    guard byteCount > buffer.count else { return }
    buffer.deallocate()
    buffer = .allocate(byteCount: byteCount + byteCount / 4, alignment: 16)
  }

  /// Reads the first `count` bytes, or less where the file has become shorter; returns their number.
  private func fill(to count: Int, _ descriptor: Int32, path: String) throws(ImageError) -> Int {
    var filled = 0
    while filled < count {
      // Darwin refuses to read more at once.
      let step = min(count - filled, Int(Int32.max))
      let result = pread(descriptor, buffer.baseAddress.map { $0 + filled }, step, off_t(filled))
      if result < 0, errno == EINTR { continue }
      guard result >= 0 else { throw .cannotRead(path: path, reason: errorText(errno)) }
      if result == 0 { break }
      filled += result
    }
    return filled
  }

  private static func byteCount(of descriptor: Int32, path: String) throws(ImageError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(path: path, reason: errorText(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw .cannotOpen(path: path, reason: errorText(EISDIR))
    default: throw .notRegularFile(path: path)
    }
  }
}

/// The text of an error number of the system.
func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
