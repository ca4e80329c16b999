import BatchUpSystem

/// The file that a resumable output is written to until it is complete, with a `ProgressTrailer` behind its data.
///
/// A lock on it keeps other processes out for as long as this process has it open. Killed at any moment, a process leaves
/// one of: no file; an empty one; one with zeros for a header or for a trailer, while it was being created; one with both;
/// one that ends with its data, while it was being finished.
///
/// The trailer has to go before the file gets its name. Before that, a record is written beside the file, with `.complete`
/// behind its name: the header and the trailer. So a file that ends with its data is complete where there is such a record
/// of the same computation; where there is none, everything is done again. No record is older than the file, since
/// creating the file removes it.
struct PartialFile {
  let file: PendingFile
  private(set) var trailer: ProgressTrailer
  /// Whether the trailer is in the file. Where it is not, the record says that all rows are done.
  private var hasTrailer = true
  private let path: String
  private let header: [UInt8]
  private let identity: NPYOutputError.Identity

  private var recordPath: String { path + ".complete" }

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
    guard hasTrailer else { return }
    try file.sync()
    let (bytes, offset) = trailer.record(rowCount: rowCount)
    try file.write(bytes, at: offset)
  }

  /// Gives the file its name, now that all rows are in it. After an error it can be called again, by another process too.
  mutating func complete() throws(SystemError) {
    if hasTrailer {
      if trailer.rowCount < identity.shape[0] { try record(rowCount: identity.shape[0]) }
      let record = try PendingFile(inPlaceOf: recordPath)
      try record.write(header + trailer.bytes, at: 0)
      try record.complete()
      hasTrailer = false
    }
    try file.truncate(byteCount: trailer.offset)
    try file.complete()
    // Where that fails, the record stays until the next partial file is created.
    removeFile(recordPath)
  }

  private static func openLocked(_ path: String) throws(NPYOutputError) -> Int32 {
    while true {
      let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
      let descriptor = path.withSystemPath { path in retryingInterrupted { open(path, flags, 0o666) } }
      guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: SystemError.last.text) }
      do throws(ReadableFile.Failure) {
        try requireRegular(descriptor)
        if retryingInterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0 { throw .system(.last) }
        do throws(SystemError) {
          if try isStillAt(path, descriptor) { return descriptor }
        } catch {
          throw .system(error)
        }
      } catch {
        unlock(descriptor)
        close(descriptor)
        throw error.outputError(path)
      }
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
  private mutating func existingTrailer() throws(Failure) -> ProgressTrailer? {
    let (offset, header) = (trailer.offset, header)
    let (size, front, end) = try readingSystem { file throws(SystemError) in
      let size = try Int(status(of: file).st_size)
      return (
        size, try readBytes(of: file, at: 0, count: min(header.count, size)),
        size > offset ? try Self.trailerBytes(of: file, at: offset) : []
      )
    }
    if front.allSatisfy({ $0 == 0 }) { return nil }
    guard front == header else { throw .output(otherFile()) }
    if size == offset { return try recordedTrailer() }
    return try trailer(ProgressTrailer.content(of: end, offset: offset))
  }

  /// The trailer in the record beside a file that ends with its data; nil where there is no record.
  private mutating func recordedTrailer() throws(Failure) -> ProgressTrailer? {
    let damage = Failure.output(.damagedPartialFile(path: recordPath, reason: "it is no record of a complete file"))
    let record: ReadableFile
    do { record = try ReadableFile(path: recordPath) } catch {
      switch error {
      case .system(let error) where error.code == ENOENT: return nil
      case .system(let error): throw .system(error)
      case .notRegular: throw damage
      }
    }
    let header = header
    let (front, rest) = try readingSystem(record.descriptor) { file throws(SystemError) in
      (try readBytes(of: file, at: 0, count: header.count), try Self.trailerBytes(of: file, at: header.count))
    }
    guard front == header, let found = try trailer(ProgressTrailer.content(of: rest, offset: trailer.offset)),
      found.rowCount == identity.shape[0]
    else { throw damage }
    hasTrailer = false
    return found
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
    if !overflows, end < size, let rest = try? Self.trailerBytes(of: self.file.descriptor, at: end),
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
      try removeRecord()
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

  /// Removes the record of an earlier file, which must not come back after a loss of power.
  private func removeRecord() throws(SystemError) {
    if recordPath.withSystemPath({ unlink($0) }) == 0 { return try syncFolder(of: recordPath) }
    if errno != ENOENT { throw .last }
  }

  private func readingSystem<Result>(
    _ descriptor: Int32? = nil, _ body: (Int32) throws(SystemError) -> Result
  ) throws(Failure) -> Result {
    do { return try body(descriptor ?? file.descriptor) } catch { throw .system(error) }
  }

  /// The bytes from `offset` on, as many as a trailer has at most, and one more.
  private static func trailerBytes(of descriptor: Int32, at offset: Int) throws(SystemError) -> [UInt8] {
    let longest = ProgressTrailer(
      fingerprint: Array(repeating: 0, count: ProgressTrailer.fingerprintLimit), offset: 0)
    return try readBytes(of: descriptor, at: offset, count: longest.byteCount + 1)
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
