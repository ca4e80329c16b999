/// Why a folder or a file of one cannot be used as this user's own.
package protocol OwnFolderError: FileReadingError, FileWritingError {
  static func belongsToAnotherUser(path: String, owner: String) -> Self
  static func symbolicLink(path: String) -> Self
}

extension OwnFolderError {
  /// Why the system refuses to make, open or delete something: that another user may, where it is that.
  package static func refusal(of path: String, _ error: SystemError) -> Self {
    guard error.code == EACCES || error.code == EPERM else { return .cannotWrite(path: path, reason: error.text) }
    var status = stat()
    for place in [path, folder(of: path)]
    where place.withSystemPath({ lstat($0, &status) }) == 0 && status.st_uid != geteuid() {
      return .belongsToAnotherUser(path: place, owner: userName(status.st_uid))
    }
    return .cannotWrite(path: path, reason: error.text)
  }
}

/// A folder that this package made; owns its descriptor.
///
/// Names are looked up from the descriptor, and links are never followed: whatever is planted in the folder, or takes
/// its place, nothing outside is opened, written or deleted.
package final class OwnFolder<Failure: OwnFolderError>: Sendable {
  package let path: String
  package let descriptor: Int32
  /// The user whose files these are.
  private let owner: uid_t

  private init(path: String, descriptor: Int32, owner: uid_t) {
    self.path = path
    self.descriptor = descriptor
    self.owner = owner
  }

  deinit { close(descriptor) }

  package func path(of name: String) -> String { path + "/" + name }

  /// Opens the folder at a path, which may be reached through links.
  ///
  /// - Parameter isOwn: whether a user's files are this user's.
  /// - Returns: nil where there is nothing.
  /// - Throws: `Failure.belongsToAnotherUser` or `.symbolicLink`, among others.
  package static func opened(_ path: String, isOwn: (uid_t) -> Bool) throws(Failure) -> OwnFolder? {
    try opened(path, in: AT_FDCWD, path: path, isOwn: isOwn)
  }

  /// As above, and makes the folder first where it is missing.
  ///
  /// - Returns: nil where the folder that it is to be in is missing.
  package static func made(_ path: String, isOwn: (uid_t) -> Bool) throws(Failure) -> OwnFolder? {
    try made(path, in: AT_FDCWD, path: path, isOwn: isOwn)
  }

  /// Opens a folder of this one, and makes it first where it is missing.
  ///
  /// - Returns: nil where this folder has been removed.
  package func madeFolder(_ name: String) throws(Failure) -> OwnFolder? {
    try Self.made(name, in: descriptor, path: path(of: name)) { [owner] in $0 == owner }
  }

  /// Makes a folder in this one, where nothing has that name.
  package func newFolder(_ name: String) throws(Failure) -> OwnFolder {
    let path = path(of: name)
    if name.withSystemPath({ mkdirat(descriptor, $0, folderMode) }) != 0 { throw .refusal(of: path, .last) }
    if let folder = try Self.opened(name, in: descriptor, path: path, isOwn: { [owner] in $0 == owner }) {
      return folder
    }
    throw .cannotWrite(path: path, reason: SystemError(code: ENOENT).text)
  }

  private static func made(
    _ name: String, in parent: Int32, path: String, isOwn: (uid_t) -> Bool
  ) throws(Failure) -> OwnFolder? {
    // Other processes remove empty folders; not that often.
    for _ in 0..<100 {
      if let folder = try opened(name, in: parent, path: path, isOwn: isOwn) { return folder }
      if name.withSystemPath({ mkdirat(parent, $0, folderMode) }) != 0, errno != EEXIST {
        if errno == ENOENT { return nil }
        throw .refusal(of: path, .last)
      }
    }
    throw .cannotWrite(path: path, reason: "other processes remove it again and again")
  }

  private static func opened(
    _ name: String, in parent: Int32, path: String, isOwn: (uid_t) -> Bool
  ) throws(Failure) -> OwnFolder? {
    let descriptor = name.withSystemPath { name in
      retryingInterrupted { openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }
    let error = SystemError.last
    var status = stat()
    if descriptor < 0 {
      if error.code == ENOENT { return nil }
      if name.withSystemPath({ fstatat(parent, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 {
        if !isOwn(status.st_uid) { throw .belongsToAnotherUser(path: path, owner: userName(status.st_uid)) }
        if status.st_mode & S_IFMT == S_IFLNK { throw .symbolicLink(path: path) }
      }
      throw .cannotWrite(path: path, reason: error.code == ENOTDIR ? "it is not a folder" : error.text)
    }
    let hasStatus = fstat(descriptor, &status) == 0
    let statusError = SystemError.last
    if hasStatus, isOwn(status.st_uid) { return OwnFolder(path: path, descriptor: descriptor, owner: status.st_uid) }
    close(descriptor)
    if !hasStatus { throw .cannotWrite(path: path, reason: statusError.text) }
    throw .belongsToAnotherUser(path: path, owner: userName(status.st_uid))
  }
}

/// Not writable for a group, whatever the mask: what is in the folder is used by its path, too.
private let folderMode: mode_t = 0o755

extension OwnFolder {
  /// The status of what has that name, which may be a link; nil where nothing has it.
  package func status(of name: String) throws(Failure) -> stat? {
    var status = stat()
    if name.withSystemPath({ fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 { return status }
    let error = SystemError.last
    if error.code == ENOENT { return nil }
    throw .cannotRead(path: path(of: name), reason: error.text)
  }

  /// Returns whether a regular file of the same user has that name.
  package func hasFile(_ name: String) throws(Failure) -> Bool {
    guard let status = try status(of: name) else { return false }
    return status.st_mode & S_IFMT == S_IFREG && status.st_uid == owner
  }

  /// Returns whether the open file has that name, which another process may have removed since.
  package func has(_ name: String, _ file: Int32) throws(Failure) -> Bool {
    guard let named = try status(of: name) else { return false }
    return isSame(named, file)
  }

  /// Makes sure that the folder's path leads to it, before and after something is made there by its path.
  package func requireInPlace() throws(Failure) {
    var named = stat()
    if path.withSystemPath({ lstat($0, &named) }) == 0, isSame(named, descriptor) { return }
    throw .cannotWrite(path: path, reason: "the folder has been moved or replaced")
  }

  /// Opens a regular file of the same user.
  ///
  /// - Returns: nil where nothing has that name.
  package func openedFile(_ name: String, _ flags: Int32) throws(Failure) -> Int32? {
    let path = path(of: name)
    let file = name.withSystemPath { name in
      retryingInterrupted { openat(descriptor, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0o666) }
    }
    if file < 0 {
      let error = SystemError.last
      if error.code == ENOENT { return nil }
      if error.code == ELOOP { throw .symbolicLink(path: path) }
      throw .refusal(of: path, error)
    }
    var status = stat()
    let hasStatus = fstat(file, &status) == 0
    let error = SystemError.last
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    if hasStatus, isRegular, status.st_uid == owner { return file }
    close(file)
    if !hasStatus { throw .cannotOpen(path: path, reason: error.text) }
    if isRegular { throw .belongsToAnotherUser(path: path, owner: userName(status.st_uid)) }
    throw .notRegularFile(path: path)
  }

  /// Makes a file where nothing has that name, and waits until it is on the disk.
  package func write(_ bytes: [UInt8], toNew name: String) throws(Failure) {
    let path = path(of: name)
    let file = try Leftovers.withLock { _ throws(Failure) in try openedFile(name, O_WRONLY | O_CREAT | O_EXCL) }
    guard let file else { throw .cannotWrite(path: path, reason: SystemError(code: ENOENT).text) }
    defer { close(file) }
    do throws(SystemError) {
      try writeFully(bytes, to: file, at: 0)
      if retryingInterrupted({ fsync(file) }) != 0 { throw .last }
    } catch {
      throw .cannotWrite(path: path, reason: error.text)
    }
  }

  /// Gives a file of this folder a name in another folder; a link of that name is replaced.
  package func move(_ name: String, to folder: Int32, _ newName: String, path: String) throws(Failure) {
    let result = name.withSystemPath { name in newName.withSystemPath { renameat(descriptor, name, folder, $0) } }
    if result != 0 { throw .refusal(of: path, .last) }
  }

  /// Deletes a file, or a link itself, where there is one.
  package func remove(_ name: String) throws(Failure) {
    if name.withSystemPath({ unlinkat(descriptor, $0, 0) }) != 0, errno != ENOENT {
      throw .refusal(of: path(of: name), .last)
    }
  }

  /// Deletes a folder where it is empty.
  package func removeEmptyFolder(_ name: String) { _ = name.withSystemPath { unlinkat(descriptor, $0, AT_REMOVEDIR) } }

  /// Deletes a file, a link itself, or a folder with all that is in it.
  package func removeTree(_ name: String) throws(Failure) {
    guard let status = try status(of: name) else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else { return try remove(name) }
    // Of any user: it is in a folder of this one.
    let path = path(of: name)
    guard let folder = try Self.opened(name, in: descriptor, path: path, isOwn: { _ in true }) else { return }
    for name in try folder.names() { try folder.removeTree(name) }
    if name.withSystemPath({ unlinkat(descriptor, $0, AT_REMOVEDIR) }) != 0, errno != ENOENT {
      throw .refusal(of: path, .last)
    }
  }

  /// The names of what is in the folder.
  package func names() throws(Failure) -> [String] {
    // With an offset of its own.
    let copy = retryingInterrupted { openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard copy >= 0, let stream = fdopendir(copy) else {
      let error = SystemError.last
      if copy >= 0 { close(copy) }
      throw .cannotRead(path: path, reason: error.text)
    }
    var names: [String] = []
    do { try forEachName(in: stream) { names.append(String(systemPath: $0)) } } catch {
      throw .cannotRead(path: path, reason: error.text)
    }
    return names
  }
}

private func isSame(_ named: stat, _ descriptor: Int32) -> Bool {
  var opened = stat()
  return fstat(descriptor, &opened) == 0 && (named.st_dev, named.st_ino) == (opened.st_dev, opened.st_ino)
}

/// The name of a user, with the number.
package func userName(_ id: uid_t) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 14) { buffer in
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    guard let start = buffer.baseAddress, getpwuid_r(id, &entry, start, buffer.count, &found) == 0, found != nil,
      let name = entry.pw_name
    else { return "user \(id)" }
    return "\(String(cString: name)) (user \(id))"
  }
}
