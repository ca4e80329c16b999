import BatchUpFiles
import Foundation
import Testing

@testable import BatchUpCLI

/// `batchup train --checkpoint FILE`
@Suite struct TrainCheckpointTests {
  private let files: DigitFiles

  init() throws { files = try DigitFiles() }

  private var options: [String] {
    [
      "train", "--images", files.images, "--labels", files.labels, "--hidden", "16", "--batch-size", "7",
      "--epochs", "4", "--json",
    ]
  }

  private var checkpoint: [String] { ["--checkpoint", path("checkpoint"), "--checkpoint-every", "1"] }

  private func path(_ name: String) -> String { files.folder.url.appending(path: name).path }

  private func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

  private var names: Set<String> {
    get throws { Set(try FileManager.default.contentsOfDirectory(atPath: files.folder.url.path)) }
  }

  /// Sees when the checkpoint has been replaced so many times.
  private final class Replacements {
    private let path: String
    private var last: ino_t?
    private var left: Int

    init(_ path: String, count: Int) {
      self.path = path
      left = count
      last = current
    }

    private var current: ino_t? {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_ino : nil
    }

    var areDone: Bool {
      let now = current
      if now != last { left -= 1 }
      last = now
      return left <= 0
    }
  }

  /// What must be the same whether or not a training was stopped.
  private struct Results: Equatable {
    let losses: [Double]
    let errors: [Double?]
    let digests: [Report.Epoch.Digests]
    let classifier: Data
  }

  private func results(_ options: [String], saving name: String) async throws -> Results {
    let run = try await BatchUpProcess.run(options + ["--save", path(name)])
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let epochs = try Report(run).epochs
    return Results(
      losses: epochs.map(\.loss), errors: epochs.map(\.validationError), digests: epochs.map(\.digests),
      classifier: try contents(name))
  }

  /// What the checkpoint says.
  private func progress() throws -> TrainingProgress {
    struct Training: Decodable { let progress: TrainingProgress }
    let text = try SafetensorsFile(path: path("checkpoint")).metadata["training"] ?? ""
    return try JSONDecoder().decode(Training.self, from: Data(text.utf8)).progress
  }

  /// The options for one more epoch than were begun until now.
  private func oneMoreEpoch(_ options: [String]) throws -> [String] {
    let progress = try progress()
    return options + ["--epochs", "\(progress.epochs.count + (progress.unfinished == nil ? 1 : 2))"]
  }

  /// Killed again and again, with other numbers of workers in between, before it can come to its end.
  @Test func aKilledTrainingGoesOn() async throws {
    let endless = options + checkpoint + ["--epochs", "1000000"]
    for (workers, count) in [(0, 1), (2, 3), (0, 2), (1, 5), (0, 20)] {
      let replacements = Replacements(path("checkpoint"), count: count)
      let run = try await BatchUpProcess.run(endless + ["--workers", "\(workers)"], signal: SIGKILL) { _ in
        replacements.areDone
      }
      #expect(run.status == SIGKILL && run.errors.isEmpty, "\(run.status) \(run.errors)")
    }
    let options = try oneMoreEpoch(options)
    let expected = try await results(options, saving: "whole")
    #expect(try await results(options + checkpoint + ["--workers", "3"], saving: "resumed") == expected)
    // What is finished is told again.
    #expect(try await results(options + checkpoint, saving: "again") == expected)
  }

  /// That of the last step, though otherwise there is one behind each epoch only.
  @Test(arguments: [SIGINT, SIGTERM]) func aStoppedTrainingLeavesAWholeCheckpoint(signal: Int32) async throws {
    // So many steps that an epoch takes much longer than a checkpoint.
    let count = 30_000
    let values = (0..<count).map { UInt8($0 % 7) }
    let images = try files.folder.write(IDXFixtures.file(shape: [count, 1, 1], values), to: "images.idx")
    let labels = try files.folder.write(IDXFixtures.labels(values), to: "labels.idx")
    let options = [
      "train", "--images", images, "--labels", labels, "--hidden", "16", "--batch-size", "1", "--validation-count", "9",
    ]
    let checkpoint = ["--checkpoint", path("checkpoint")]
    // Where this process did not have its turn for a while, it may be at the end of an epoch just then.
    for attempt in 0..<12 {
      // What there is to train on is printed when it begins.
      let run = try await BatchUpProcess.run(options + checkpoint + ["--epochs", "1000000"], signal: signal) { $0 > 0 }
      #expect(run.status == signal && run.errors.isEmpty, "\(run.status) \(run.errors)")
      #expect(try names == ["images.idx", "labels.idx", "checkpoint"])
      if try progress().unfinished != nil { break }
      #expect(attempt < 11)
    }
    let last = try oneMoreEpoch(options) + ["--json"]
    let expected = try await results(last, saving: "whole")
    #expect(try await results(last + checkpoint, saving: "resumed") == expected)
  }

