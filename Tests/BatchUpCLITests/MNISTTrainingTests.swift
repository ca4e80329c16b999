import Foundation
import Testing

/// Training on the published files of MNIST's test set.
@Suite(.enabled(if: MNISTFiles.arePresent, "MNIST's test files are not in \(MNISTFiles.folder); set BATCHUP_MNIST"))
struct MNISTTrainingTests {
  @Test func aFewSamplesAreEnoughToDoWellOnTheRest() async throws {
    let run = try await BatchUpProcess.run([
      "train", "--images", MNISTFiles.images, "--labels", MNISTFiles.labels, "--validation-count", "7000",
      "--epochs", "3", "--hidden", "32", "--json",
    ])
    #expect(run.errors.isEmpty)
    let report = try Report(run)
    #expect(report.trainingCount == 3_000)
    #expect(report.classCount == 10)
    #expect(try #require(report.epochs.last?.validationError) < 0.15)
  }
}

private enum MNISTFiles {
  static let folder =
    ProcessInfo.processInfo.environment["BATCHUP_MNIST"]
    ?? URL(filePath: #filePath).appending(path: "../../../../shared/datasets/mnist").standardized.path
  static let images = folder + "/t10k-images-idx3-ubyte.gz"
  static let labels = folder + "/t10k-labels-idx1-ubyte.gz"
  static let arePresent = [images, labels].allSatisfy { FileManager.default.fileExists(atPath: $0) }
}
