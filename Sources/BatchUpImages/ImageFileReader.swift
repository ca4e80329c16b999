import BatchUp
import BatchUpSystem
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
    let (file, byteCount) = try ImageError.openedWithSize(path)
    reserve(16)
    // What is no image is not read.
    var filled = try fill(to: min(byteCount, 16), from: file)
    let front = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    guard cbi_may_be_image(front.assumingMemoryBound(to: UInt8.self).baseAddress, filled) else {
      throw .notAnImage(path: path, firstBytes: Array(front.prefix(8)))
    }
    guard byteCount <= byteLimit else { throw .fileTooLarge(path: path, byteCount: byteCount, limit: byteLimit) }
    guard byteCount <= buffer.count || systemGrants(byteCount: byteCount + byteCount / 4) else {
      throw .notEnoughMemory(path: path)
    }
    reserve(byteCount)
    filled = try fill(to: byteCount, from: file)
    return try body(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
  }

  private mutating func reserve(_ byteCount: Int) {
    guard byteCount > buffer.count else { return }
    buffer.deallocate()
    buffer = .allocate(byteCount: byteCount + byteCount / 4, alignment: 16)
  }

  /// Reads the first `count` bytes, or less where the file has become shorter; returns their number.
  private func fill(to count: Int, from file: ReadableFile) throws(ImageError) -> Int {
    try ImageError.read(file, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: 0)
  }
}
