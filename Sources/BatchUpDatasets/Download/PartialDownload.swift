import BatchUp
import BatchUpSystem

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

  private let folder: OwnFolder
  private let name: String
  private(set) var byteCount = 0
  /// Nil where there are no bytes yet, or their origin is not known.
  private(set) var origin: Origin?
  /// Negative where there is no file yet.
  private var descriptor: Int32 = -1

  static func names(for name: String) -> [String] { [name + ".unverified", originName(name + ".unverified")] }

  /// Continues with what is there.
  init(of name: String, in folder: OwnFolder) throws(DatasetError) {
    self.folder = folder
    self.name = Self.names(for: name)[0]
    guard let descriptor = try folder.openedFile(self.name, O_RDWR) else { return }
    self.descriptor = descriptor
    byteCount = max(Int(lseek(descriptor, 0, SEEK_END)), 0)
    if byteCount > 0 { origin = try readOrigin() }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Forgets what is there, and begins with the first byte of a file from that origin.
  func start(from origin: Origin) throws(DatasetError) {
    if descriptor < 0 {
      let flags = O_RDWR | O_CREAT
      descriptor = try Leftovers.withLock { _ throws(DatasetError) in try folder.openedFile(name, flags) } ?? -1
    }
    // In this order: at no moment are there bytes with the origin of others.
    try folder.remove(Self.originName(name))
    if ftruncate(descriptor, 0) != 0 { throw .cannotWrite(path: path, reason: SystemError.last.text) }
    byteCount = 0
    try folder.write(Array(origin.text.utf8), toNew: Self.originName(name))
    self.origin = origin
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(DatasetError) {
    do { try writeFully(bytes, to: descriptor, at: byteCount) } catch {
      throw .cannotWrite(path: path, reason: error.text)
    }
    byteCount += bytes.count
  }

  /// This object is not to be used afterwards.
  func remove() { Self.remove(name, in: folder) }

  /// Calls `body`, which no other time can go on with: a signal that ends the process meanwhile removes the file.
  func withoutResumption(_ body: () throws -> Void) rethrows {
    Leftovers.withLock { [path, name, folder] leftovers in leftovers[path] = { Self.remove(name, in: folder) } }
    defer { Leftovers.withLock { $0[path] = nil } }
    try body()
  }

  private static func remove(_ name: String, in folder: OwnFolder) {
    try? folder.remove(name)
    try? folder.remove(originName(name))
  }

  /// Deletes a download of which there is nothing.
  static func removeEmpty(of name: String, in folder: OwnFolder) throws(DatasetError) {
    let name = names(for: name)[0]
    if try folder.status(of: name).map({ $0.st_size == 0 }) ?? true { remove(name, in: folder) }
  }

  /// Gives the file its name, now that it is known to be the right one.
  func complete(as target: String) throws(DatasetError) {
    try folder.move(name, to: folder.descriptor, target, path: folder.path(of: target))
    try folder.remove(Self.originName(name))
  }

  private var path: String { folder.path(of: name) }

  private static func originName(_ name: String) -> String { name + ".origin" }

  private func readOrigin() throws(DatasetError) -> Origin? {
    let name = Self.originName(name)
    guard let file = try folder.openedFile(name, O_RDONLY) else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = bytes.withUnsafeMutableBytes { buffer in
      retryingInterrupted { pread(file, buffer.baseAddress, buffer.count, 0) }
    }
    if count < 0 { throw .cannotRead(path: folder.path(of: name), reason: SystemError.last.text) }
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
