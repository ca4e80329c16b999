import Foundation
import TestSupport

/// A finished run of the built `batchup`.
struct BatchUpProcess {
  let status: Int32
  let output: String
  /// Standard error, without the lines about progress, which there are where the machine is slow. On a terminal, all of it.
  let errors: String

  /// The lines on standard error, without the empty one behind the last newline.
  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }

  /// - Parameter output: where standard output goes instead; closed in the end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], output: FileHandle? = nil
  ) async throws -> BatchUpProcess {
    defer { try? output?.close() }
    return try await run(executable: executable(), arguments, environment: environment, outputTo: output)
  }

  /// Sends a signal as soon as the condition holds, if the program still runs then.
  ///
  /// - Parameter isDue: gets the number of bytes that the program has printed so far.
  static func run(
    _ arguments: [String], signal: Int32, when isDue: @escaping (_ outputByteCount: Int) -> Bool
  ) async throws -> BatchUpProcess {
    try await run(executable: executable(), arguments) { process, output in
      var status = stat()
      while process.isRunning, fstat(output.fileDescriptor, &status) == 0, !isDue(Int(status.st_size)) {
        letOthersRun()
      }
      if process.isRunning { kill(process.processIdentifier, signal) }
    }
  }

  static func runShell(
    _ script: String, environment: [String: String] = [:],
    meanwhile: (Process, _ output: FileHandle) -> Void = { _, _ in }
  ) async throws -> BatchUpProcess {
    try await run(
      executable: URL(filePath: "/bin/sh"), ["-c", script],
      environment: ["BATCHUP": executable().path].merging(environment) { $1 }, meanwhile: meanwhile)
  }

  #if os(Linux)
    /// Runs `batchup` with its standard error, or both streams, on a terminal of that many columns.
    static func run(
      _ arguments: [String], onTerminalOfWidth width: UInt16, both: Bool = false, environment: [String: String] = [:]
    ) async throws -> BatchUpProcess {
      let terminal = try PseudoTerminal(width: width)
      defer { try? terminal.slave.close() }
      let run = try await run(
        executable: executable(), arguments, environment: ["TERM": "xterm"].merging(environment) { $1 },
        outputTo: both ? terminal.slave : nil, errorsTo: terminal.slave)
      return BatchUpProcess(status: run.status, output: run.output, errors: terminal.received())
    }
  #endif

  /// Output goes to files, which cannot fill up as pipes do while nobody reads them.
  private static func run(
    executable: URL, _ arguments: [String], environment: [String: String] = [:], outputTo: FileHandle? = nil,
    errorsTo: FileHandle? = nil, meanwhile: (Process, _ output: FileHandle) -> Void = { _, _ in }
  ) async throws -> BatchUpProcess {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (try folder.handle(writing: "output"), try folder.handle(writing: "errors"))
    // Foundation's `Process` leaks them; and where there are more than 1,300 descriptors, it reads beyond the end of its
    // memory when it lists them.
    defer { for handle in [output, errors] { try? handle.close() } }
    process.standardOutput = outputTo ?? output
    process.standardError = errorsTo ?? errors
    // Several runs at once would wait for each other's threads; a thread sanitizer knows nothing of OpenBLAS's.
    let single = ["OPENBLAS_NUM_THREADS": "1"]
    process.environment = ProcessInfo.processInfo.environment.merging(single) { $1 }.merging(environment) { $1 }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { return continuation.resume(throwing: error) }
      meanwhile(process, output)
    }
    return BatchUpProcess(
      status: process.terminationStatus, output: try folder.text(of: "output"),
      errors: withoutProgress(try folder.text(of: "errors")))
  }

  private static func withoutProgress(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The counts, and what is left, or how many in a second.
    let progress = #/(.*  )?[\d,.]+ ?\S*/[\d,.]+.* \(\d+ %\)(  .*)?|(.*  )?[\d,.]+.*  .*/(s|min)/#
    return lines.filter { $0.wholeMatch(of: progress) == nil }.joined(separator: "\n")
  }

  struct NotBuilt: Error, CustomStringConvertible {
    let description: String
  }

  private static func executable() throws -> URL {
    let path = builtExecutable(named: "batchup")
    guard path.hasPrefix("/") else { throw NotBuilt(description: path) }
    return URL(filePath: path)
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
