import BatchUp
import BatchUpFiles
import Foundation
import Testing

@Suite struct TrainCommandTests {
  private let files: DigitFiles

  init() throws { files = try DigitFiles() }

  private func train(_ options: String...) async throws -> BatchUpProcess {
    let run = try await BatchUpProcess.run(
      ["train", "--images", files.images, "--labels", files.labels, "--hidden", "16"] + options)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)
    return run
  }

  private func report(_ options: String...) async throws -> Report { try await report(options) }

  private func report(_ options: [String]) async throws -> Report {
    let run = try await BatchUpProcess.run(
      ["train", "--images", files.images, "--labels", files.labels, "--hidden", "16", "--json"] + options)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    return try Report(run)
  }

  @Test func oneLinePerEpoch() async throws {
    let run = try await train("--epochs", "3", "--validation-count", "10")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0] == "images.idx: 50 samples to train on, 10 to validate, 784 values each, 10 classes")
    for epoch in 1...3 {
      let pattern =
        #/epoch \d/3  loss \d\.\d{9}  validation error +[\d.]+ %  +[\d,]+ samples/s  waiting +[\d.]+ %  digests( [\da-f]{16}){2}/#
      #expect(lines[epoch].wholeMatch(of: pattern) != nil, "\(lines[epoch])")
      #expect(lines[epoch].hasPrefix("epoch \(epoch)/3"))
    }
    #expect(lines[4].hasPrefix("3 epochs in "))
  }

  @Test func json() async throws {
    let report = try await report("--epochs", "3", "--batch-size", "7", "--learning-rate", "0.05", "--seed", "9")
    #expect(report.dataSet == "images.idx")
    #expect(report.trainingCount == 54)
    #expect(report.validationCount == 6)
    #expect(report.valuesPerSample == 784)
    #expect(report.classCount == 10)
    #expect(report.options == .init(epochs: 3, batchSize: 7, hidden: 16, learningRate: 0.05, seed: 9))
    #expect(report.epochs.map(\.epoch) == [1, 2, 3])
    for epoch in report.epochs {
      #expect(epoch.loss > 0)
      #expect((0...1).contains(epoch.validationError ?? -1))
      #expect(epoch.samplesPerSecond > 0)
      #expect((0...1).contains(epoch.waitingShare))
    }
    #expect(report.loadingSeconds > 0)
    #expect(report.seconds > report.loadingSeconds)
  }

  @Test func theSameSeedGivesTheSameLosses() async throws {
    let options = ["--epochs", "3", "--seed", "18446744073709551615"]
    let first = try await report(options)
    let second = try await report(options)
    #expect(first.epochs.map(\.loss) == second.epochs.map(\.loss))
    #expect(first.epochs.map(\.validationError) == second.epochs.map(\.validationError))
    let other = try await report("--epochs", "3", "--seed", "2")
    #expect(first.epochs.map(\.loss) != other.epochs.map(\.loss))
    // The same samples in another order, in each epoch and with each seed.
    #expect(first.epochs.map(\.digests) == second.epochs.map(\.digests))
    #expect(Set((first.epochs + other.epochs).map(\.digests.ordered)).count == 6)
    #expect(Set((first.epochs + other.epochs).map(\.digests.unordered)).count == 1)
  }

  @Test func workersChangeNothingButTheTime() async throws {
    let options = ["--epochs", "3", "--batch-size", "7", "--seed", "4"]
    let expected = try await report(options)
    for (workers, buffer) in [(1, 1), (2, 20), (5, 3)] {
      let report = try await report(options + ["--workers", "\(workers)", "--buffer", "\(buffer)"])
      #expect(report.options.workers == workers && report.options.buffer == buffer)
      #expect(report.epochs.map(\.loss) == expected.epochs.map(\.loss))
      #expect(report.epochs.map(\.digests) == expected.epochs.map(\.digests))
      #expect(report.epochs.map(\.validationError) == expected.epochs.map(\.validationError))
    }
  }

  @Test func withoutValidationThereIsNoErrorRate() async throws {
    let report = try await report("--epochs", "1", "--validation-count", "0")
    #expect(report.trainingCount == 60)
    #expect(report.epochs.map(\.validationError) == [nil])
    #expect(report.text.contains(#""validation_error" : null"#))
    #expect(try await !train("--epochs", "1", "--validation-count", "0").output.contains("validation error"))
  }

  @Test(arguments: ["1", "53", "54", "1000", "\(Int.max)"])
  func anyBatchSize(size: String) async throws {
    let report = try await report("--epochs", "1", "--batch-size", size)
    #expect(report.epochs.count == 1)
  }

  @Test func labelsOfFourBytes() async throws {
    let labels = (0..<DigitFiles.count).map { Int32($0 % 2 == 0 ? 999 : 3) }
    let file = try files.folder.write(IDXFixtures.labels(labels), to: "wide.idx")
    let report = try await report("--epochs", "1", "--labels", file)
    #expect(report.classCount == 1_000)
  }

  /// Images and labels of other formats give the same losses.
  @Test func otherFormats() async throws {
    let expected = try await report("--epochs", "2").epochs.map(\.loss)
    let images = try NDArray<UInt8>(idxFile: files.images)
    let labels = try NDArray<UInt8>(idxFile: files.labels)
    func path(_ name: String) -> String { files.folder.url.appending(path: name).path }
    var npz = NPZWriter()
    npz.add(images, named: "x")
    npz.add(labels.map { Int64($0) }, named: "y")
    try npz.write(to: path("npz"))
    try images.map { Int32($0) }.write(npyFile: path("npy"))
    var hdf5 = HDF5Writer()
    hdf5.add(images, named: "train/x")
    try hdf5.write(to: path("h5"))
    _ = try files.folder.write(
      Array(("n,class\n" + labels.scalars.map { "7,d\($0)\n" }.joined()).utf8), to: "csv")
    for (images, imagesArray, labels, labelsArray) in [
      ("npz", "x", "npz", "y"), ("npy", nil, "npz", "y"), ("h5", nil, "csv", "class"), ("h5", "train/x", "npz", "y"),
    ] as [(String, String?, String, String?)] {
      var options = ["--images", path(images), "--labels", path(labels)]
      if let imagesArray { options += ["--images-array", imagesArray] }
      if let labelsArray { options += ["--labels-array", labelsArray] }
      let run = try await BatchUpProcess.run(["train", "--hidden", "16", "--epochs", "2", "--json"] + options)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errorLines.count == (labels == "csv" ? 1 : 0), "\(run.errors)")
      #expect(try Report(run).epochs.map(\.loss) == expected, "\(options)")
    }
  }

  @Test func oneSample() async throws {
    let images = try files.folder.write(IDXFixtures.images(count: 1), to: "one.idx")
    let labels = try files.folder.write(IDXFixtures.labels([4] as [UInt8]), to: "one-label.idx")
    let report = try await report("--epochs", "1", "--images", images, "--labels", labels)
    #expect(report.trainingCount == 1)
    #expect(report.validationCount == 0)
  }

  @Test func syntheticDigitsNeedNoFile() async throws {
    let run = try await BatchUpProcess.run(
      ["train", "--epochs", "1", "--hidden", "4", "--batch-size", "500", "--json"])
    let report = try Report(run)
    #expect(report.dataSet == "synthetic digits")
    #expect(report.trainingCount == 18_000)
    #expect(report.validationCount == 2_000)
    #expect(report.epochs[0].loss < 2.4)
  }

  #if os(Linux)
    @Test func onATerminalThereIsAProgressBarUntilTheEpochEnds() async throws {
      // Tiny steps, so many that also a fast machine needs some tenths of a second for them.
      let count = 300_000
      let images = IDXFixtures.file(shape: [count, 1, 1], [UInt8](repeating: 1, count: count))
      let labels = IDXFixtures.labels([UInt8](repeating: 1, count: count))
      let run = try await BatchUpProcess.run(
        [
          "train", "--images", try files.folder.write(images, to: "many.idx"), "--labels",
          try files.folder.write(labels, to: "many-labels.idx"), "--epochs", "1", "--hidden", "1", "--batch-size", "1",
        ], onTerminalOfWidth: 48)
      #expect(run.status == 0)
      #expect(!run.output.contains("\r") && !run.output.contains("\u{1B}"))
      let erase = "\r\u{1B}[K"
      let draws = run.errors.components(separatedBy: erase)
      #expect(draws.count > 2)
      #expect(draws.first == "" && draws.last == "")
      for draw in draws.dropFirst().dropLast() where !draw.isEmpty {
        // The first rates may be tiny, and the remaining time as long.
        let pattern = #/epoch 1/1  \[#*\.*\] +\d+ %(  [\d,.]+/(s|min))?(  (\d+:)?\d+:\d\d|  \d+ days)?/#
        #expect(draw.wholeMatch(of: pattern) != nil, "\(draw)")
        #expect(draw.count < 48)
      }
    }
  #endif

  @Test func aReaderThatGoesAwayEndsItQuietly() async throws {
    let run = try await BatchUpProcess.runShell(
      "\"$BATCHUP\" train --images '\(files.images)' --labels '\(files.labels)' --epochs 20 | head -1")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("images.idx: 54 samples"))
    #expect(run.errors.isEmpty)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aFullDiskIsAnError() async throws {
    let run = try await BatchUpProcess.runShell(
      "\"$BATCHUP\" train --images '\(files.images)' --labels '\(files.labels)' --epochs 1 >/dev/full")
    #expect(run.status == 1)
    #expect(run.errors == "batchup: cannot write to standard output: No space left on device\n")
  }
}
