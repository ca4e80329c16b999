import ArgumentParser
import BatchUpDatasets

struct DatasetsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Deletes the files of data sets, and what is left of their downloads.",
    discussion: """
      What is not there counts as removed.

      EXAMPLES:
        batchup datasets remove mnist cifar10
      """)

  @Argument(help: .init("Data sets.", valueName: "name"))
  var names: [DatasetName]

  @OptionGroup var place: DataFolderOption

  func run() throws {
    let folder = try place.folder()
    for name in names { try blocking { try await name.dataset.remove(from: folder) } }
  }
}
