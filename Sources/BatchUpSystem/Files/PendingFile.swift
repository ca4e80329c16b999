internal import CBatchUpSystem

/// A file that is written under another name, in the same folder, until it is complete; owns its descriptor.
///
/// Where a process is killed meanwhile, the next file that is created in the folder removes this one.
package final class PendingFile: Sendable {
  package let descriptor: Int32
  /// What the file is called until it is complete.
  package let name: String
  private let target: String
  /// Whether the file goes with this object where it has not been completed.
  private let isTemporary: Bool
  private let isCompleted = Guarded(false)

  /// Creates a file with a name of its own. A link at `path` is followed, also where it leads to no file yet.
  package convenience init(replacing path: String) throws(ReadableFile.Failure) {
    let target = try writableTarget(path)
    do { try self.init(inPlaceOf: target) } catch { throw .system(error) }
  }

  /// As above, where a link at `target` is replaced.
  package convenience init(inPlaceOf target: String) throws(SystemError) {
    let (descriptor, name) = try Self.created(in: folder(of: target))
    self.init(owning: descriptor, name: name, target: target, isTemporary: true)
  }

  private static func created(in folder: String) throws(SystemError) -> (descriptor: Int32, name: String) {
    AbandonedFiles.remove(from: folder)
    while true {
      let name = folder + "/" + AbandonedFiles.newName()
      let descriptor = Leftovers.withLock { leftovers in
        let descriptor = name.withSystemPath { name in
          retryingInterrupted { open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        }
        if descriptor >= 0 { leftovers[name] = { removeFile(name) } }
        return descriptor
      }
      if descriptor < 0, errno == EEXIST { continue }
      if descriptor < 0 { throw .last }
      if AbandonedFiles.lock(descriptor, at: name) { return (descriptor, name) }
      Leftovers.withLock { $0[name] = nil }
      close(descriptor)
    }
  }

  package init(owning descriptor: Int32, name: String, target: String, isTemporary: Bool) {
    self.descriptor = descriptor
    self.name = name
    self.target = target
    self.isTemporary = isTemporary
  }

  deinit {
    if isTemporary, !isCompleted.withLock({ $0 }) {
      Leftovers.withLock { leftovers in
        removeFile(name)
        leftovers[name] = nil
      }
    }
    unlock(descriptor)
    close(descriptor)
  }

  package func remove() { removeFile(name) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
    try writeFully(bytes, to: descriptor, at: offset)
  }

  package func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    try writeFully(bytes, to: descriptor, at: offset)
  }

  /// Gives the file its size, and takes the room on the disk for it now, where the file system can do that: a full disk
  /// is an error before any work has been done.
  package func allocate(byteCount: Int) throws(SystemError) {
    switch cbs_allocate_file(descriptor, off_t(byteCount)) {
    case 0: break
    case ..<0: throw .last
    default: try truncate(byteCount: byteCount)
    }
  }

  package func truncate(byteCount: Int) throws(SystemError) {
    if retryingInterrupted({ ftruncate(descriptor, off_t(byteCount)) }) != 0 { throw .last }
  }

  /// Waits until the data are on the disk.
  package func sync() throws(SystemError) {
    if retryingInterrupted({ fsync(descriptor) }) != 0 { throw .last }
  }

  /// Gives the file its final name, in place of one that has it already, once all of it is on the disk. After an error
  /// it can be called again.
  package func complete() throws(SystemError) {
    try sync()
    try Leftovers.withLock { leftovers throws(SystemError) in
      if isCompleted.withLock({ $0 }) { return }
      let result = name.withSystemPath { name in target.withSystemPath { rename(name, $0) } }
      if result != 0 { throw .last }
      leftovers[name] = nil
      isCompleted.withLock { $0 = true }
    }
    try syncFolder(of: target)
  }
}

/// Writes all of the bytes.
package func writeFully(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) throws(SystemError) {
  var written = 0
  while written < bytes.count {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
    // Darwin refuses more than that at once.
    let count = retryingInterrupted {
      pwrite(descriptor, rest.baseAddress, min(rest.count, Int(Int32.max)), off_t(offset + written))
    }
    if count < 0 { throw .last }
    if count == 0 { throw SystemError(code: ENOSPC) }
    written += count
  }
}

package func writeFully(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) throws(SystemError) {
  try bytes.withUnsafeBytes { bytes in
    Result { () throws(SystemError) in try writeFully(bytes, to: descriptor, at: offset) }
  }.get()
}

/// Releases a lock, where there is one. Closing is not enough: a process that another thread starts just now has a copy
/// of the descriptor for a moment, which holds it too.
package func unlock(_ descriptor: Int32) { flock(descriptor, LOCK_UN) }

/// Returns whether the file has the name that it was opened by: while this process waited for a lock on it, another one
/// may have renamed or removed it.
package func isStillAt(_ path: String, _ descriptor: Int32) throws(SystemError) -> Bool {
  guard let named = try statusIfPresent(at: path, followingLinks: false) else { return false }
  let opened = try status(of: descriptor)
  return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
}

/// Removes a file where it is there.
package func removeFile(_ path: String) { _ = path.withSystemPath { unlink($0) } }

/// Returns where a file of that name is or would be, with links followed; refuses to replace anything but a regular file.
package func writableTarget(_ path: String) throws(ReadableFile.Failure) -> String {
  do throws(SystemError) {
    if path.isEmpty { throw SystemError(code: ENOENT) }
    guard let status = try statusIfPresent(at: path) else { return try missingTarget(path) }
    if status.isFolder { throw SystemError(code: EISDIR) }
    if status.st_mode & S_IFMT == S_IFREG {
      guard let resolved = path.withSystemPath({ realpath($0, nil) }) else { throw .last }
      defer { free(resolved) }
      return String(systemPath: resolved)
    }
  } catch {
    throw .system(error)
  }
  throw .notRegular
}

/// Returns where a file that is missing would be: `path` itself, or where links lead from there.
private func missingTarget(_ path: String) throws(SystemError) -> String {
  var path = path
  // More links would be too many for the system, too.
  for _ in 0..<40 {
    guard let status = try statusIfPresent(at: path, followingLinks: false), status.st_mode & S_IFMT == S_IFLNK else {
      return path
    }
    let link = try destination(ofLink: path)
    path = link.utf8.first == UInt8(ascii: "/") ? link : folder(of: path) + "/" + link
  }
  throw SystemError(code: ELOOP)
}

private func destination(ofLink path: String) throws(SystemError) -> String {
  var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
  let count = path.withSystemPath { readlink($0, &bytes, bytes.count - 1) }
  if count < 0 { throw .last }
  return String(systemPath: bytes)
}

/// Returns the folder that has the file. In bytes, since characters may combine with the slash.
func folder(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Waits until the names in the folder that has the file are on the disk.
package func syncFolder(of path: String) throws(SystemError) {
  let descriptor = folder(of: path).withSystemPath { folder in
    retryingInterrupted { open(folder, O_RDONLY | O_CLOEXEC) }
  }
  if descriptor < 0 {
    // A folder that may be written to but not read, and so not opened.
    if errno == EACCES { return }
    throw .last
  }
  defer { close(descriptor) }
  // Some file systems cannot do that with folders.
  if retryingInterrupted({ fsync(descriptor) }) != 0, errno != EINVAL, errno != ENOTSUP, errno != EBADF { throw .last }
}
