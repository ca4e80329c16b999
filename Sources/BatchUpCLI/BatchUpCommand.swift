import ArgumentParser
import BatchUp
import BatchUpFiles
import BatchUpSystem
import Foundation

@main
struct BatchUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batchup",
    abstract: "Feeds mini-batches to training loops.",
    discussion: """
      Trains and applies a small classifier, fetches data sets, and shows, converts and draws files of arrays.

      EXAMPLES:
        batchup inspect data.npz
        batchup datasets fetch mnist
        batchup train --dataset mnist --save classifier.safetensors
        batchup help predict

      EXIT STATUS:
        0         success
        1         the work has failed; a line on standard error says why
        64        wrong arguments
        129, 130, 143, 141
                  as shells call the end by SIGHUP, SIGINT (Ctrl-C) and SIGTERM, and
                  by SIGPIPE, where nobody reads the output any more

      A line on standard error that begins with "batchup: note:" is no failure: it says what was taken where a file \
      leaves it open, or what was left out.

      Whichever way it ends but by SIGKILL, no incomplete files stay behind but those that the same command goes on \
      from: downloads, checkpoints and the .partial files of predict.

      Progress is shown on standard error: on a terminal as one line, no wider than the terminal or than COLUMNS says; \
      where TERM is dumb, and in a log, as a line every five seconds. There are no colours, with NO_COLOR or without.

      Completions for shells are printed by --generate-completion-script bash, zsh or fish.
      """,
    version: "1.0.0",
    subcommands: [
      TrainCommand.self, PredictCommand.self, StatsCommand.self, ViewCommand.self, InspectCommand.self,
      ConvertCommand.self, DatasetsCommand.self, BenchCommand.self, EpochCommand.self,
    ])

  /// Begins every line about an error, as is usual for commands in a pipeline.
  static var _errorPrefix: String { "batchup: " }

  static func main() {
    StandardStream.keepClosed()
    StopSignals.catchThem()
    // Instead, writing fails where nobody reads, which leaves no incomplete files behind.
    signal(SIGPIPE, SIG_IGN)
    // As with a full disk.
    signal(SIGXFSZ, SIG_IGN)
    disableHDF5ExitHandler()
    requireOpenBLASThreads()
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Without the name of the program. `CommandLine.arguments` has other characters for what is not UTF-8.
  private static var arguments: [String] {
    (1..<max(Int(CommandLine.argc), 1)).compactMap { CommandLine.unsafeArgv[$0].map { String(systemPath: $0) } }
  }

  /// Ends the process where it could not end later: threads of OpenBLAS, which starts them before `main`, wait for memory
  /// that they do not get, and `exit` waits for them.
  private static func requireOpenBLASThreads() {
    do throws(OpenBLASMemory.Lack) {
      try OpenBLASMemory.requireThreadBuffers()
    } catch {
      report("\(error)")
      _exit(EXIT_FAILURE)
    }
  }

  private static func end(with failure: any Error) -> Never {
    widenHelp()
    do throws(WritingError) {
      if let failure = failure as? WritingError { throw failure }
      try tell(failure)
    } catch {
      if error.isBrokenPipe { StopSignals.end(by: SIGPIPE) }
      report("\(error)")
      exit(withError: ExitCode.failure)
    }
    exit(withError: exitCode(for: failure))
  }

  private static func tell(_ failure: any Error) throws(WritingError) {
    let message = message(for: failure)
    switch exitCode(for: failure) {
    // Help, a version, or a script of completions.
    case .success: try StandardStream.output.write(line: message)
    case .validationFailure: try? StandardStream.error.write(line: fullMessage(for: failure))
    // Empty where it has been told already.
    default: if !message.isEmpty { report(message) }
    }
  }

  /// The argument parser traps where it should wrap its help to less than 27 columns.
  private static func widenHelp() {
    let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    if let width = columns ?? StandardStream.output.width, width < 40 { setenv("COLUMNS", "40", 1) }
  }

  /// Says in one line on standard error what is no failure, such as what was taken where a file leaves it open.
  static func note(_ fact: String) { report("note: " + fact) }

  /// Says in one line what has failed. Where the stream takes nothing, the status still tells.
  static func report(_ reason: String) {
    let line = _errorPrefix + reason.split(whereSeparator: \.isNewline).joined(separator: " ")
    try? StandardStream.error.write(line: line)
  }
}
