#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the errors of a file format have in common: the file cannot be written.
package protocol FileWritingError: Error {
  static func cannotWrite(path: String, reason: String) -> Self
}

/// A file that appears at its path whole, when it is committed, or not at all.
///
/// Until then it has another name in the same folder. Letting go of it without committing removes it.
package struct AtomicFile<Failure: FileWritingError>: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32
  private var isCommitted = false

  /// - Throws: where no file can be made there, or `path` is something else than a regular file.
  package init(path: String) throws(Failure) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw .cannotWrite(path: path, reason: isFolder ? text(ofError: EISDIR) : "it is not a regular file")
    }
    let temporaryPath = Self.folder(of: path) + ".batchup-" + String(UInt64.random(in: 0 ... .max), radix: 16)
    // Not mkstemp, whose files are for their owner alone whatever the umask.
    let descriptor = retryingInterrupted {
      open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: text(ofError: errno)) }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = retryingInterrupted { writeOnce(descriptor, rest) }
      guard count >= 0 else { throw failure() }
      written += count
    }
  }

  /// Gives the file its name, with all of its bytes on the disk.
  package consuming func commit() throws(Failure) {
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw failure() }
    isCommitted = true
    let folder = Self.folder(of: path)
    let folderDescriptor = retryingInterrupted { open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC) }
    guard folderDescriptor >= 0 else { throw failure() }
    defer { close(folderDescriptor) }
    // Some file systems know no such thing for folders.
    guard fsync(folderDescriptor) == 0 || errno == EINVAL else { throw failure() }
  }

  private func failure() -> Failure { .cannotWrite(path: path, reason: text(ofError: errno)) }

  /// With the slash behind it; empty for a name alone.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}

/// At most as much as one call of the system writes: Darwin refuses more.
private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, min(bytes.count, Int(Int32.max)))
}
