import ArgumentParser

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
