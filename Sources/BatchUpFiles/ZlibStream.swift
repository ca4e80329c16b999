import CZlib

/// zlib's state for one stream of bytes that is decompressed or compressed, with a buffer for the compressed bytes. Used
/// by one reader or writer alone.
final class ZlibStream {
  /// Deflate spends at least one bit on a length of at most 258 and one on its distance.
  static let expansionBound = 258 * 8 / 2

  /// What surrounds the deflated bytes; the number is how zlib is told, with the largest window that deflate uses.
  enum Format: Int32 {
    case bare = -15
    case zlib = 15
    case gzip = 31
  }

  struct Failure: Error {
    let text: String
    let isOutOfMemory: Bool
  }

  /// Where compressed bytes go: those that are to be decompressed, `inputCount` of them, or those that have been made.
  let buffer: UnsafeMutableRawBufferPointer
  /// Whether the end of the compressed bytes, with their check sum, has been decompressed.
  private(set) var isAtEnd = false
  private let stream: UnsafeMutablePointer<z_stream>
  private let end: (UnsafeMutablePointer<z_stream>) -> Int32

  private init(
    bufferSize: Int, end: @escaping (UnsafeMutablePointer<z_stream>) -> Int32,
    start: (UnsafeMutablePointer<z_stream>) -> Int32
  ) throws(Failure) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    buffer = .allocate(byteCount: bufferSize, alignment: 1)
    self.end = end
    let status = start(stream)
    // The deinitializer runs where this throws, too; zlib takes a state that it could not start.
    if status != Z_OK {
      throw Failure(text: "zlib cannot start: \(String(cString: zError(status)))", isOutOfMemory: true)
    }
  }

  deinit {
    _ = end(stream)
    stream.deallocate()
    buffer.deallocate()
  }
}

// MARK: Decompressing

extension ZlibStream {
  convenience init(decompressing format: Format) throws(Failure) {
    try self.init(bufferSize: 64 << 10, end: inflateEnd) {
      inflateInit2_($0, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }
  }

  /// The number of bytes from the front of the buffer, when set.
  var inputCount: Int {
    get { Int(stream.pointee.avail_in) }
    set {
      stream.pointee.next_in = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_in = UInt32(newValue)
    }
  }

  /// Decompresses until the input is used up, the output is full or the data end.
  func decompressSome(into output: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let room = UInt32(clamping: output.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    switch inflate(stream, Z_NO_FLUSH) {
    // The input may have been used up before, with output still to come.
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isAtEnd = true
    case let status:
      let text = stream.pointee.msg.map { String(cString: $0) } ?? String(cString: zError(status))
      throw Failure(text: text, isOutOfMemory: status == Z_MEM_ERROR)
    }
    return Int(room - stream.pointee.avail_out)
  }

  /// Begins anew with the rest of the input.
  func restart() {
    inflateReset(stream)
    isAtEnd = false
  }
}

// MARK: Compressing

extension ZlibStream {
  /// Bytes without anything around them.
  convenience init(compressingAtLevel level: Int) throws(Failure) {
    try self.init(bufferSize: 256 << 10, end: deflateEnd) {
      deflateInit2_(
        $0, Int32(level), Z_DEFLATED, Format.bare.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    }
  }

  /// Compresses bytes; `write` is called with what there is by now.
  func compress<Failure: Error>(
    _ bytes: UnsafeRawBufferPointer, to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    while start < bytes.count {
      // zlib counts with 32 bits.
      let end = min(bytes.count, start + 1 << 30)
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(piece.count)
      try run(Z_NO_FLUSH, to: write)
      start = end
    }
  }

  func finish<Failure: Error>(to write: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
    stream.pointee.avail_in = 0
    try run(Z_FINISH, to: write)
  }

  /// Until there is room left in the buffer, which means that all that can be written has been.
  private func run<Failure: Error>(
    _ flush: Int32, to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    repeat {
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(buffer.count)
      _ = deflate(stream, flush)
      try write(UnsafeRawBufferPointer(rebasing: buffer[..<(buffer.count - Int(stream.pointee.avail_out))]))
    } while stream.pointee.avail_out == 0
  }
}
