import Foundation
import Testing

@Suite struct ReadmeTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func lines(_ path: String) throws -> [String] {
    try String(contentsOf: Self.package.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The Swift blocks of the README, without blank lines and imports.
  private func blocks() throws -> [[String]] {
    var blocks: [[String]] = []
    var current: [String]?
    for line in try lines("README.md") {
      if line == "```swift" {
        current = []
      } else if line == "```", let block = current {
        blocks.append(block)
        current = nil
      } else if !line.isEmpty, !line.hasPrefix("import ") {
        current?.append(line)
      }
    }
    return blocks
  }

  @Test func everyBlockIsCompiled() throws {
    let examples = try ["Examples.swift", "Examples+Files.swift"].flatMap { try lines("Tests/ReadmeTests/\($0)") }
    let compiled = "\n" + examples.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    let blocks = try blocks()
    #expect(blocks.count >= 8)
    for block in blocks {
      // A block may be spread over several examples at its blank lines' places, but each statement stands whole.
      for line in block {
        #expect(compiled.contains("\n\(line)\n"), "README.md has a line that no example compiles: \(line)")
      }
    }
  }
}
