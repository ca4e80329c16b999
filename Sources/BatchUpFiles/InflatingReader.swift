import BatchUp
import BatchUpSystem

/// The bytes of a part of a file from front to end, decompressed where they are compressed.
package struct InflatingReader<Failure: Error>: ~Copyable {
  /// Why there are no more bytes.
  package enum Cause {
    case cannotRead(reason: String)
    /// The part ends before its compressed bytes do.
    case truncated
    case damaged(reason: String)
  }

  /// A number that the count of all bytes cannot exceed, known before any is read.
  let byteCountBound: Int
  private let file: ReadableFile
  /// What has not been read of the file.
  private var unread: Range<Int>
  private let format: ZlibStream.Format?
  /// Nil where the bytes are not compressed.
  private let stream: ZlibStream?
  private let failure: (Cause) -> Failure

  /// - Parameters:
  ///   - format: nil where the bytes are not compressed. A file of gzip may have several members.
  ///   - failure: the error that a cause becomes.
  init(
    of file: ReadableFile, in range: Range<Int>, _ format: ZlibStream.Format?, failure: @escaping (Cause) -> Failure
  ) throws(Failure) {
    do { stream = if let format { try ZlibStream(decompressing: format) } else { nil } } catch {
      throw failure(.cannotRead(reason: error.text))
    }
    byteCountBound = format == nil ? range.count : range.count.multipliedSaturating(by: ZlibStream.expansionBound)
    self.file = file
    unread = range
    self.format = format
    self.failure = failure
  }

  /// All bytes of a file, decompressed where it begins as one of gzip.
  package init(
    of file: ReadableFile, byteCount: Int, failure: @escaping (Cause) -> Failure
  ) throws(Failure) {
    let isGzip: Bool
    do { isGzip = try file.hasGzipMagic(at: 0) } catch { throw failure(.cannotRead(reason: error.text)) }
    try self.init(of: file, in: 0..<byteCount, isGzip ? .gzip : nil, failure: failure)
  }

  package var isCompressed: Bool { stream != nil }

  /// How many bytes of the part are left, behind the compressed ones where those have ended.
  var restByteCount: Int { unread.count + (stream?.inputCount ?? 0) }

  /// Fills the buffer, or less of it where the bytes end; returns their number.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard let stream else { return try take(into: buffer) }
    var filled = 0
    while filled < buffer.count, !stream.isAtEnd {
      filled += try inflate(stream, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    return filled
  }

  /// Returns the next `count` bytes, or fewer where the bytes end.
  package mutating func read(count: Int) throws(Failure) -> [UInt8] {
    // The standard library would write to the memory that all empty arrays share.
    if count == 0 { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(Failure) in
      filled = try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Passes over `count` bytes, or fewer where the bytes end; returns their number.
  mutating func skip(count: Int) throws(Failure) -> Int {
    guard isCompressed else {
      let skipped = min(count, unread.count)
      unread = unread.lowerBound + skipped..<unread.upperBound
      return skipped
    }
    var skipped = 0
    while skipped < count {
      let found = try read(count: min(count - skipped, 64 << 10)).count
      if found == 0 { break }
      skipped += found
    }
    return skipped
  }

  /// Goes to the end, where the check sum of compressed bytes is compared; returns the number of bytes passed over, with
  /// those behind compressed ones.
  mutating func skipRest() throws(Failure) -> Int {
    let count = try skip(count: .max) + restByteCount
    unread = unread.upperBound..<unread.upperBound
    stream?.inputCount = 0
    return count
  }

  /// Decompresses until the input is used up, the output is full or the bytes end.
  private mutating func inflate(
    _ stream: ZlibStream, into output: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Int {
    let count: Int
    do { count = try stream.decompressSome(into: output) } catch {
      throw failure(error.isOutOfMemory ? .cannotRead(reason: error.text) : .damaged(reason: error.text))
    }
    // The input may have been used up before, with output still to come.
    if count == 0, !stream.isAtEnd, stream.inputCount == 0 {
      stream.inputCount = try take(into: stream.buffer)
      if stream.inputCount == 0 { throw failure(.truncated) }
    }
    if stream.isAtEnd, format == .gzip {
      do { if try file.hasGzipMagic(at: unread.lowerBound - stream.inputCount) { stream.restart() } } catch {
        throw failure(.cannotRead(reason: error.text))
      }
    }
    return count
  }

  /// Fills the buffer with the next bytes as they are in the file, or less of it where the part ends.
  private mutating func take(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(unread.count))
    let found: Int
    do { found = try file.read(into: wanted, at: unread.lowerBound) } catch {
      throw failure(.cannotRead(reason: error.text))
    }
    guard found == wanted.count else {
      throw failure(.cannotRead(reason: "it has been made shorter, to \(unread.lowerBound + found) bytes"))
    }
    unread = unread.lowerBound + found..<unread.upperBound
    return found
  }
}

extension ReadableFile {
  /// Whether the bytes at `offset` are those that a gzip member starts with, as far as the file goes on there.
  fileprivate func hasGzipMagic(at offset: Int) throws(SystemError) -> Bool {
    var magic: (UInt8, UInt8) = (0, 0x8B)
    _ = try withUnsafeMutableBytes(of: &magic) { bytes throws(SystemError) in try read(into: bytes, at: offset) }
    return magic == (0x1F, 0x8B)
  }
}
