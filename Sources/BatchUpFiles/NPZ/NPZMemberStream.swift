import BatchUp
import BatchUpSystem
import CZlib

/// The bytes of one member, from front to end, inflated where they are deflated, and their check sum.
struct NPZMemberStream: ~Copyable {
  private let path: String
  private let member: String
  private let checkSum: UInt32
  private let byteCount: Int
  private var reader: InflatingReader<NPZError>
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
    path = file.path
    member = name
    self.byteCount = byteCount
    self.checkSum = checkSum
    reader = try InflatingReader(of: file, in: range, storage == .deflated ? .bare : nil) { [path = file.path] cause in
      switch cause {
      case .cannotRead(let reason): .cannotRead(path: path, reason: reason)
      case .truncated:
        .damagedMember(path: path, member: name, defect: "is damaged: its compressed data end too early")
      case .damaged(let reason): .damagedMember(path: path, member: name, defect: "is damaged: \(reason)")
      }
    }
  }

  /// Fills the buffer with the next bytes.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(NPZError) {
    let found = try fill(buffer)
    guard found == buffer.count else { throw wrongByteCount }
  }

  mutating func read(count: Int) throws(NPZError) -> [UInt8] {
    let bytes = try read(upTo: count)
    guard bytes.count == count else { throw wrongByteCount }
    return bytes
  }

  /// Makes sure that the member ends with what has been read, and that its check sum is right.
  mutating func finish() throws(NPZError) {
    guard position == byteCount else { throw wrongByteCount }
    let next = try read(upTo: 1).count
    guard next == 0 else { throw wrongByteCount }
    if reader.restByteCount > 0 {
      throw failure("is damaged: \(reader.restByteCount) bytes follow its compressed data")
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
    // The standard library would write to the memory that all empty arrays share.
    if count == 0 { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(NPZError) in
      filled = try fill(UnsafeMutableRawBufferPointer(buffer))
    }
  }

  private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(NPZError) -> Int {
    let found = try reader.read(into: buffer)
    // Without an address, zlib would begin a new sum.
    if let start = buffer.baseAddress { sum = crc32_z(sum, start.assumingMemoryBound(to: UInt8.self), found) }
    position += found
    return found
  }

  private var wrongByteCount: NPZError {
    failure("has not the \(byteCount) bytes of the directory, but \(position)")
  }

  private func failure(_ defect: FileDefect) -> NPZError {
    .damagedMember(path: path, member: member, defect: defect)
  }
}
