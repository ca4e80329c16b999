import ArgumentParser
import BatchUpDatasets

/// Names of data sets on the command line.
struct DatasetName: ExpressibleByArgument {
  let dataset: Dataset

  init?(argument: String) {
    guard let dataset = Dataset.standard.first(where: { $0.name == argument.lowercased() }) else { return nil }
    self.dataset = dataset
  }

  static var allValueStrings: [String] { Dataset.standard.map(\.name) }

  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
