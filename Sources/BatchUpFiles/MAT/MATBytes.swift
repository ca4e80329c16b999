import BatchUp
import BatchUpSystem

/// The bytes of a variable from front to end, decompressed where they are compressed.
struct MATBytes: ~Copyable {
  private let file: ReadableFile
  private var unread: Range<Int>
  /// Nil where they are not compressed.
  private let stream: ZlibStream?

  private static let pieceSize = 64 << 10

  enum Failure: Error {
    case cannotRead(reason: String)
    case defect(FileDefect)

    static let truncated = Self.defect("ends before it is complete")
  }

  init(of file: ReadableFile, in range: Range<Int>, isCompressed: Bool) throws(Failure) {
    do { stream = isCompressed ? try ZlibStream(decompressing: .zlib) : nil } catch {
      throw .cannotRead(reason: error.text)
    }
    self.file = file
    unread = range
  }

  /// Fills the buffer, or less of it where the bytes end; returns their number.
  private mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard let stream else {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(unread.count))
      return try take(into: wanted)
    }
    var filled = 0
    while filled < buffer.count, !stream.isAtEnd {
      filled += try decompress(stream, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    return filled
  }

  /// The next bytes as they are in the file.
  private mutating func take(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let count: Int
    do { count = try file.read(into: buffer, at: unread.lowerBound) } catch { throw .cannotRead(reason: error.text) }
    guard count == buffer.count else { throw .truncated }
    unread = unread.lowerBound + count..<unread.upperBound
    return count
  }

  /// Some bytes, perhaps none, from the compressed ones.
  private mutating func decompress(
    _ stream: ZlibStream, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Int {
    if stream.inputCount == 0 {
      let piece = UnsafeMutableRawBufferPointer(rebasing: stream.buffer.prefix(unread.count))
      if piece.isEmpty { throw .truncated }
      stream.inputCount = try take(into: piece)
    }
    do { return try stream.decompressSome(into: buffer) } catch { throw .defect("has damaged compressed bytes") }
  }

  /// The next `count` bytes, which must be few.
  mutating func read(count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    if count == 0 { return bytes }
    let filled = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Failure) in try read(into: buffer) }
    }
    guard try filled.get() == count else { throw .truncated }
    return bytes
  }

  /// Passes over `count` bytes, which are there.
  mutating func skip(count: Int) throws(Failure) {
    guard stream != nil else {
      guard count <= unread.count else { throw .truncated }
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

  /// Goes to the end of compressed bytes, where their check sum is.
  mutating func finish() throws(Failure) {
    guard let stream else { return }
    let rest = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 1)
    defer { rest.deallocate() }
    while !stream.isAtEnd { _ = try decompress(stream, into: rest) }
  }
}
