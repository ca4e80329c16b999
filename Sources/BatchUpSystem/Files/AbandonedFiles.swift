internal import CBatchUpSystem

/// The temporary files that killed processes left in a folder.
///
/// A process holds a shared lock on a temporary file for as long as it writes it, which the kernel releases when the
/// process ends in whatever way. So a file on which the exclusive lock is free has been abandoned.
///
/// On network file systems, such locks keep libraries that lock bytes of the file from writing it, as MPI-IO does, or do not
/// reach other machines. There, temporary files are not locked, and stay.
enum AbandonedFiles {
  private static let prefix = ".batchup-"
  private static let digitCount = 13
  /// Folders with more names than `nameLimit`, which this process searches once. Writing n files to a folder would take
  /// O(n²) otherwise.
  private static let largeFolders = Guarded<Set<String>>([])
  private static let nameLimit = 1_000

  /// A random name for a temporary file.
  static func newName() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 36)
    return prefix + String(repeating: "0", count: digitCount - digits.utf8.count) + digits
  }

  /// Locks a new temporary file; false where another process has just removed it as abandoned.
  static func lock(_ descriptor: Int32, at path: String) -> Bool {
    if cbs_is_on_network(descriptor) { return true }
    if retryingInterrupted({ flock(descriptor, LOCK_SH | LOCK_NB) }) != 0 { return errno != EWOULDBLOCK }
    // Where the system does not say, writing or renaming the file will.
    return (try? isStillAt(path, descriptor)) ?? true
  }

  /// Removes those of this user in a folder. What cannot be removed, or found, stays.
  static func remove(from folder: String) {
    if largeFolders.withLock({ $0.contains(folder) }) { return }
    var found: [String] = []
    var nameCount = 0
    try? forEachName(in: folder) { name in
      nameCount += 1
      if isTemporary(name) { found.append(String(cString: name)) }
    }
    if nameCount > nameLimit { largeFolders.withLock { _ = $0.insert(folder) } }
    for name in found { removeIfAbandoned(folder + "/" + name) }
  }

  /// Names had fewer digits once; with nine or less, they have other purposes.
  private static func isTemporary(_ name: UnsafePointer<CChar>) -> Bool {
    guard strncmp(name, prefix, prefix.utf8.count) == 0 else { return false }
    let digits = UnsafeRawBufferPointer(start: name, count: strlen(name)).dropFirst(prefix.utf8.count)
    return 10...digitCount ~= digits.count
      && digits.allSatisfy {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
      }
  }

  private static func removeIfAbandoned(_ path: String) {
    path.withSystemPath { systemPath in
      let descriptor = open(systemPath, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      guard descriptor >= 0 else { return }
      defer {
        unlock(descriptor)
        close(descriptor)
      }
      guard let status = try? status(of: descriptor), status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
        !cbs_is_on_network(descriptor), flock(descriptor, LOCK_EX | LOCK_NB) == 0,
        (try? isStillAt(path, descriptor)) == true
      else { return }
      unlink(systemPath)
    }
  }
}
