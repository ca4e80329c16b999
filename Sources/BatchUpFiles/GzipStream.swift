import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The decompressed bytes of a gzip file of one or more members; owns zlib's state and the window on the file.
///
/// Bytes behind the last member count as bytes that are left out.
package struct GzipStream: ~Copyable {
  private var file: FileBytes<IDXError>
  /// zlib's state points back at this structure, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var isAtEnd = false

  private static let inputSize = 256 << 10
  /// The largest window that deflate uses, and 16 for a gzip header and check sum instead of zlib's.
  private static let windowBits: Int32 = 15 + 16
  /// Deflate spends at least one bit on a length of at most 258 and one on its distance.
  static let expansionBound = 258 * 8 / 2

  package init(_ file: consuming FileBytes<IDXError>) throws(IDXError) {
    let path = file.path
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw .cannotRead(path: path, reason: "zlib cannot start: \(String(cString: zError(status)))")
    }
    self.file = file
    self.stream = stream
    input = .allocate(byteCount: Self.inputSize, alignment: 1)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }
}

extension GzipStream: ByteSource {
  package var byteCountBound: Int { file.byteCount.multipliedSaturating(by: Self.expansionBound) }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    var filled = 0
    while filled < buffer.count && !isAtEnd {
      filled += try inflateSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    return filled
  }

  /// Goes to the end of the last member, where the check sum is compared.
  package mutating func skipRest() throws(IDXError) -> Int {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.inputSize, alignment: 1)
    defer { scratch.deallocate() }
    var count = 0
    while !isAtEnd { count += try inflateSome(into: scratch) }
    count += Int(stream.pointee.avail_in) + file.skipRest()
    stream.pointee.avail_in = 0
    return count
  }

  /// Decompresses until the input window is used up, the output is full or the member ends.
  private mutating func inflateSome(into output: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    if stream.pointee.avail_in == 0 { try fillInput() }
    let room = UInt32(clamping: output.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    switch inflate(stream, Z_NO_FLUSH) {
    case Z_OK: break
    case Z_STREAM_END: try endMember()
    case Z_MEM_ERROR: throw .cannotRead(path: file.path, reason: String(cString: strerror(ENOMEM)))
    case let status: throw .damagedGzip(path: file.path, reason: message(of: status))
    }
    return Int(room - stream.pointee.avail_out)
  }

  private mutating func fillInput() throws(IDXError) {
    let count = try file.read(into: input)
    // A member ends with its check sum, so that zlib never needs to be called without input.
    guard count > 0 else { throw .truncatedGzip(path: file.path, found: file.position) }
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
  }

  private mutating func endMember() throws(IDXError) {
    if try file.hasGzipMagic(at: file.position - Int(stream.pointee.avail_in)) {
      inflateReset(stream)
    } else {
      isAtEnd = true
    }
  }

  private func message(of status: Int32) -> String {
    stream.pointee.msg.map { String(cString: $0) } ?? String(cString: zError(status))
  }
}
