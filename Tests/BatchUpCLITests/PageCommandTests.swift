import ArgumentParser
import Foundation
import Testing

@testable import BatchUpCLI

/// The commands in the README and in the guides are commands of the tool, with options that it has.
@Suite struct PageCommandTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let pages: [String] = {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: package.appending(path: "Sources").path)) ?? []
    let guides = names.filter { $0.hasSuffix(".md") }.map { "Sources/\($0)" }
    return (["README.md"] + guides).compactMap {
      try? String(contentsOf: package.appending(path: $0), encoding: .utf8)
    }
  }()

  /// Lines that are to be pasted.
  private static let lines = pages.flatMap { page in
    page.split(separator: "\n").compactMap { line in
      let command = #/\s*(?:swift run -c release |mpirun -np \d+ \.build/release/)?batchup (.*?)(?: *[>#].*)?/#
      return line.wholeMatch(of: command).map { String($0.1) }
    }
  }

  /// Commands that sentences speak of, which may lack what they need.
  private static let mentions = pages.flatMap { page in
    page.matches(of: #/`batchup\s([^`]*)`/#).map { $0.1.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
  }

  @Test func thereAreSome() { #expect(Self.lines.count > 12 && Self.mentions.count > 12) }

  @Test(arguments: lines) func aLineCanBePasted(arguments: String) {
    do {
      _ = try BatchUpCommand.parseAsRoot(arguments.split(separator: " ").map(String.init))
    } catch {
      #expect(BatchUpCommand.exitCode(for: error).isSuccess, "\(BatchUpCommand.fullMessage(for: error))")
    }
  }

  @Test(arguments: mentions) func whatIsSpokenOfIsThere(arguments: String) throws {
    let words = arguments.split(separator: " ").map(String.init)
    let command = try #require(ToolCommand.all.last { words.starts(with: $0.words) })
    #expect(!command.words.isEmpty || ["help", "--help"].contains(words[0]))
    let options = try #require(BatchUpCommand.helpMessage(for: command.type).components(separatedBy: "OPTIONS:").last)
    for word in words where word.hasPrefix("-") {
      #expect(options.contains(try Regex("\(word)(?![a-z-])")), "\(word)")
    }
  }
}