  /// Without steps in between, and for more epochs than were asked for at first.
  @Test func moreEpochs() async throws {
    let expected = try await results(options, saving: "whole")
    let options = options + ["--checkpoint", path("checkpoint")]
    for count in 1...3 {
      let part = try await results(options + ["--epochs", "\(count)"], saving: "part")
      #expect(part.losses == Array(expected.losses.prefix(count)))
    }
    #expect(try await results(options, saving: "resumed") == expected)
    let fewer = try await BatchUpProcess.run(options + ["--epochs", "2"])
    #expect(fewer.status == 1 && fewer.output.isEmpty)
    #expect(fewer.errors == "batchup: \(path("checkpoint")): is in epoch 4 already, behind the --epochs 2\n")
  }

  @Test func linesOfFinishedEpochsAreTheSame() async throws {
    let options = options.filter { $0 != "--json" } + ["--checkpoint", path("checkpoint")]
    let lines = try await BatchUpProcess.run(options).output.split(separator: "\n")
    let again = try await BatchUpProcess.run(options).output.split(separator: "\n")
    #expect(lines.count == 6 && lines.dropLast() == again.dropLast())
  }

  @Test func aCheckpointOfAnotherTrainingIsRefused() async throws {
    _ = try await results(options + checkpoint, saving: "first")
    let before = try contents("checkpoint")
    var labels = try [UInt8](contents("labels.idx"))
    labels.swapAt(8, 8 + (labels[8...].firstIndex { $0 != labels[8] } ?? 8) - 8)
    let otherLabels = try files.folder.write(labels, to: "other.idx")
    for (changes, what) in [
      (["--batch-size", "8"], "the --batch-size is 7, not 8"), (["--hidden", "15"], "the --hidden is 16, not 15"),
      (["--learning-rate", "0.2"], "the --learning-rate is 0.1, not 0.2"), (["--seed", "2"], "the --seed is 1, not 2"),
      (["--validation-count", "5"], "the number of training samples is 54, not 55"),
      (["--labels", otherLabels], "the digest of the data is "),
    ] {
      let run = try await BatchUpProcess.run(options + checkpoint + changes)
      let start = "batchup: \(path("checkpoint")): is the checkpoint of another training: \(what)"
      #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1)
      #expect(run.errors.hasPrefix(start), "\(run.errors)")
    }
    let run = try await BatchUpProcess.run(options + ["--checkpoint", files.labels])
    #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(run.errors)")
    #expect(try contents("checkpoint") == before)
  }

  /// A disk that is full.
  @Test func aCheckpointThatCannotBeFinishedIsNotThere() async throws {
    let arguments = (options + checkpoint).map { "'\($0)'" }.joined(separator: " ")
    let run = try await BatchUpProcess.runShell("ulimit -f 16; \"$BATCHUP\" \(arguments)")
    #expect(run.status == 1)
    #expect(run.errors == "batchup: \(path("checkpoint")): cannot be written: File too large\n")
    #expect(try names == ["images.idx", "labels.idx"])
  }

  @Test(arguments: [
    ["--checkpoint-every", "5"], ["--checkpoint", "a", "--checkpoint-every", "0"],
    ["--checkpoint", "a", "--save", "a"],
  ]) func optionsThatDoNotFit(options: [String]) async throws {
    let run = try await BatchUpProcess.run(["train"] + options)
    #expect(run.status == 64 && run.output.isEmpty)
  }
}
