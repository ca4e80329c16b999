import BatchUp
import BatchUpSystem
import CZlib

/// The bytes of one member, from front to end, inflated where they are deflated, and their check sum.
struct NPZMemberStream: ~Copyable {
  private let file: ReadableFile
  private let member: String
  private let checkSum: UInt32
  private let byteCount: Int
  /// What has not been read of the file.
  private var rest: Range<Int>
  private let inflater: ZlibStream?
  private var position = 0
  private var sum: UInt = 0

  init(_ member: NPZMember, of file: ReadableFile) throws(NPZError) {
    try self.init(
      name: member.name, member.storage, range: member.byteRange, byteCount: member.byteCount,
      checkSum: member.checkSum, of: file)
  }

  init(
    name: String, _ storage: NPZMember.Storage, range: Range<Int>, byteCount: Int, checkSum: UInt32,
    of file: ReadableFile
  ) throws(NPZError) {
    self.file = file
    member = name
    rest = range
    self.byteCount = byteCount
    self.checkSum = checkSum
    guard storage == .deflated else {
      inflater = nil
      return
    }
    do { inflater = try ZlibStream(decompressing: .bare) } catch {
      throw .cannotRead(path: file.path, reason: error.text)
    }
  }

  /// Fills the buffer with the next bytes.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(NPZError) {
    let found = try fill(buffer)
    guard found == buffer.count else {
      throw wrongByteCount
    }
  }

  mutating func read(count: Int) throws(NPZError) -> [UInt8] {
    // The standard library would write to the memory that all empty arrays share.
    if count == 0 { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(NPZError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  /// Makes sure that the member ends with what has been read, and that its check sum is right.
  mutating func finish() throws(NPZError) {
    guard position == byteCount else { throw wrongByteCount }
    let next = try read(upTo: 1).count
    guard next == 0 else { throw wrongByteCount }
    if let inflater, !rest.isEmpty || inflater.inputCount > 0 {
      throw failure("is damaged: \(rest.count + inflater.inputCount) bytes follow its compressed data")
    }
    guard UInt32(truncatingIfNeeded: sum) == checkSum else {
      throw failure("is damaged: its check sum is \(UInt32(truncatingIfNeeded: sum)), not \(checkSum)")
    }
  }

  /// Reads to the end in pieces, without keeping anything.
  mutating func skipRest() throws(NPZError) {
    while position < byteCount {
      guard try !read(upTo: min(1 << 16, byteCount - position)).isEmpty else { break }
    }
    try finish()
  }

  private mutating func read(upTo count: Int) throws(NPZError) -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(NPZError) in
      filled = try fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }

  private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NPZError) -> Int {
    let found = try inflater == nil ? readFile(into: buffer) : inflate(into: buffer)
    // Without an address, zlib would begin a new sum.
    if let start = buffer.baseAddress { sum = crc32_z(sum, start.assumingMemoryBound(to: UInt8.self), found) }
    position += found
    return found
  }

  private mutating func readFile(into buffer: UnsafeMutableRawBufferPointer) throws(NPZError) -> Int {
    let count = min(buffer.count, rest.count)
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    let found = try NPZError.read(file, into: part, at: rest.lowerBound)
    guard found == count else {
      throw .cannotRead(path: file.path, reason: "it has been made shorter, to \(rest.lowerBound + found) bytes")
    }
    rest = rest.lowerBound + count..<rest.upperBound
    return count
  }

  private mutating func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(NPZError) -> Int {
    guard let inflater else { return 0 }
    var filled = 0
    while filled < buffer.count && !inflater.isAtEnd {
      let count = try inflateSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), by: inflater)
      filled += count
      if count == 0 && !inflater.isAtEnd && inflater.inputCount == 0 { try refill(inflater) }
    }
    return filled
  }

  private mutating func refill(_ inflater: ZlibStream) throws(NPZError) {
    let count = try readFile(into: inflater.buffer)
    guard count > 0 else { throw failure("is damaged: its compressed data end too early") }
    inflater.inputCount = count
  }

  private func inflateSome(
    into buffer: UnsafeMutableRawBufferPointer, by inflater: ZlibStream
  ) throws(NPZError) -> Int {
    do throws(ZlibStream.Failure) {
      return try inflater.decompressSome(into: buffer)
    } catch {
      throw error.isOutOfMemory
        ? .cannotRead(path: file.path, reason: error.text) : failure("is damaged: \(error.text)")
    }
  }

  private var wrongByteCount: NPZError {
    failure("has not the \(byteCount) bytes of the directory, but \(position)")
  }

  private func failure(_ defect: FileDefect) -> NPZError {
    .damagedMember(path: file.path, member: member, defect: defect)
  }
}
