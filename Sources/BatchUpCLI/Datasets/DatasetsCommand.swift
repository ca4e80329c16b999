import ArgumentParser
import BatchUpDatasets
import BatchUpSystem

struct DatasetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasets",
    abstract: "Fetches the standard data sets, and says what is there.",
    discussion: """
      The data sets are mnist, fashion-mnist, cifar10, cifar100, svhn, svhn-extra, stl10 and usps. Each is downloaded, \
      verified by its SHA-256 and converted to one HDF5 file in the data folder, which Python's BatchUp uses, too: the \
      folder data in what data_dir in the section paths of ~/.batchup.cfg says, else in $BATCHUP_HOME, else in \
      ~/.batchup.

      EXAMPLES:
        batchup datasets list
        batchup datasets fetch mnist cifar10
        batchup datasets fetch svhn --from ~/Downloads
        batchup train --dataset mnist
      """,
    subcommands: [
      DatasetsListCommand.self, DatasetsFetchCommand.self, DatasetsPathCommand.self, DatasetsVerifyCommand.self,
      DatasetsRemoveCommand.self,
    ])
}

/// Writes a line for each data set to standard output or, where that fails, the error to standard error.
///
/// - Throws: `ExitCode.failure` where there was an error.
func writeLines(
  for datasets: [Dataset], _ line: @escaping @Sendable (Dataset) async throws -> String
) throws {
  var hasFailed = false
  for dataset in datasets {
    let text: String
    do { text = try blocking { try await line(dataset) } } catch {
      hasFailed = true
      BatchUpCommand.report("\(error)")
      continue
    }
    try StandardStream.output.write(line: text)
  }
  if hasFailed { throw ExitCode.failure }
}
