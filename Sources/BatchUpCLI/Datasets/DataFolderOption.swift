import ArgumentParser
import BatchUp
import BatchUpDatasets

/// Where the data sets of the command line are.
struct DataFolderOption: ParsableArguments {
  @Option(
    help: .init("Keep data sets in this folder, not in the one for all.", valueName: "folder"), completion: .directory)
  var dataFolder: String?

  func folder() throws -> DataFolder { try dataFolder.map(DataFolder.init(path:)) ?? .standard() }

  /// With progress on standard error.
  func fetchOptions() throws -> FetchOptions {
    var options = FetchOptions()
    options.folder = try folder()
    options.progress = { step in TerminalProgress(label: "\(step)", unit: .bytes) }
    return options
  }
}
