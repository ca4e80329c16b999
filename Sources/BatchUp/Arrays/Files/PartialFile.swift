#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file that a resumable output is written to until it is complete, with a `ProgressTrailer` behind its data.
///
/// A lock on it keeps others out for as long as this process has it open. Killed at any moment, a process leaves one
/// of: no file; an empty one; one with zeros for a header or for a trailer, while it was being created; one with both;
/// one that ends with its data, while it was being finished. Where there is no trailer, everything is done again.
struct PartialFile {
  let file: PendingFile
  private(set) var trailer: ProgressTrailer
  private let path: String
  private let header: [UInt8]
  private let identity: NPYOutputError.Identity

  /// - Parameter byteCount: the size of the complete file, header included.
  init(
    completing target: String, identity: NPYOutputError.Identity, header: [UInt8], byteCount: Int
  ) throws(NPYOutputError) {
    let path = target + ".partial"
    self.path = path
    self.header = header
    self.identity = identity
    trailer = ProgressTrailer(fingerprint: identity.fingerprint, offset: byteCount)
    file = PendingFile(
      owning: try Self.openLocked(path), name: path, target: target, isTemporary: false)
    let found: ProgressTrailer?
    do { found = try existingTrailer() } catch { throw error.outputError(path) }
    if let found { trailer = found } else { try create() }
  }

  /// Says in the file that so many rows are done, once their data are on the disk.
  mutating func record(rowCount: Int) throws(SystemError) {
    try file.sync()
    let (bytes, offset) = trailer.record(rowCount: rowCount)
    try file.write(bytes, at: offset)
  }

  func complete() throws(SystemError) {
    try file.sync()
    try file.truncate(byteCount: trailer.offset)
    try file.complete()
  }

  private static func openLocked(_ path: String) throws(NPYOutputError) -> Int32 {
    while true {
      let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
      let descriptor = retryingInterrupted { open(path, flags, 0o666) }
      guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: SystemError.last.text) }
      do throws(ReadableFile.Failure) {
        try requireRegular(descriptor)
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw .system(.last) }
      } catch {
        close(descriptor)
        throw error.outputError(path)
      }
      if isStillAt(path, descriptor) { return descriptor }
      unlock(descriptor)
      close(descriptor)
    }
  }

  private enum Failure: Error {
    case system(SystemError)
    case output(NPYOutputError)

    func outputError(_ path: String) -> NPYOutputError {
      switch self {
      case .system(let error): .cannotWrite(path: path, reason: error.text)
      case .output(let error): error
      }
    }
  }

  /// The trailer of a file that is the same computation's; nil where there is nothing to go on from.
  private func existingTrailer() throws(Failure) -> ProgressTrailer? {
    let size: Int
    let front: [UInt8]
    do {
      size = try Int(status(of: file.descriptor).st_size)
      front = try bytes(at: 0, count: min(header.count, size))
    } catch {
      throw .system(error)
    }
    if front.allSatisfy({ $0 == 0 }) { return nil }
    guard front == header else { throw .output(otherFile()) }
    if size <= trailer.offset { return nil }
    let longest = ProgressTrailer(
      fingerprint: Array(repeating: 0, count: ProgressTrailer.fingerprintLimit), offset: 0)
    let rest: [UInt8]
    do {
      rest = try bytes(at: trailer.offset, count: min(size - trailer.offset, longest.byteCount + 1))
    } catch {
      throw .system(error)
    }
    return try trailer(ProgressTrailer.content(of: rest, offset: trailer.offset))
  }

  private func trailer(_ content: ProgressTrailer.Content) throws(Failure) -> ProgressTrailer? {
    switch content {
    case .none: return nil
    case .damaged: throw .output(.damagedPartialFile(path: path, reason: "its record of progress is damaged"))
    case .trailer(let found):
      guard found.fingerprint == identity.fingerprint else {
        throw .output(other(elementType: identity.elementType, shape: identity.shape, found.fingerprint))
      }
      guard found.rowCount <= identity.shape[0] else {
        throw .output(.damagedPartialFile(path: path, reason: "its record of progress has too many rows"))
      }
      return found
    }
  }

  /// What is wrong with a file that has another header.
  private func otherFile() -> NPYOutputError {
    guard
      let file = try? ReadableFile(path: path), let size = try? file.byteCount(),
      let header = try? NPYHeader(from: file, in: 0..<size, path: file.path)
    else { return .damagedPartialFile(path: path, reason: "it is not an .npy file") }
    let (end, overflows) = header.byteCount.addingReportingOverflow(header.dataByteCount)
    var fingerprint: [UInt64] = []
    if !overflows, end < size, let rest = try? bytes(at: end, count: min(size - end, 1024)),
      case .trailer(let trailer) = ProgressTrailer.content(of: rest, offset: end)
    {
      fingerprint = trailer.fingerprint
    }
    return other(elementType: header.elementType, shape: header.shape, fingerprint)
  }

  private func other(elementType: NPYElementType, shape: [Int], _ fingerprint: [UInt64]) -> NPYOutputError {
    let found = NPYOutputError.Identity(elementType: elementType, shape: shape, fingerprint: fingerprint)
    return .otherPartialFile(path: path, expected: identity, found: found)
  }

  private func create() throws(NPYOutputError) {
    do {
      // Whatever is there from an earlier start.
      try file.truncate(byteCount: 0)
      try file.allocate(byteCount: trailer.offset + trailer.byteCount)
      try file.write(trailer.bytes, at: trailer.offset)
      try file.write(header, at: 0)
    } catch {
      file.remove()
      throw .cannotWrite(path: path, reason: error.text)
    }
  }

  private func bytes(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
    // The standard library would write to the memory that all empty arrays share.
    if count == 0 { return [] }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(SystemError) in
      filled = try readFully(file.descriptor, into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
  }
}

extension ReadableFile.Failure {
  func outputError(_ path: String) -> NPYOutputError {
    switch self {
    case .notRegular: .notRegularFile(path: path)
    case .system(let error) where error.code == EWOULDBLOCK: .locked(path: path)
    case .system(let error): .cannotWrite(path: path, reason: error.text)
    }
  }
}
