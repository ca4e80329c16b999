import BatchUp
import BatchUpFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What has been downloaded of a file so far, and where it came from, both on the disk; owns its descriptor.
///
/// Not safe to use from two threads at once.
final class PartialDownload {
  /// What is known about the file that these bytes are the start of.
  struct Origin: Hashable {
    var address: String
    /// An ETag or a date that changes with the file.
    var validator: String?
    var byteCount: Int?
  }

  let path: String
  private(set) var byteCount = 0
  /// Nil where there are no bytes yet, or nobody knows of what.
  private(set) var origin: Origin?
  /// Negative where there is no file yet.
  private var descriptor: Int32

  static func names(for name: String) -> [String] { [name + ".unverified", name + ".unverified.origin"] }

  /// Goes on with what is there.
  init(of name: String, in workspace: Workspace) throws(DatasetError) {
    let path = workspace.path(of: Self.names(for: name)[0])
    self.path = path
    descriptor = Self.opened(path, O_RDWR)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw .cannotWrite(path: path, reason: SystemError.last.text)
    }
    byteCount = max(Int(lseek(descriptor, 0, SEEK_END)), 0)
    if byteCount > 0 { origin = readOrigin() }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Forgets what is there, and begins with the first byte of a file from that origin.
  func start(from origin: Origin) throws(DatasetError) {
    if descriptor < 0 { descriptor = Leftovers.withLock { _ in Self.opened(path, O_RDWR | O_CREAT) } }
    // In this order: at no moment are there bytes with the origin of others.
    if descriptor < 0 || ftruncate(descriptor, 0) != 0 { throw .cannotWrite(path: path, reason: SystemError.last.text) }
    byteCount = 0
    var file = try AtomicFile<DatasetError>(path: originPath)
    let bytes = Array(origin.text.utf8)
    try bytes.withUnsafeBytes { bytes in Result { () throws(DatasetError) in try file.write(bytes) } }.get()
    try file.commit()
    self.origin = origin
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(DatasetError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = retryingInterrupted {
        pwrite(descriptor, rest.baseAddress, min(rest.count, Int(Int32.max)), off_t(byteCount))
      }
      if count <= 0 { throw .cannotWrite(path: path, reason: SystemError(code: count < 0 ? errno : ENOSPC).text) }
      byteCount += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// This object is not to be used afterwards.
  func remove() { Self.remove(path) }

  /// Calls `body`, which no other time can go on with: a signal that ends the process meanwhile removes the file.
  func withoutResumption(_ body: () throws -> Void) rethrows {
    Leftovers.withLock { [path] leftovers in leftovers[path] = { Self.remove(path) } }
    defer { Leftovers.withLock { $0[path] = nil } }
    try body()
  }

  private static func remove(_ path: String) {
    unlink(path)
    unlink(originPath(of: path))
  }

  /// Deletes a download of which there is nothing.
  static func removeEmpty(of name: String, in workspace: Workspace) {
    let paths = names(for: name).map(workspace.path(of:))
    var status = stat()
    if stat(paths[0], &status) != 0 || status.st_size == 0 { for path in paths { unlink(path) } }
  }

  /// Gives the file its name, now that it is known to be the right one.
  func complete(as target: String) throws(DatasetError) {
    if rename(path, target) != 0 { throw .cannotWrite(path: target, reason: SystemError.last.text) }
    unlink(originPath)
  }

  private static func opened(_ path: String, _ flags: Int32) -> Int32 {
    retryingInterrupted { open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666) }
  }

  private var originPath: String { Self.originPath(of: path) }

  private static func originPath(of path: String) -> String { path + ".origin" }

  private func readOrigin() -> Origin? {
    guard let file = try? ReadableFile(path: originPath) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0, at: 0) }) else { return nil }
    return Origin(text: String(decoding: bytes[..<count], as: UTF8.self))
  }
}

extension PartialDownload.Origin {
  /// A line for each of the three, empty for what is not known.
  fileprivate var text: String { "\(address)\n\(validator ?? "")\n\(byteCount.map(String.init) ?? "")\n" }

  /// Nil where that is no whole `text`.
  fileprivate init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 4, !lines[0].isEmpty, lines[3].isEmpty else { return nil }
    address = String(lines[0])
    validator = lines[1].isEmpty ? nil : String(lines[1])
    if lines[2].isEmpty { return }
    guard let count = number(lines[2]) else { return nil }
    byteCount = count
  }
}
