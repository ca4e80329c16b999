import ArgumentParser
import BatchUp
import BatchUpDatasets
import BatchUpSystem

struct DatasetsPathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Prints where the file of a data set is; fails where it is not there.",
    discussion: """
      EXAMPLES:
        batchup datasets path mnist
        batchup inspect "$(batchup datasets path mnist)"
      """)

  @Argument(help: .init("The data set.", valueName: "name"))
  var name: DatasetName

  @OptionGroup var place: DataFolderOption

  func run() throws {
    let folder = try place.folder()
    let path = folder.path + "/" + name.dataset.file
    guard try name.dataset.isCached(in: folder) else {
      throw DatasetError.notCached(dataset: name.dataset.name, path: path)
    }
    try StandardStream.output.write(line: path)
  }
}
