import BatchUp
import Foundation
import TestSupport
import Testing

@testable import BatchUpCLI

/// Signals at various moments leave no half-written outputs and no hidden files behind.
@Suite struct SignalTests {
  private let files: DigitFiles

  init() throws {
    files = try DigitFiles()
    try FileManager.default.createDirectory(atPath: path("out"), withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { files.folder.url.appending(path: name).path }

  private var outputs: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: path("out")).sorted() }
  }

  /// The words of a command, whose files are in the folder of the test.
  private func arguments(_ line: String) -> [String] {
    line.split(separator: " ").map { $0.contains(".") && !$0.hasPrefix("0") ? path("\($0)") : "\($0)" }
  }

  private func remove(_ names: [String]) throws {
    for name in names { try FileManager.default.removeItem(atPath: path("out/" + name)) }
  }

  private func stopped(
    _ arguments: [String], by signal: Int32, when isDue: @escaping ([String]) -> Bool
  ) async throws -> BatchUpProcess {
    let out = path("out")
    return try await BatchUpProcess.run(arguments, signal: signal) { _ in
      isDue((try? FileManager.default.subpathsOfDirectory(atPath: out)) ?? [])
    }
  }

  /// Two megabytes of numbers that do not compress.
  private func numbers() throws -> String {
    var generator = SeededGenerator(seed: 5)
    let numbers = NDArray((0..<500_000).map { _ in Float.random(in: 0..<1, using: &generator) }, shape: [5_000, 100])
    try numbers.write(npyFile: path("numbers.npy"))
    return path("numbers.npy")
  }

  @Test(arguments: [
    "convert numbers.npy out/x.npy", "convert numbers.npy out/x.npz", "convert numbers.npy out/x.npz --compress",
    "convert numbers.npy out/x.safetensors", "convert numbers.npy out/x.h5", "convert numbers.npy out/x.h5 --compress",
    "view images.idx --output out/x.png", "bench --filter generate/philox --seconds 0.001 --json out/x.json",
    "train --images images.idx --labels labels.idx --epochs 1 --hidden 2000 --save out/x.safetensors",
  ])
  func outputsAreWholeOrNotThere(line: String) async throws {
    _ = try numbers()
    let arguments = arguments(line)
    let whole = try await BatchUpProcess.run(arguments)
    #expect(whole.status == 0, "\(whole.errors)")
    let names = try outputs
    #expect(names.count == 1 && names.first?.hasPrefix("x.") == true)
    let size = try size(of: names[0])
    try remove(names)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      // So many times an incomplete file is seen before the signal is sent, unless all is done before.
      for count in [1, 2, 31] {
        var seen = 0
        let run = try await stopped(arguments, by: signal) { names in
          if names.contains(where: { $0.hasPrefix(".") }) { seen += 1 }
          return seen >= count || !names.isEmpty && seen == 0
        }
        #expect(run.status == signal || run.status == 0, "\(run.status) \(run.errors)")
        #expect(run.errors.isEmpty)
        let left = try outputs
        #expect(left == names || left.isEmpty && run.status == signal, "\(left)")
        // The figures of benchmarks differ.
        if left == names, !line.hasPrefix("bench") { #expect(try self.size(of: names[0]) == size) }
        try remove(left)
      }
    }
  }

  /// What takes seconds to write is interrupted at least once, however seldom this process has its turn.
  @Test(arguments: ["npz", "h5"]) func filesAreInterrupted(extension: String) async throws {
    let few = try NDArray<Float>(npyFile: numbers())
    let many = NDArray((0..<16).flatMap { _ in few.scalars }, shape: [80_000, 100])
    try many.write(npyFile: path("many.npy"))
    var interruptedCount = 0
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      let arguments = ["convert", path("many.npy"), path("out/x.\(`extension`)"), "--compress"]
      let run = try await stopped(arguments, by: signal) { names in names.contains { $0.hasPrefix(".") } }
      if run.status == 0 { continue }
      #expect(run.status == signal && run.errors.isEmpty)
      #expect(try outputs.isEmpty)
      interruptedCount += 1
    }
    #expect(interruptedCount > 0)
  }

  /// What would take hours, once it has begun.
  @Test(
    arguments: [
      "bench --filter generate/philox --seconds 3600 --json out/x.json",
      "train --images images.idx --labels labels.idx --epochs 1000000000 --save out/x.safetensors",
    ], [SIGINT, SIGTERM, SIGHUP])
  func workIsInterrupted(line: String, signal: Int32) async throws {
    let run = try await BatchUpProcess.run(arguments(line), signal: signal) { $0 > 0 }
    #expect(run.status == signal && run.errors.isEmpty, "\(run.status) \(run.errors)")
    #expect(try outputs.isEmpty)
  }

  private func size(of name: String) throws -> Int {
    try Data(contentsOf: URL(filePath: path("out/" + name))).count
  }

  /// What is there is what the help says the same command goes on from.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aPredictionGoesOn(signal: Int32) async throws {
    let classifier = Classifier(inputShape: [10, 10], hiddenCount: 50, classCount: 10, seed: 3)
    try classifier.write(safetensors: path("model"))
    let arguments = [
      "predict", "--model", path("model"), "--images", try numbers(), "--output", path("out/s.npy"), "--batch-size",
      "1",
    ]
    let whole = try await BatchUpProcess.run(arguments)
    #expect(whole.status == 0, "\(whole.errors)")
    let scores = try Data(contentsOf: URL(filePath: path("out/s.npy")))
    try remove(outputs)
    let run = try await stopped(arguments, by: signal) { $0.contains("s.npy.partial") }
    #expect(run.errors.isEmpty && (run.status == signal || run.status == 0))
    if run.status == signal { #expect(try outputs == ["s.npy.partial"]) }
    #expect(try await BatchUpProcess.run(arguments).status == 0)
    #expect(try outputs == ["s.npy"])
    #expect(try Data(contentsOf: URL(filePath: path("out/s.npy"))) == scores)
  }

  /// A copy that is not complete does not serve the next time.
  @Test(arguments: [SIGINT, SIGTERM]) func aFetchLeavesNothing(signal: Int32) async throws {
    let source = path("here/train-images-idx3-ubyte.gz")
    try FileManager.default.createDirectory(atPath: path("here"), withIntermediateDirectories: true)
    #expect(FileManager.default.createFile(atPath: source, contents: nil))
    // Larger than what is copied until the signal comes; nearly nothing of it is on the disk.
    try FileHandle(forUpdating: URL(filePath: source)).truncate(atOffset: 16 << 30)
    let arguments = ["datasets", "fetch", "mnist", "--data-folder", path("out"), "--from", path("here")]
    let run = try await stopped(arguments, by: signal) { $0.contains { $0.hasSuffix(".unverified") } }
    #expect(run.status == signal && run.errors.isEmpty, "\(run.status) \(run.errors)")
    #expect(try outputs.isEmpty)
  }

  /// As for a program that the shell runs in the background.
  @Test func ignoredSignalsStayIgnored() async throws {
    let (images, labels, checkpoint) = (files.images, files.labels, path("out/checkpoint"))
    let script = """
      trap '' INT TERM HUP
      echo > '\(path("ready"))'
      exec "$BATCHUP" train --images '\(images)' --labels '\(labels)' --epochs 20 --checkpoint '\(checkpoint)'
      """
    let ready = [path("ready"), checkpoint]
    let run = try await BatchUpProcess.runShell(script) { process, _ in
      for file in ready {
        while process.isRunning, !FileManager.default.fileExists(atPath: file) { letOthersRun() }
        for signal in [SIGINT, SIGTERM, SIGHUP] where process.isRunning { kill(process.processIdentifier, signal) }
      }
    }
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.status) \(run.errors)")
    #expect(run.output.contains("20 epochs in "))
  }
}
