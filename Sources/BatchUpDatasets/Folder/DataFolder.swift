import BatchUp
import BatchUpSystem

/// The folder where data sets are kept, which Python's BatchUp uses, too.
public struct DataFolder: Hashable, Sendable {
  /// Where it is: the files of the data sets are in it. It is made when the first one is fetched.
  public let path: String

  /// The folder at a path, with nothing added to it.
  public init(path: String) {
    self.path = path
  }

  /// The folder `data` in what `data_dir` in the section `paths` of `~/.batchup.cfg` says, else in the value of the
  /// environment variable `BATCHUP_HOME`, else in `~/.batchup`.
  ///
  /// As with Python's BatchUp, a file `~/.batchup.cfg` that cannot be read or parsed counts as empty, with a warning on
  /// the standard error stream.
  public static func standard() throws(DatasetError) -> DataFolder {
    try standard(homeFolder: homeFolder, environmentValue: variable("BATCHUP_HOME")) { warning in
      // Where the stream takes nothing, nobody can be told.
      try? StandardStream.error.write(line: "batchup: \(warning)")
    }
  }

  static func standard(
    homeFolder: String, environmentValue: String?, warn: (String) -> Void
  ) throws(DatasetError) -> DataFolder {
    let file = homeFolder + "/.batchup.cfg"
    let configuration = ConfigurationFile(path: file, warn: warn)
    if let folder = configuration.value(of: "data_dir", in: "paths") {
      return try DataFolder(in: folder, setting: "data_dir in \(file)")
    }
    if let environmentValue { return try DataFolder(in: environmentValue, setting: "the variable BATCHUP_HOME") }
    return DataFolder(path: homeFolder + "/.batchup/data")
  }

  private init(in folder: String, setting: String) throws(DatasetError) {
    if folder.isEmpty || folder.utf8.contains(0) { throw .invalidDataFolder(setting: setting) }
    path = folder.hasSuffix("/") ? folder + "data" : folder + "/data"
  }

  func path(of file: String) -> String { path.isEmpty ? file : path + "/" + file }
}

/// Without a slash at the end, as Python expands `~`.
private var homeFolder: String {
  var folder = variable("HOME")
  if folder == nil, let entry = getpwuid(getuid()) { folder = String(systemPath: entry.pointee.pw_dir) }
  var home = folder ?? ""
  while home.hasSuffix("/") { home.removeLast() }
  return home
}

private func variable(_ name: String) -> String? { getenv(name).map { String(systemPath: $0) } }
