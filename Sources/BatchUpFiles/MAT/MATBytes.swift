import BatchUp
import CZlib

/// The bytes of a variable from front to end, inflated where they are compressed. Keeps 64 KiB of them.
struct MATBytes: ~Copyable {
  private let file: ReadableFile
  private let isCompressed: Bool
  private var unread: Range<Int>
  private var input: [UInt8] = []
  /// zlib's state points back at this structure, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var hasEnded = false

  enum Failure: Error {
    case cannotRead(reason: String)
    case defect(MATError.Defect)
  }

  private static let pieceSize = 64 << 10

  init(of file: ReadableFile, in range: Range<Int>, isCompressed: Bool) throws(Failure) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    if isCompressed {
      let status = inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else {
        stream.deallocate()
        throw .cannotRead(reason: "zlib cannot start: \(String(cString: zError(status)))")
      }
    }
    self.file = file
    self.isCompressed = isCompressed
    self.stream = stream
    unread = range
  }

  deinit {
    if isCompressed { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Fills the buffer, or less of it where the bytes end; returns their number.
  private mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard isCompressed else {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(unread.count))
      return try take(into: wanted)
    }
    var filled = 0
    while filled < buffer.count, !hasEnded {
      filled += try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    return filled
  }

  /// The next bytes as they are in the file.
  private mutating func take(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let count: Int
    do { count = try file.read(into: buffer, at: unread.lowerBound) } catch { throw .cannotRead(reason: error.text) }
    guard count == buffer.count else { throw .defect(.truncated) }
    unread = unread.lowerBound + count..<unread.upperBound
    return count
  }

  /// Some bytes, perhaps none, from the compressed ones.
  private mutating func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    if stream.pointee.avail_in == 0 {
      let count = min(Self.pieceSize, unread.count)
      if count == 0 { throw .defect(.truncated) }
      var piece = [UInt8](repeating: 0, count: count)
      let taken = piece.withUnsafeMutableBytes { buffer in
        Result { () throws(Failure) in try take(into: buffer) }
      }
      stream.pointee.avail_in = UInt32(try taken.get())
      input = piece
    }
    let room = min(buffer.count, 1 << 30)
    let offset = input.count - Int(stream.pointee.avail_in)
    let status = input.withUnsafeMutableBufferPointer { bytes in
      stream.pointee.next_in = bytes.baseAddress.map { $0 + offset }
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      return CZlib.inflate(stream, Z_NO_FLUSH)
    }
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: hasEnded = true
    default: throw .defect(.notInflatable)
    }
    return room - Int(stream.pointee.avail_out)
  }

  /// The next `count` bytes, which must be few.
  mutating func read(count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    if count == 0 { return bytes }
    let filled = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try read(into: buffer) }
    }
    guard try filled.get() == count else { throw .defect(.truncated) }
    return bytes
  }

  /// Passes over `count` bytes, which are there.
  mutating func skip(count: Int) throws(Failure) {
    guard isCompressed else {
      guard count <= unread.count else { throw .defect(.truncated) }
      unread = unread.lowerBound + count..<unread.upperBound
      return
    }
    var rest = count
    while rest > 0 {
      let size = min(rest, Self.pieceSize)
      _ = try read(count: size)
      rest -= size
    }
  }

  /// Goes to the end of compressed bytes, where their checksum is.
  mutating func finish() throws(Failure) {
    guard isCompressed else { return }
    var rest = [UInt8](repeating: 0, count: Self.pieceSize)
    while !hasEnded {
      let result = rest.withUnsafeMutableBytes { buffer in
        Result { () throws(Failure) in try inflate(into: buffer) }
      }
      _ = try result.get()
    }
  }
}
