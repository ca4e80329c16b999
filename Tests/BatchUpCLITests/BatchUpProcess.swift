import Foundation

/// A finished run of the built `batchup`.
struct BatchUpProcess {
  let status: Int32
  let output: String
  let errors: String

  /// The lines on standard error, without the empty one behind the last newline.
  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

  static func run(_ arguments: [String]) async throws -> BatchUpProcess {
    try await run(executable: executable(), arguments)
  }

  static func runShell(_ script: String) async throws -> BatchUpProcess {
    try await run(
      executable: URL(filePath: "/bin/sh"), ["-c", script], environment: ["BATCHUP": executable().path])
  }

  #if os(Linux)
    /// Runs `batchup` with its standard error on a terminal of that many columns.
    static func run(_ arguments: [String], onTerminalOfWidth width: UInt16) async throws -> BatchUpProcess {
      let terminal = try PseudoTerminal(width: width)
      let run = try await run(
        executable: executable(), arguments, environment: ["TERM": "xterm"], terminal: terminal.slave)
      return BatchUpProcess(status: run.status, output: run.output, errors: terminal.received())
    }
  #endif

  /// Output goes to files, which cannot fill up as pipes do while nobody reads them.
  private static func run(
    executable: URL, _ arguments: [String], environment: [String: String] = [:], terminal: FileHandle? = nil
  ) async throws -> BatchUpProcess {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try folder.handle(writing: "output")
    let errors = try folder.handle(writing: "errors")
    process.standardError = terminal ?? errors
    // Several runs at once would wait for each other's threads; a thread sanitizer knows nothing of OpenBLAS's.
    let single = ["OPENBLAS_NUM_THREADS": "1"]
    process.environment = ProcessInfo.processInfo.environment.merging(single) { $1 }.merging(environment) { $1 }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return BatchUpProcess(
      status: process.terminationStatus, output: try folder.text(of: "output"),
      errors: try folder.text(of: "errors"))
  }

  struct NotBuilt: Error, CustomStringConvertible {
    let folders: [String]
    var description: String { "there is no executable file batchup in \(folders)" }
  }

  /// The executable beside the test bundle, which is where SwiftPM puts both for any configuration and scratch path.
  private static func executable() throws -> URL {
    let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
    let folders =
      bundles.map { $0.deletingLastPathComponent() }
      + [Bundle.main.executableURL, CommandLine.arguments.first.map { URL(filePath: $0) }]
      .compactMap { $0?.deletingLastPathComponent() }
    let candidates = folders.map { $0.appending(path: "batchup") }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
      throw NotBuilt(folders: folders.map(\.path))
    }
    return found
  }
}

/// A folder that is gone again with its last holder.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "batchup-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file; returns its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    return file.path
  }

  func handle(writing name: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(filePath: write([], to: name)))
  }

  func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
  }
}
