import ArgumentParser
import BatchUp
import BatchUpDatasets
import BatchUpSystem

struct DatasetsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the data sets, and which of them are there.",
    discussion: """
      EXAMPLES:
        batchup datasets list
        batchup datasets list --json --data-folder data

      The object that --json writes has the members folder and datasets, of which each has name, path, is_cached, \
      byte_count (null where it is not cached) and sources: the published files, each with name, sha256 and urls.
      """)

  @OptionGroup var place: DataFolderOption

  @Flag(help: "Write one JSON object, and nothing else, to standard output.")
  var json = false

  func run() throws {
    let folder = try place.folder()
    let report = DatasetsReport(
      folder: folder.path, datasets: try Dataset.standard.map { try DatasetReport($0, in: folder) })
    if json { return try StandardStream.output.write(line: report.json()) }
    try StandardStream.output.write(lines: report.lines(width: StandardStream.output.width))
  }
}

/// What `datasets list` says.
private struct DatasetsReport: CommandReport {
  let folder: String
  let datasets: [DatasetReport]

  func lines(width: Int?) -> [String] {
    let nameWidth = datasets.map(\.name.count).max() ?? 0
    return ["data sets in \(folder):"]
      + datasets.flatMap { dataset in
        let name = dataset.name + String(repeating: " ", count: nameWidth - dataset.name.count)
        let size = dataset.byteCount.map(ProgressUnit.bytes.text) ?? "not there"
        let fields = ["  " + name, size.padded(to: 11)] + (dataset.isCached ? [dataset.path] : [])
        return FieldLine(fields: fields).lines(width: width)
      }
  }
}

private struct DatasetReport: Encodable {
  let name: String
  let path: String
  let isCached: Bool
  let byteCount: Int?
  let sources: [Source]

  struct Source: Encodable {
    let name: String
    let sha256: String?
    let urls: [String]
  }

  init(_ dataset: Dataset, in folder: DataFolder) throws {
    name = dataset.name
    path = folder.path + "/" + dataset.file
    isCached = try dataset.isCached(in: folder)
    byteCount = isCached ? try DatasetError.openedWithSize(path).byteCount : nil
    sources = dataset.sources.map { source in
      var urls: [String] = []
      if case .download(let addresses) = source.origin { urls = addresses }
      return Source(name: source.name, sha256: source.sha256, urls: urls)
    }
  }
}
