import ArgumentParser
import BatchUpDatasets

struct DatasetsFetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Makes data sets that are not there yet, or damaged, from their published files.",
    discussion: """
      The path of each data set is printed once it is there. A download that was broken off goes on where it was. One \
      data set that cannot be had is one line on standard error, and the status 1; the others are fetched.

      EXAMPLES:
        batchup datasets fetch mnist
        batchup datasets fetch cifar10 --mirror https://mirror.example.org/cifar/
        batchup datasets fetch stl10 --from ~/Downloads --offline
      """)

  @Argument(help: .init("Data sets.", valueName: "name"))
  var names: [DatasetName]

  @Option(
    help: .init("Take the published files from this folder instead of downloading them.", valueName: "folder"),
    completion: .directory)
  var from: String?

  @Option(help: .init("Try this address of a folder first; may be given several times.", valueName: "url"))
  var mirror: [String] = []

  @Flag(help: "Download nothing.")
  var offline = false

  @OptionGroup var place: DataFolderOption

  func run() throws {
    var options = try place.fetchOptions()
    options.localFiles = from
    options.mirrors = mirror
    options.isOffline = offline
    try writeLines(for: names.map(\.dataset)) { [options] dataset in try await dataset.fetch(options) }
  }
}
