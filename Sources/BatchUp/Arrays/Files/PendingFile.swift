#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is written under another name, in the same folder, until it is complete; owns its descriptor.
package final class PendingFile: Sendable {
  let descriptor: Int32
  /// What the file is called until it is complete.
  package let name: String
  private let target: String
  /// Whether the file goes with this object where it has not been completed.
  private let isTemporary: Bool
  private let isCompleted = Guarded(false)

  /// A new file with a name of its own. A link at `path` is followed.
  package convenience init(replacing path: String) throws(ReadableFile.Failure) {
    let target = try writableTarget(path)
    var name: String
    var descriptor: Int32
    repeat {
      name = folder(of: target) + "/.batchup-" + String(UInt64.random(in: 0 ... .max), radix: 36)
      descriptor = Leftovers.withLock { [name] leftovers in
        let descriptor = retryingInterrupted { open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
        if descriptor >= 0 { leftovers[name] = { unlink(name) } }
        return descriptor
      }
    } while descriptor < 0 && errno == EEXIST
    guard descriptor >= 0 else { throw .system(.last) }
    self.init(owning: descriptor, name: name, target: target, isTemporary: true)
  }

  init(owning descriptor: Int32, name: String, target: String, isTemporary: Bool) {
    self.descriptor = descriptor
    self.name = name
    self.target = target
    self.isTemporary = isTemporary
  }

  deinit {
    if isTemporary, !isCompleted.withLock({ $0 }) {
      Leftovers.withLock { leftovers in
        unlink(name)
        leftovers[name] = nil
      }
    }
    unlock(descriptor)
    close(descriptor)
  }

  func remove() { unlink(name) }

  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
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

  func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(SystemError) in try write(bytes, at: offset) }
    }.get()
  }

  /// Gives the file its size, and takes the room on the disk for it now, where the file system can do that: a full disk
  /// is an error before any work has been done.
  func allocate(byteCount: Int) throws(SystemError) {
    if try !takeRoom(for: descriptor, byteCount: byteCount) { try truncate(byteCount: byteCount) }
  }

  func truncate(byteCount: Int) throws(SystemError) {
    if retryingInterrupted({ ftruncate(descriptor, off_t(byteCount)) }) != 0 { throw .last }
  }

  /// Waits until the data are on the disk.
  func sync() throws(SystemError) {
    if retryingInterrupted({ fsync(descriptor) }) != 0 { throw .last }
  }

  /// Gives the file its final name, in place of one that has it already, once all of it is on the disk.
  package func complete() throws(SystemError) {
    try sync()
    try Leftovers.withLock { leftovers throws(SystemError) in
      if rename(name, target) != 0 { throw .last }
      leftovers[name] = nil
    }
    isCompleted.withLock { $0 = true }
    try syncFolder(of: target)
  }
}

/// Lets go of a lock, where there is one. Closing is not enough: a process that another thread starts just now has a copy
/// of the descriptor for a moment, which holds it too.
package func unlock(_ descriptor: Int32) { flock(descriptor, LOCK_UN) }

/// Whether nobody has renamed or removed the file since its opening, which may have been before a lock on it was free.
package func isStillAt(_ path: String, _ descriptor: Int32) -> Bool {
  var named = stat()
  guard lstat(path, &named) == 0, let opened = try? status(of: descriptor) else { return false }
  return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
}

/// Where a file of that name is or would be, with links followed; refuses to replace anything but a regular file.
func writableTarget(_ path: String) throws(ReadableFile.Failure) -> String {
  var status = stat()
  if stat(path, &status) != 0 {
    if errno == ENOENT { return path }
    throw .system(.last)
  }
  if status.st_mode & S_IFMT == S_IFDIR { throw .system(SystemError(code: EISDIR)) }
  guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
  guard let resolved = realpath(path, nil) else { throw .system(.last) }
  defer { free(resolved) }
  return String(cString: resolved)
}

private func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Waits until the names in the folder that has the file are on the disk.
package func syncFolder(of path: String) throws(SystemError) {
  let descriptor = retryingInterrupted { open(folder(of: path), O_RDONLY | O_CLOEXEC) }
  if descriptor < 0 {
    // A folder that may be written to but not read, for which nobody can wait.
    if errno == EACCES { return }
    throw .last
  }
  defer { close(descriptor) }
  // Some file systems cannot do that with folders.
  if fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP, errno != EBADF { throw .last }
}
