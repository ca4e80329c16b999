import Foundation
import Testing

@testable import BatchUpCLI

/// What the tool does where standard output takes nothing, or no more; and what it writes to terminals.
@Suite struct OutputTests {
  private let files: DigitFiles

  init() throws {
    files = try DigitFiles()
    let classifier = Classifier(inputShape: [28, 28], hiddenCount: 16, classCount: 10, seed: 3)
    try classifier.write(safetensors: path("model"))
  }

  private func path(_ name: String) -> String { files.folder.url.appending(path: name).path }

  /// Of each command that writes to standard output.
  private static let lines = [
    "--help", "--version", "help train", "datasets", "--generate-completion-script bash",
    "train --images images.idx --labels labels.idx --epochs 1 --json",
    "predict --model model --images images.idx --output scores.npy", "stats images.idx", "stats --json images.idx",
    "view images.idx --output sheet.png", "inspect images.idx", "inspect --json images.idx",
    "datasets list --data-folder data", "datasets list --json --data-folder data", "bench --list",
  ]

  private func arguments(_ line: String) -> [String] {
    let names = ["images.idx", "labels.idx", "model", "data", "scores.npy", "sheet.png"]
    return line.split(separator: " ").map { names.contains("\($0)") ? path("\($0)") : "\($0)" }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")), arguments: lines)
  func aFullDiskIsAnError(line: String) async throws {
    let full = try FileHandle(forUpdating: URL(filePath: "/dev/full"))
    let run = try await BatchUpProcess.run(arguments(line), output: full)
    #expect(run.status == 1)
    #expect(run.errors == "batchup: cannot write to standard output: No space left on device\n")
  }

  /// As by SIGPIPE, so that a shell with `pipefail` sees it.
  @Test(arguments: lines) func withoutAReaderItEndsQuietly(line: String) async throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let run = try await BatchUpProcess.run(arguments(line), output: pipe.fileHandleForWriting)
    #expect(run.status == SIGPIPE && run.errors.isEmpty, "\(run.status) \(run.errors)")
  }

  /// The next file that is opened does not take the place of the stream.
  @Test func aClosedStreamIsNotAnotherFile() async throws {
    let images = try Data(contentsOf: URL(filePath: files.images))
    let run = try await BatchUpProcess.runShell(
      "exec \"$BATCHUP\" view '\(files.images)' --output '\(path("sheet.png"))' >&- <&-")
    #expect(run.status == 1)
    #expect(run.errors == "batchup: cannot write to standard output: Bad file descriptor\n")
    #expect(try Data(contentsOf: URL(filePath: path("sheet.png"))).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try Data(contentsOf: URL(filePath: files.images)) == images)
  }

  #if os(Linux)
    private var training: [String] {
      ["train", "--images", path("many.idx"), "--labels", path("many-labels.idx"), "--epochs", "1", "--hidden", "1"]
        + ["--batch-size", "1"]
    }

    private func writeManySamples() throws {
      // So many steps that also a fast machine needs some tenths of a second for them.
      #if DEBUG
        let count = 60_000
      #else
        let count = 300_000
      #endif
      let ones = [UInt8](repeating: 1, count: count)
      _ = try files.folder.write(IDXFixtures.file(shape: [count, 1, 1], ones), to: "many.idx")
      _ = try files.folder.write(IDXFixtures.labels(ones), to: "many-labels.idx")
    }

    @Test(arguments: [1, 2, 20, 40, 200] as [UInt16]) func theProgressLineFits(width: UInt16) async throws {
      try writeManySamples()
      // The narrower of the two counts.
      for columns in ["", "15"] {
        let run = try await BatchUpProcess.run(training, onTerminalOfWidth: width, environment: ["COLUMNS": columns])
        #expect(run.status == 0)
        let draws = run.errors.components(separatedBy: "\r\u{1B}[K")
        #expect(draws.count > 2 && draws.last == "")
        let limit = min(Int(width), Int(columns) ?? 1000)
        for draw in draws { #expect(draw.count < limit && !draw.contains("\u{1B}"), "\(draw)") }
      }
    }

    /// Nor anything else than erasing the line of progress.
    @Test func thereAreNoColours() async throws {
      try writeManySamples()
      for environment in [["NO_COLOR": "1"], [:], ["TERM": "dumb"]] {
        let run = try await BatchUpProcess.run(training, onTerminalOfWidth: 80, both: true, environment: environment)
        let rest = run.errors.components(separatedBy: "\r\u{1B}[K")
        #expect(!rest.joined().contains("\u{1B}"))
        if environment["TERM"] == "dumb" { #expect(rest.count == 1) } else { #expect(rest.count > 2) }
      }
    }

    /// Tables and lines of fields; where a field alone is too wide, the terminal breaks it.
    @Test(arguments: [20, 40] as [UInt16]) func narrowTerminals(width: UInt16) async throws {
      let stats = try await BatchUpProcess.run(
        ["stats", "--per-channel", files.images], onTerminalOfWidth: width, both: true)
      let lines = stats.errors.components(separatedBy: "\r\n").dropFirst()
      #expect(lines.first?.hasPrefix(width == 20 ? "channel 0" : "channel 0  count 1,680  mean ") == true)
      for line in lines { #expect(line.count <= Int(width) || line.hasPrefix("  deviation "), "\(line)") }

      let list = try await BatchUpProcess.run(
        ["datasets", "list", "--data-folder", "/n"], onTerminalOfWidth: width, both: true)
      for line in list.errors.components(separatedBy: "\r\n") { #expect(line.count <= Int(width), "\(line)") }

      let bench = try await BatchUpProcess.run(
        ["bench", "--filter", "limit/copy/l1", "--seconds", "0.001"], onTerminalOfWidth: width, both: true)
      let results = bench.errors.replacing("\r\u{1B}[K", with: "").components(separatedBy: "\r\n").dropFirst()
      #expect(results.first?.hasPrefix("limit/copy/l1") == true)
      for line in results where !line.hasPrefix("measuring") { #expect(line.count <= Int(width), "\(line)") }
    }

    @Test func aWideTerminalHasTables() async throws {
      let onTerminal = try await BatchUpProcess.run(["stats", files.images], onTerminalOfWidth: 80, both: true)
      let elsewhere = try await BatchUpProcess.run(["stats", files.images], environment: ["COLUMNS": "20"])
      #expect(onTerminal.errors.replacing("\r\n", with: "\n") == elsewhere.output)
      #expect(elsewhere.output.contains("channel  "))
    }
  #endif
}

@Suite struct FieldLineTests {
  @Test func everyWidth() {
    let line = FieldLine(fields: ["epoch  1/10", "loss 0.5", "", "図像 3", "   1 samples/s", "digests 1234567890"])
    #expect(line.lines(width: nil) == ["epoch  1/10  loss 0.5    図像 3     1 samples/s  digests 1234567890"])
    #expect(line.lines(width: 20) == ["epoch 1/10  loss 0.5", "  図像 3", "  1 samples/s", "  digests 1234567890"])
    for width in 1...120 {
      let lines = line.lines(width: width)
      let words = lines.joined(separator: " ").split(separator: " ")
      #expect(words == line.text.split(separator: " "))
      for line in lines { #expect(line.columnBound <= max(width, 20), "\(line) for width \(width)") }
    }
  }
}
