import CZlib

/// zlib's state for data without a header, and the window of compressed bytes before it. Used by one stream alone.
final class Inflater {
  /// Where compressed bytes go; `inputCount` of them are to be decompressed.
  let input: UnsafeMutableRawBufferPointer
  private(set) var isAtEnd = false
  private let stream: UnsafeMutablePointer<z_stream>

  struct Failure: Error {
    let text: String
    let isOutOfMemory: Bool
  }

  private static let inputSize = 64 << 10
  /// The largest window that deflate uses; negative for data without a header.
  private static let windowBits: Int32 = -15

  init() throws(Failure) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: Self.inputSize, alignment: 1)
    let status = inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    // The deinitializer runs where this throws, too; zlib takes a state that it could not start.
    if status != Z_OK {
      throw Failure(text: "zlib cannot start: \(String(cString: zError(status)))", isOutOfMemory: true)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Those from the front of `input`, when set.
  var inputCount: Int {
    get { Int(stream.pointee.avail_in) }
    set {
      stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_in = UInt32(newValue)
    }
  }

  /// Decompresses until the input is used up, the output is full or the data end.
  func inflateSome(into output: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
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
}
