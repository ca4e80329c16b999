import ArgumentParser

@main
struct BatchUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batchup",
    abstract: "Feeds mini-batches to training loops.",
    version: "0.1.0",
    subcommands: [TrainCommand.self, PredictCommand.self, StatsCommand.self, ViewCommand.self, BenchCommand.self])

  /// Begins every line about an error, as is usual for commands in a pipeline.
  static var _errorPrefix: String { "batchup: " }
}
