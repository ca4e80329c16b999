import BatchUpSystem

/// The decompressed bytes of a gzip file of one or more members.
///
/// Bytes behind the last member count as bytes that are left out.
package struct GzipStream: ~Copyable {
  private var file: FileBytes<IDXError>
  private let stream: ZlibStream

  /// Deflate spends at least one bit on a length of at most 258 and one on its distance.
  static let expansionBound = 258 * 8 / 2

  package init(_ file: consuming FileBytes<IDXError>) throws(IDXError) {
    do { stream = try ZlibStream(decompressing: .gzip) } catch {
      throw .cannotRead(path: file.path, reason: error.text)
    }
    self.file = file
  }
}

extension GzipStream: ByteSource {
  package var byteCountBound: Int { file.byteCount.multipliedSaturating(by: Self.expansionBound) }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    var filled = 0
    while filled < buffer.count && !stream.isAtEnd {
      filled += try inflateSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    }
    return filled
  }

  /// Goes to the end of the last member, where the check sum is compared.
  package mutating func skipRest() throws(IDXError) -> Int {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 1)
    defer { scratch.deallocate() }
    var count = 0
    while !stream.isAtEnd { count += try inflateSome(into: scratch) }
    count += stream.inputCount + file.skipRest()
    stream.inputCount = 0
    return count
  }

  /// Decompresses until the input is used up, the output is full or the member ends.
  private mutating func inflateSome(into output: UnsafeMutableRawBufferPointer) throws(IDXError) -> Int {
    if stream.inputCount == 0 {
      stream.inputCount = try file.read(into: stream.buffer)
      // A member ends with its check sum, so that zlib never needs to be called without input.
      guard stream.inputCount > 0 else { throw .truncatedGzip(path: file.path, found: file.position) }
    }
    let count: Int
    do {
      count = try stream.decompressSome(into: output)
    } catch {
      throw error.isOutOfMemory
        ? .cannotRead(path: file.path, reason: error.text) : .damagedGzip(path: file.path, reason: error.text)
    }
    guard stream.isAtEnd else { return count }
    if try file.hasGzipMagic(at: file.position - stream.inputCount) { stream.restart() }
    return count
  }
}
