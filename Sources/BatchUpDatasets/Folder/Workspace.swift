import BatchUp
import BatchUpSystem

/// The folder `temp/<file>.fetching` in the data folder, where a data set is made, by one at a time.
///
/// A lock keeps others out, which the kernel releases when the process ends in whatever way. So what is there once the
/// lock is taken was left by a process that has ended. Where `temp` belongs to another user, `temp-<user>` is used.
final class Workspace: Sendable {
  let folder: OwnFolder
  /// The folder that has `folder`; Python's BatchUp downloads to it.
  let parent: OwnFolder
  private let descriptor: Int32
  private let dataset: Dataset

  private init(_ folder: OwnFolder, in parent: OwnFolder, lock: Int32, dataset: Dataset) {
    self.folder = folder
    self.parent = parent
    descriptor = lock
    self.dataset = dataset
  }

  /// Waits for the lock.
  ///
  /// - Parameter whenBusy: called once where another one has it.
  static func locked(
    for dataset: Dataset, in folder: DataFolder, interval: Duration = FetchLimits().lockInterval,
    whenBusy: () -> Void = {}
  ) async throws -> Workspace {
    var isWaiting = false
    while true {
      try Task.checkCancellation()
      let workspace = try Leftovers.withLock { leftovers throws(DatasetError) -> Workspace? in
        guard let workspace = try locked(for: dataset, in: folder) else { return nil }
        leftovers[workspace.folder.path] = { workspace.removeLeftovers() }
        return workspace
      }
      if let workspace { return workspace }
      if !isWaiting { whenBusy() }
      isWaiting = true
      try await Task.sleep(for: interval)
    }
  }

  /// Deletes what a process left that was killed when it had made the data set's file, unless another one is fetching.
  static func removeAbandoned(for dataset: Dataset, in data: DataFolder) {
    let paths = [commonName, ownName].map { data.path(of: $0 + "/" + name(for: dataset)) }
    guard paths.contains(where: { (try? exists($0)) ?? false }),
      let workspace = Leftovers.withLock({ _ in try? locked(for: dataset, in: data) })
    else { return }
    try? workspace.clear(keeping: [])
    workspace.release()
  }

  /// Nil where another process has the lock, or just removes what is made here.
  private static func locked(for dataset: Dataset, in data: DataFolder) throws(DatasetError) -> Workspace? {
    guard let parent = try parent(for: dataset, in: data), let folder = try parent.madeFolder(name(for: dataset)),
      let lock = try lock(in: folder)
    else { return nil }
    return Workspace(folder, in: parent, lock: lock, dataset: dataset)
  }

  /// Deletes everything but what may serve the next time.
  func clear() throws(DatasetError) { try clear(keeping: Set(dataset.sources.flatMap(\.keptNames))) }

  /// Deletes everything but the files of these names.
  func clear(keeping kept: Set<String>) throws(DatasetError) {
    for name in try folder.names() {
      if name == Self.lockName { continue }
      if kept.contains(name), try folder.hasFile(name) { continue }
      try folder.removeTree(name)
    }
  }

  /// Makes an empty folder for the converted file, and for whatever the conversion writes beside it.
  func newConversionFolder() throws(DatasetError) -> OwnFolder { try folder.newFolder(".batchup-converted") }

  /// Releases the lock; the folder stays where something is in it.
  func release() {
    Leftovers.withLock { leftovers in
      leftovers[folder.path] = nil
      removeLeftovers()
    }
    unlock(descriptor)
    close(descriptor)
  }

  /// What cannot be deleted is found by the next fetch, which says so.
  private func removeLeftovers() {
    try? clear()
    for source in dataset.sources { try? PartialDownload.removeEmpty(of: source.name, in: folder) }
    // While the lock is held: others look whether the file that they have locked is still there.
    try? folder.remove(Self.lockName)
    parent.removeEmptyFolder(Self.name(for: dataset))
    _ = parent.path.withSystemPath { rmdir($0) }
  }

  /// Not just the name of the file: Python's BatchUp may leave a source file of that name there.
  private static func name(for dataset: Dataset) -> String { dataset.file + ".fetching" }

  private static let lockName = ".batchup-lock"

  private static let commonName = "temp"
  private static var ownName: String { "temp-\(geteuid())" }

  /// The folder `temp` or, where another user's killed process left it, one for this user.
  ///
  /// - Returns: nil where another user's process is fetching the data set, or the data folder has just been removed.
  private static func parent(for dataset: Dataset, in data: DataFolder) throws(DatasetError) -> OwnFolder? {
    try makeFolder(data.path)
    // An earlier fetch is there, or was.
    if let folder = try OwnFolder.opened(ownName, in: data) { return folder }
    do { return try OwnFolder.made(commonName, in: data) } catch {
      guard case .belongsToAnotherUser(data.path(of: commonName), _) = error else { throw error }
    }
    if isLocked([data.path(of: commonName), name(for: dataset), lockName]) { return nil }
    return try OwnFolder.made(ownName, in: data)
  }

  /// Returns whether a process of another user has the lock, as far as this user may know. A descriptor for reading is
  /// enough.
  ///
  /// - Parameter names: of folders, each of which is in the one before, and of the file.
  private static func isLocked(_ names: [String]) -> Bool {
    var place = AT_FDCWD
    defer { if place != AT_FDCWD { close(place) } }
    for name in names {
      let next = name.withSystemPath { name in
        retryingInterrupted { openat(place, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
      }
      guard next >= 0 else { return false }
      if place != AT_FDCWD { close(place) }
      place = next
    }
    if retryingInterrupted({ flock(place, LOCK_SH | LOCK_NB) }) != 0 { return errno == EWOULDBLOCK }
    unlock(place)
    return false
  }

  /// Nil where another process has it.
  private static func lock(in folder: OwnFolder) throws(DatasetError) -> Int32? {
    guard let descriptor = try folder.openedFile(lockName, O_RDWR | O_CREAT) else { return nil }
    var isTaken = false
    defer {
      if !isTaken {
        unlock(descriptor)
        close(descriptor)
      }
    }
    if retryingInterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0 {
      let error = SystemError.last
      if error.code == EWOULDBLOCK { return nil }
      throw .cannotWrite(path: folder.path(of: lockName), reason: error.text)
    }
    isTaken = try folder.has(lockName, descriptor)
    return isTaken ? descriptor : nil
  }
}

extension SourceFile {
  /// What of a download may serve the next time: the file itself only where it is known to be the right one.
  fileprivate var keptNames: [String] {
    guard case .download = origin else { return [] }
    let partial = PartialDownload.names(for: name)
    return sha256 == nil ? partial : partial + [name]
  }
}
