import ArgumentParser
import Foundation
import Testing

@testable import BatchUpCLI

/// A command of the tool, and the words that call it.
struct ToolCommand: CustomTestStringConvertible {
  let words: [String]
  let type: any ParsableCommand.Type

  static let all = ToolCommand(words: [], type: BatchUpCommand.self).withSubcommands

  private var withSubcommands: [ToolCommand] {
    [self]
      + type.configuration.subcommands.flatMap { subcommand in
        ToolCommand(words: words + [subcommand.configuration.commandName ?? ""], type: subcommand).withSubcommands
      }
  }

  /// The lines of its help that are to be pasted.
  var examples: [String] {
    let lines = type.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "EXAMPLES:") else { return [] }
    return lines[(start + 1)...].prefix { !$0.isEmpty }.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  var testDescription: String { (["batchup"] + words).joined(separator: " ") }
}

@Suite struct HelpTests {
  @Test(arguments: ToolCommand.all) func everyCommandHasExamplesThatFitIntoALine(command: ToolCommand) {
    #expect(!command.examples.isEmpty)
    for example in command.examples {
      #expect(example.count <= 78, "\(example)")
      #expect(example.contains(command.testDescription) || command.words.isEmpty || command.words == ["datasets"])
    }
    #expect(command.type.configuration.abstract.hasSuffix("."))
  }

  /// As the shell takes them apart.
  @Test func examplesAreCommandsOfTheTool() async throws {
    let folder = try TemporaryFolder()
    let examples = ToolCommand.all.flatMap(\.examples)
    let run = try await BatchUpProcess.runShell(
      """
      batchup() { for argument; do echo "=$argument" >&3; done; echo . >&3; }
      mpirun() { shift 2; "$@"; }
      cd '\(folder.url.path)'
      exec 3>arguments
      \(examples.joined(separator: "\n"))
      """)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let commands = try folder.text(of: "arguments").components(separatedBy: "\n.\n").dropLast()
    #expect(commands.count >= examples.count)
    for command in commands {
      let arguments = command.split(separator: "\n").filter { $0 != "." }.map { String($0.dropFirst()) }
      #expect(throws: Never.self, "\(arguments)") { try BatchUpCommand.parseAsRoot(arguments) }
    }
  }

  /// The argument parser traps at widths that leave no room for descriptions.
  @Test(arguments: ToolCommand.all) func narrowTerminalsHaveHelp(command: ToolCommand) async throws {
    let arguments = ["help"] + command.words
    let wide = try await BatchUpProcess.run(arguments)
    #expect(wide.status == 0 && wide.errors.isEmpty)
    for width in ["1", "20", "-3"] {
      let run = try await BatchUpProcess.run(arguments, environment: ["COLUMNS": width])
      #expect(run.status == 0 && run.errors.isEmpty)
      #expect(words(run.output) == words(wide.output))
    }
    #if os(Linux)
      let run = try await BatchUpProcess.run(arguments, onTerminalOfWidth: 20, both: true)
      #expect(run.status == 0 && words(run.errors) == words(wide.output))
    #endif
  }

  private func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

  @Test func theExitStatusIsInTheHelp() {
    for status in ["0  ", "1  ", "64  ", "129, 130, 143, 141"] {
      #expect(BatchUpCommand.configuration.discussion.contains("\n  \(status)"))
    }
  }
}
