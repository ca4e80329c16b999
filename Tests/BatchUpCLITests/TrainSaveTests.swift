import BatchUp
import BatchUpFiles
import Foundation
import Testing

@testable import BatchUpCLI

/// `batchup train --save FILE`
@Suite struct TrainSaveTests {
  private let files: DigitFiles

  init() throws { files = try DigitFiles() }

  private var options: [String] {
    ["train", "--images", files.images, "--labels", files.labels, "--hidden", "16", "--epochs", "2", "--json"]
  }

  private func path(_ name: String) -> String { files.folder.url.appending(path: name).path }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: files.folder.url.path).sorted() }
  }

  /// The classifier in the file makes the errors that the report says, and the same run writes the same bytes.
  @Test func theClassifierIsTheOneThatWasTrained() async throws {
    let contents = try await ["first", "second"].asyncMap { name in
      let run = try await BatchUpProcess.run(options + ["--save", path(name), "--validation-count", "20"])
      #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      let classifier = try Classifier(safetensors: path(name))
      #expect(classifier.inputShape == [28, 28] && classifier.classCount == 10)
      let data = try TrainingData(imagesFile: files.images, labelsFile: files.labels)
      let validation = try data.samples(40..<60)
      let errorRate = try validation.batches(of: 20).mean { images, labels in
        ClassifierTraining(classifier).errorCount(of: images, labels)
      }
      #expect(try Report(run).epochs.last?.validationError == errorRate)
      return try Data(contentsOf: URL(filePath: path(name)))
    }
    #expect(contents[0] == contents[1])
    #expect(try names == ["first", "images.idx", "labels.idx", "second"])
  }

  @Test func aPathThatCannotBeWrittenIsFoundBeforeAllElse() async throws {
    for bad in [path("none/model"), files.folder.url.path, files.images + "/model", "/dev/null", ""] {
      let run = try await BatchUpProcess.run(
        ["train", "--images", "/nonexistent", "--labels", "/nonexistent", "--save", bad])
      #expect(run.status == 1 && run.output.isEmpty)
      #expect(
        run.errorLines.count == 1 && run.errors.hasPrefix("batchup: \(bad): cannot be written: "), "\(run.errors)")
    }
    #expect(try names == ["images.idx", "labels.idx"])
  }

  /// A disk that is full when the training is over.
  @Test func aFileThatCannotBeFinishedIsNotThere() async throws {
    let arguments = (options + ["--save", path("model")]).map { "'\($0)'" }.joined(separator: " ")
    let run = try await BatchUpProcess.runShell("ulimit -f 16; \"$BATCHUP\" \(arguments)")
    #expect(run.status == 1)
    #expect(run.errors == "batchup: \(path("model")): cannot be written: File too large\n")
    #expect(try names == ["images.idx", "labels.idx"])
  }

  @Test func trainingThatFailsWritesNothing() async throws {
    let run = try await BatchUpProcess.run(options + ["--save", path("model"), "--learning-rate", "1e30"])
    #expect(run.status == 1)
    #expect(try names == ["images.idx", "labels.idx"])
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
