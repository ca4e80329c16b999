import BatchUp
import BatchUpSystem

/// The work of fetching one data set, from its sources to its file.
struct DatasetFetch {
  let dataset: Dataset
  let folder: DataFolder
  let options: FetchOptions

  private var path: String { folder.path(of: dataset.file) }

  func run() async throws -> String {
    if case .whole = try await dataset.condition(at: path) {
      Workspace.removeAbandoned(for: dataset, in: folder)
      return path
    }
    let workspace = try await lock()
    defer { workspace.release() }
    // Another process may have made it in the meantime.
    let condition = try await dataset.condition(at: path)
    if case .whole = condition {
      try? workspace.clear(keeping: [])
      return path
    }
    try workspace.clear()
    var sources: [String] = []
    for source in dataset.sources {
      sources.append(try await acquire(source, in: workspace, condition))
    }
    try await convert(sources, in: workspace)
    // What stays is found by the next fetch.
    try? workspace.clear(keeping: [])
    return path
  }

  private func lock() async throws -> Workspace {
    var waiting: ProgressCounter?
    let workspace = try await Workspace.locked(for: dataset, in: folder, interval: options.limits.lockInterval) {
      waiting = options.counter(of: .waiting(dataset: dataset.name), totalCount: nil)
    }
    waiting?.finish()
    return workspace
  }

  /// The path of a source, which is verified.
  private func acquire(
    _ source: SourceFile, in workspace: Workspace, _ condition: Dataset.Condition
  ) async throws -> String {
    switch source.origin {
    case .existing(let path):
      try requireFile(path)
      try await source.verifyLocal(path, options: options)
      return path
    case .copy(let path): return try await copy(source, from: path, to: workspace)
    case .download(let addresses):
      if let localFiles = options.localFiles {
        return try await copy(source, from: localFiles + "/" + source.name, to: workspace)
      }
      if try await !isThere(source, in: workspace) {
        try await download(source, from: mirrored(source) + addresses, to: workspace, condition)
      }
      return workspace.folder.path(of: source.name)
    }
  }

  private func copy(_ source: SourceFile, from path: String, to workspace: Workspace) async throws -> String {
    try requireFile(path)
    do {
      try await Downloader(source: source, folder: workspace.folder, options: options).copy(from: path)
    } catch let mismatch as DownloadFailure.Reason { throw mismatch.error(ofFile: path) }
    return workspace.folder.path(of: source.name)
  }

  private func requireFile(_ path: String) throws(DatasetError) {
    if try !exists(path) { throw .missingFile(dataset: dataset.name, path: path) }
  }

  /// Whether the file has been downloaded before: by this library, or by Python's, which may leave it in the folder above.
  private func isThere(_ source: SourceFile, in workspace: Workspace) async throws -> Bool {
    guard source.sha256 != nil else { return false }
    let (name, folder) = (source.name, workspace.folder)
    for place in [folder, workspace.parent] where try place.hasFile(name) {
      do { try await source.verify(place.path(of: name), options: options) } catch is DownloadFailure.Reason {
        continue
      }
      if place !== folder { try place.move(name, to: folder.descriptor, name, path: folder.path(of: name)) }
      return true
    }
    return false
  }

  private func mirrored(_ source: SourceFile) -> [String] {
    options.mirrors.map { Address.of(source.name, in: $0) }
  }

  private func download(
    _ source: SourceFile, from addresses: [String], to workspace: Workspace, _ condition: Dataset.Condition
  ) async throws {
    let allowed = addresses.filter { !options.isOffline || $0.lowercased().hasPrefix("file:") }
    let downloader = Downloader(source: source, folder: workspace.folder, options: options)
    guard let failures = try await downloader.download(from: allowed) else { return }
    if options.isOffline, allowed.count < addresses.count {
      throw DatasetError.offline(dataset: dataset.name, file: source.name, damage: condition.damage)
    }
    throw DatasetError.cannotDownload(dataset: dataset.name, file: source.name, failures: failures)
  }

  /// Makes the data set's file where nobody looks for it, and gives it its name once it is whole and on the disk.
  private func convert(_ sources: [String], in workspace: Workspace) async throws {
    try Task.checkCancellation()
    let place = try workspace.newConversionFolder()
    let made = place.path(of: dataset.file)
    try await onThread("convert") { _ in
      var counter = options.counter(of: .conversion(dataset: dataset.name), totalCount: nil)
      try place.requireInPlace()
      do {
        try dataset.convert(sources, made)
        if try !isRegularFile(made) { throw NothingMade() }
        try dataset.check(made)
      } catch let error as CancellationError { throw error } catch {
        throw DatasetError.conversionFailed(dataset: dataset.name, reason: oneLine("\(error)"))
      }
      try place.requireInPlace()
      try publish(from: place)
      counter.finish()
    }
  }

  private func publish(from place: OwnFolder) throws {
    let made = place.path(of: dataset.file)
    if try isLink() { return try DatasetError.opened(made).copy(to: path) }
    let descriptor = retryingInterrupted { openat(place.descriptor, dataset.file, O_RDONLY | O_CLOEXEC) }
    if descriptor < 0 { throw DatasetError.cannotOpen(path: made, reason: SystemError.last.text) }
    defer { close(descriptor) }
    if retryingInterrupted({ fsync(descriptor) }) != 0 {
      throw DatasetError.cannotWrite(path: made, reason: SystemError.last.text)
    }
    try place.move(dataset.file, to: AT_FDCWD, path, path: path)
    do { try syncFolder(of: path) } catch { throw DatasetError.cannotWrite(path: path, reason: error.text) }
  }

  /// Returns whether the data set's file is a link, which is followed as with every file that is written. A link of
  /// another user could lead to a file that only this user may write.
  private func isLink() throws(DatasetError) -> Bool {
    guard let status = try DatasetError.status(at: path, followingLinks: false), status.st_mode & S_IFMT == S_IFLNK
    else { return false }
    if Leftovers.withLock({ _ in folder.makesFiles(of: status.st_uid) }) { return true }
    throw .belongsToAnotherUser(path: path, owner: userName(status.st_uid))
  }

  private struct NothingMade: Error, CustomStringConvertible {
    let description = "the conversion has made no file"
  }
}

extension Dataset.Condition {
  /// What is wrong with a file that is there.
  fileprivate var damage: String? {
    if case .damaged(let reason) = self { reason } else { nil }
  }
}
