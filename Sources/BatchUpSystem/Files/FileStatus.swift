/// Returns the status of what is at `path`; nil where there is nothing.
///
/// Any other failure is an error: a file that the system cannot look at now may well be there.
///
/// - Parameter followingLinks: whether a link stands for what it leads to; one that leads nowhere is then nothing.
package func statusIfPresent(at path: String, followingLinks: Bool = true) throws(SystemError) -> stat? {
  var status = stat()
  let result = path.withSystemPath { path in
    retryingInterrupted { followingLinks ? stat(path, &status) : lstat(path, &status) }
  }
  if result == 0 { return status }
  // The latter where a file has the place of a folder on the way.
  if errno == ENOENT || errno == ENOTDIR { return nil }
  throw .last
}

extension stat {
  package var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }

  package func isSameFile(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}

/// Calls `body` with each name in a folder but "." and "..", in no order.
package func forEachName(in folder: String, _ body: (UnsafePointer<CChar>) -> Void) throws(SystemError) {
  guard let stream = folder.withSystemPath({ opendir($0) }) else { throw .last }
  try forEachName(in: stream, body)
}

#if canImport(Darwin)
  package typealias FolderStream = UnsafeMutablePointer<DIR>
#else
  package typealias FolderStream = OpaquePointer
#endif

/// As above, in an open folder, which is closed.
package func forEachName(in stream: FolderStream, _ body: (UnsafePointer<CChar>) -> Void) throws(SystemError) {
  defer { closedir(stream) }
  while true {
    errno = 0
    guard let entry = readdir(stream) else { break }
    withUnsafePointer(to: &entry.pointee.d_name) {
      let name = UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)
      if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { body(name) }
    }
  }
  if errno != 0 { throw .last }
}
