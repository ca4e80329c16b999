import Foundation
import Testing

/// Whether the code of the README and of the guides is that of the examples, which are compiled and run.
@Suite struct ReadmeTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The README, and all pages of the documentation, by their paths in the package.
  static func pages() throws -> [String] {
    let sources = package.appending(path: "Sources")
    let catalogs = try FileManager.default.contentsOfDirectory(atPath: sources.path).map { "Sources/\($0)/\($0).docc" }
    let guides = try catalogs.filter { FileManager.default.fileExists(atPath: package.appending(path: $0).path) }
      .flatMap { catalog in
        try FileManager.default.contentsOfDirectory(atPath: package.appending(path: catalog).path)
          .filter { $0.hasSuffix(".md") }.map { "\(catalog)/\($0)" }
      }
    return ["README.md"] + guides.sorted()
  }

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOf: package.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The examples, line by line, without blank lines; those that stand apart have one between them.
  private static func compiled() throws -> String {
    let tests = package.appending(path: "Tests/ReadmeTests")
    let files = try FileManager.default.subpathsOfDirectory(atPath: tests.path)
      .filter { $0.hasSuffix(".swift") && $0 != "ReadmeTests.swift" }.map { "Tests/ReadmeTests/\($0)" }
    return try (files.sorted() + ["Tests/MPI/ReadmeExample.swift"])
      .map { try "\n" + lines($0).filter { !$0.isEmpty }.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// A block of code of a page.
  private struct Block {
    let language: Substring
    /// Without imports; a blank line ends one part, and begins the next.
    private(set) var parts: [[String]] = [[]]

    init(language: Substring) {
      self.language = language
    }

    mutating func add(_ line: String) {
      if line.isEmpty {
        parts.append([])
      } else if !line.hasPrefix("import ") {
        parts[parts.count - 1].append(line)
      }
    }
  }

  private static func blocks(of page: String) throws -> [Block] {
    var blocks: [Block] = []
    var current: Block?
    for line in try lines(page) {
      if line.hasPrefix("```"), current == nil {
        current = Block(language: line.dropFirst(3))
      } else if line == "```", let block = current {
        blocks.append(block)
        current = nil
      } else {
        current?.add(line)
      }
    }
    return blocks
  }

  @Test(arguments: try ReadmeTests.pages())
  func everyBlockIsCompiled(page: String) throws {
    let compiled = try Self.compiled()
    for block in try Self.blocks(of: page) where block.language == "swift" {
      // Statements between blank lines stand together; other lines of an example may come between those parts.
      for part in block.parts where !part.isEmpty {
        let text = part.joined(separator: "\n")
        let isCompiled = compiled.contains("\n\(text)\n")
        #expect(isCompiled, "\(page) has code that no example compiles:\n\(text)")
      }
    }
  }

  /// So that no code escapes by having no language, or one that is misspelt.
  @Test(arguments: try ReadmeTests.pages().dropFirst())
  func blocksOfGuidesHaveALanguage(page: String) throws {
    for block in try Self.blocks(of: page) {
      #expect(["swift", "python", "shell", "text"].contains(block.language), "\(page): \(block.parts)")
    }
  }

  @Test func thereAreBlocks() throws {
    let pages = try Self.pages()
    #expect(pages.count >= 16)
    #expect(try pages.map { try Self.blocks(of: $0).count }.reduce(0, +) >= 100)
  }
}
