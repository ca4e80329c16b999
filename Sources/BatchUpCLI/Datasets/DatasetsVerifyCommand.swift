import ArgumentParser
import BatchUpDatasets

struct DatasetsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks the files of data sets: that all arrays are there, whole and in agreement.",
    discussion: """
      Without names, all data sets that are there are checked. Files that this program has made are compared with the \
      SHA-256 in them; of others, the structure and the labels are checked. A file that is damaged is one line on standard error, \
      and the status 1.

      EXAMPLES:
        batchup datasets verify
        batchup datasets verify mnist --data-folder data
      """)

  @Argument(help: .init("Data sets. (default: those that are there)", valueName: "name"))
  var names: [DatasetName] = []

  @OptionGroup var place: DataFolderOption

  func run() throws {
    let folder = try place.folder()
    let datasets = names.isEmpty ? try Dataset.standard.filter { try $0.isCached(in: folder) } : names.map(\.dataset)
    try writeLines(for: datasets) { dataset in
      try await dataset.verify(in: folder)
      return "\(dataset.name): in order"
    }
  }
}
