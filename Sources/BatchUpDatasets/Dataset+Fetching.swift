import BatchUp
import BatchUpFiles
import BatchUpSystem

extension Dataset {
  /// The path of the data set's file, which is made first where it is missing or damaged: its sources are downloaded or
  /// copied, verified, and converted.
  ///
  /// Where another process, or another task, is just doing that, it is waited for. What has been downloaded before an
  /// error, a cancellation or the end of the process serves the next time. A symbolic link that has the name of the
  /// file is followed where it is this user's, and refused where it is another's.
  ///
  /// - Throws: `DatasetError`, or `CancellationError` where the task is cancelled.
  @discardableResult
  public func fetch(_ options: FetchOptions = FetchOptions()) async throws -> String {
    let folder = try options.folder ?? DataFolder.standard()
    return try await DatasetFetch(dataset: self, folder: folder, options: options).run()
  }

  /// Whether the data folder (nil: the standard one) has the data set's file, whole or not.
  public func isCached(in folder: DataFolder? = nil) throws(DatasetError) -> Bool {
    try isRegularFile(folder.orStandard().path(of: file))
  }

  /// Makes sure that the data set's file is there and whole, as far as its check can tell. The files of standard data sets
  /// have a SHA-256 of all their bytes, but for those made by earlier versions or by Python's BatchUp.
  ///
  /// - Throws: `DatasetError`, with the reason that the check gives.
  public func verify(in folder: DataFolder? = nil) async throws {
    let path = try folder.orStandard().path(of: file)
    switch try await condition(at: path) {
    case .whole: break
    case .missing: throw DatasetError.notCached(dataset: name, path: path)
    case .damaged(let reason): throw DatasetError.damaged(dataset: name, path: path, reason: reason)
    }
  }

  /// Deletes the data set's file, or a link of its name, and what is left of this user's downloads for it. Waits for
  /// a process that is just fetching it.
  ///
  /// - Throws: `DatasetError`, or `CancellationError` where the task is cancelled.
  public func remove(from folder: DataFolder? = nil) async throws {
    let folder = try folder.orStandard()
    guard try exists(folder.path) else { return }
    let workspace = try await Workspace.locked(for: self, in: folder)
    defer { workspace.release() }
    try workspace.clear(keeping: [])
    let path = folder.path(of: file)
    if path.withSystemPath({ unlink($0) }) != 0, errno != ENOENT { throw DatasetError.refusal(of: path, .last) }
  }

  enum Condition {
    case missing, whole
    case damaged(reason: String)
  }

  func condition(at path: String) async throws -> Condition {
    guard try exists(path) else { return .missing }
    guard try isRegularFile(path) else { return .damaged(reason: "it is not a regular file") }
    return try await onThread("check") { _ in
      do { try check(path) } catch {
        if let refusal = systemRefusal(error) { throw refusal }
        return .damaged(reason: oneLine("\(error)"))
      }
      return .whole
    }
  }
}

/// The error of a check that says nothing about the file, since the system does not let it be read now; else nil.
private func systemRefusal(_ error: any Error) -> DatasetError? {
  switch error {
  case HDF5Error.file(let failure), DatasetError.file(let failure): .file(failure)
  default: nil
  }
}

extension DataFolder? {
  fileprivate func orStandard() throws(DatasetError) -> DataFolder {
    if let self { return self }
    return try DataFolder.standard()
  }
}
