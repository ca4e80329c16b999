import BatchUpSystem

typealias OwnFolder = BatchUpSystem.OwnFolder<DatasetError>

extension OwnFolder {
  /// Opens a folder of the data folder.
  ///
  /// - Returns: nil where there is nothing of that name.
  static func opened(_ name: String, in data: DataFolder) throws(DatasetError) -> OwnFolder? {
    try opened(data.path(of: name)) { data.makesFiles(of: $0) }
  }

  /// Opens a folder of the data folder, and makes it first where it is missing.
  ///
  /// - Returns: nil where the data folder is missing.
  static func made(_ name: String, in data: DataFolder) throws(DatasetError) -> OwnFolder? {
    try made(data.path(of: name)) { data.makesFiles(of: $0) }
  }
}

extension DataFolder {
  /// Returns whether what has that owner may be made by this process: it belongs to its user or, where the file system
  /// shows other owners than the users who make files, to the owner of a new file. `Leftovers` are locked meanwhile.
  func makesFiles(of owner: uid_t) -> Bool {
    if owner == geteuid() { return true }
    let path = path(of: ".batchup-" + String(UInt64.random(in: 0 ... .max), radix: 36))
    let file = path.withSystemPath { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    if file < 0 { return false }
    removeFile(path)
    defer { close(file) }
    var status = stat()
    return fstat(file, &status) == 0 && status.st_uid == owner
  }
}
