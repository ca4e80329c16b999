import BatchUp

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder `temp/<file>.fetching` in the data folder, where a data set is made, by one at a time.
///
/// A lock keeps others out, which the kernel lets go of when the process ends in whatever way. So whatever is there when
/// the lock is had was left by a process that has ended.
final class Workspace: Sendable {
  let path: String
  /// For the converted file, and for whatever the conversion writes beside it.
  var conversionFolder: String { path + "/.batchup-converted" }
  private let parent: String
  private let descriptor: Int32
  private let dataset: Dataset

  private init(parent: String, descriptor: Int32, dataset: Dataset) {
    self.parent = parent
    path = Self.path(for: dataset, in: parent)
    self.descriptor = descriptor
    self.dataset = dataset
  }

  func path(of name: String) -> String { path + "/" + name }

  /// Waits for the lock.
  ///
  /// - Parameter whenBusy: called once where another one has it.
  static func locked(
    for dataset: Dataset, in folder: DataFolder, interval: Duration = FetchLimits().lockInterval,
    whenBusy: () -> Void = {}
  ) async throws -> Workspace {
    let parent = folder.path(of: "temp")
    let path = path(for: dataset, in: parent)
    var isWaiting = false
    while true {
      try Task.checkCancellation()
      let workspace = try Leftovers.withLock { leftovers throws(DatasetError) -> Workspace? in
        // Whoever had the lock may have removed the folder.
        try makeFolder(path)
        guard let descriptor = try lock(path + "/" + lockName) else { return nil }
        let workspace = Workspace(parent: parent, descriptor: descriptor, dataset: dataset)
        leftovers[path] = { workspace.removeLeftovers() }
        return workspace
      }
      if let workspace { return workspace }
      if !isWaiting { whenBusy() }
      isWaiting = true
      try await Task.sleep(for: interval)
    }
  }

  /// Deletes everything but what may serve the next time.
  func clear() { clear(keeping: Set(dataset.sources.flatMap(\.keptNames))) }

  func clear(keeping kept: Set<String>) {
    for name in names(in: path) where name != Self.lockName && !kept.contains(name) { removeTree(self.path(of: name)) }
  }

  /// Lets go of the lock; the folder stays where something is in it.
  func release() {
    Leftovers.withLock { leftovers in
      leftovers[path] = nil
      removeLeftovers()
    }
    unlock(descriptor)
    close(descriptor)
  }

  private func removeLeftovers() {
    clear()
    for source in dataset.sources { PartialDownload.removeEmpty(of: source.name, in: self) }
    // While the lock is held: others look whether the file that they have locked is still there.
    unlink(path + "/" + Self.lockName)
    rmdir(path)
    rmdir(parent)
  }

  /// Not just the name of the file: Python's BatchUp may leave a source file of that name there.
  private static func path(for dataset: Dataset, in parent: String) -> String {
    parent + "/" + dataset.file + ".fetching"
  }

  private static let lockName = ".batchup-lock"

  /// Nil where it is not to be had now.
  private static func lock(_ path: String) throws(DatasetError) -> Int32? {
    let descriptor = retryingInterrupted {
      open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    }
    if descriptor < 0, errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: SystemError.last.text) }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      let isThere: Bool
      do { isThere = try isStillAt(path, descriptor) } catch {
        unlock(descriptor)
        close(descriptor)
        throw .cannotWrite(path: path, reason: error.text)
      }
      if isThere { return descriptor }
      unlock(descriptor)
    } else if errno != EWOULDBLOCK {
      let error = SystemError.last
      close(descriptor)
      throw .cannotWrite(path: path, reason: error.text)
    }
    close(descriptor)
    return nil
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
