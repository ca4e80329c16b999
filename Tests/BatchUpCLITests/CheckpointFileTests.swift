import BatchUp
import Foundation
import Testing

@testable import BatchUpCLI

@Suite struct CheckpointFileTests {
  private let folder: TemporaryFolder
  private let path: String
  private let data: TrainingData
  private let options = TrainingOptions(epochs: 1, batchSize: 4, hidden: 2)

  init() throws {
    folder = try TemporaryFolder()
    path = folder.url.appending(path: "checkpoint").path
    data = try TrainingData(
      imagesFile: folder.write(IDXFixtures.images(count: 10, side: 2), to: "images"),
      labelsFile: folder.write(IDXFixtures.labels([0, 1, 2, 0, 1, 2, 0, 1, 2, 0] as [UInt8]), to: "labels"))
  }

  private var file: CheckpointFile {
    CheckpointFile(
      .init(path: path, interval: nil), setup: TrainingSetup(data: data, validationCount: 2, options: options))
  }

  private func writeOne() throws -> Classifier {
    let trainer = try Trainer(
      data: data, validationCount: 2, options: options, checkpoint: .init(path: path, interval: nil))
    _ = try trainer.trainOneEpoch(1, after: [])
    return trainer.classifier
  }

  @Test func whatWasWrittenIsRead() throws {
    #expect(try file.read(epochLimit: 1) == nil)
    let classifier = try writeOne()
    let found = try #require(try file.read(epochLimit: 1))
    for (layer, expected) in [
      (found.classifier.hiddenLayer, classifier.hiddenLayer), (found.classifier.outputLayer, classifier.outputLayer),
    ] {
      #expect(layer.weights == expected.weights && layer.biases == expected.biases)
      #expect(layer.weightVelocities == expected.weightVelocities && !layer.weightVelocities.isEmpty)
      #expect(layer.biasVelocities == expected.biasVelocities && layer.biasVelocities.contains { $0 != 0 })
    }
    #expect(found.progress.epochs.count == 1 && found.progress.unfinished == nil)
    #expect(throws: ToolError("\(path): is in epoch 1 already, behind the --epochs 0")) { try file.read(epochLimit: 0) }
  }

  /// Training would begin anew, and replace it.
  @Test func aFileThatCannotBeLookedAtIsNotAbsent() throws {
    _ = try writeOne()
    try #require(rename(path, path + ".kept") == 0)
    try #require(symlink("checkpoint", path) == 0)
    let reason = String(cString: strerror(ELOOP))
    #expect(throws: ToolError("\(FileFailure.cannotOpen(path: path, reason: reason))")) { try file.read(epochLimit: 1) }
    try FileManager.default.removeItem(atPath: path)
    #expect(try file.read(epochLimit: 1) == nil)
    try #require(symlink("checkpoint.kept", path) == 0)
    #expect(try file.read(epochLimit: 1) != nil)
  }

  /// A changed bit in any byte, and the end at any byte, are found.
  @Test func damage() throws {
    _ = try writeOne()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let file = file
    func isRefused(_ bytes: [UInt8]) throws -> Bool {
      _ = try folder.write(bytes, to: "checkpoint")
      do {
        _ = try file.read(epochLimit: 1)
        return false
      } catch {
        return !"\(error)".contains("\n") && "\(error)".hasPrefix(path)
      }
    }
    for position in whole.indices {
      var bytes = whole
      bytes[position] ^= 1 << UInt8(position % 8)
      #expect(try isRefused(bytes), "byte \(position)")
      if position % 7 == 0 { #expect(try isRefused(Array(whole.prefix(position))), "\(position) bytes") }
    }
    #expect(try isRefused(whole + [0]))
    #expect(try !isRefused(whole))
  }
}
