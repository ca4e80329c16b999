import CZlib

/// zlib's state for compressing without a header, and the buffer behind it. Used by one writer alone.
final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer

  struct Failure: Error {
    let text: String
  }

  private static let outputSize = 256 << 10

  init(level: Int) throws(Failure) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    output = .allocate(byteCount: Self.outputSize, alignment: 1)
    // The largest window, without a header; the usual memory.
    let status = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { throw Failure(text: "zlib cannot start: \(String(cString: zError(status)))") }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Compresses bytes; `write` is called with what there is by now.
  func deflate<Failure: Error>(
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

  /// Until there is room left in the output, which means that all that can be written has been.
  private func run<Failure: Error>(
    _ flush: Int32, to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    repeat {
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      _ = CZlib.deflate(stream, flush)
      try write(UnsafeRawBufferPointer(rebasing: output[..<(output.count - Int(stream.pointee.avail_out))]))
    } while stream.pointee.avail_out == 0
  }
}
