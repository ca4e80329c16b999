import BatchUp
import BatchUpFiles
import BatchUpSystem
import Foundation

/// A safetensors file with the weights and velocities of a classifier as tensors, one row per input, and in the
/// metadata, as JSON, what is trained and how far that has come.
///
/// Each one takes the place of the one before, whole or not at all.
struct CheckpointFile {
  static let formatName = "batchup-training-checkpoint"
  static let formatVersion = "2"

  struct Place {
    let path: String
    /// The number of steps between checkpoints within an epoch; nil for none.
    let interval: Int?
  }

  let path: String
  private let interval: Int?
  private let setup: TrainingSetup

  init(_ place: Place, setup: TrainingSetup) {
    path = place.path
    interval = place.interval
    self.setup = setup
  }

  /// Whether a checkpoint is due behind so many steps of an epoch.
  func isDue(behind stepCount: Int) -> Bool { interval.map(stepCount.isMultiple) ?? false }

  /// - Precondition: the classifier has made a step, so that there are velocities.
  func write(_ classifier: Classifier, _ progress: TrainingProgress) throws(ToolError) {
    let contents = Contents(setup: setup, progress: progress)
    let text: String
    do { text = String(decoding: try encoder.encode(contents), as: UTF8.self) } catch {
      throw .cannotWrite(path: path, reason: "its numbers cannot be written: \(error)")
    }
    var digest = ByteDigest()
    digest.combine(text)
    var writer = SafetensorsWriter()
    for (name, array) in classifier.checkpointTensors {
      digest.combine(array)
      writer.add(array, named: name)
    }
    writer.metadata = [
      "format": Self.formatName, "version": Self.formatVersion, "training": text, "digest": "\(digest.word)",
    ]
    do { try writer.write(to: path) } catch { throw ToolError("\(error)") }
  }

  /// Nil where there is no such file. One that the system cannot look at now is an error, since training would begin anew
  /// and replace it.
  func read(epochLimit: Int) throws(ToolError) -> TrainingCheckpoint? {
    do {
      if try statusIfPresent(at: path) == nil { return nil }
    } catch {
      throw ToolError("\(FileFailure.cannotOpen(path: path, reason: error.text))")
    }
    let file = try SafetensorsFile(path: path, writtenBy: "train --checkpoint")
    let (contents, text) = try contents(of: file)
    if let difference = setup.difference(from: contents.setup) {
      throw ToolError(
        "\(path): is the checkpoint of another training: the \(difference.what) is \(difference.found), "
          + "not \(difference.expected)")
    }
    var digest = ByteDigest()
    digest.combine(text)
    let hidden = try layer("hidden", setup.imageShape.reduce(1, *), setup.hidden, of: file, &digest)
    let output = try layer("output", setup.hidden, setup.classCount, of: file, &digest)
    guard file.metadata["digest"] == "\(digest.word)" else { throw damage }
    let progress = contents.progress
    let lastEpoch = progress.epochs.count + (progress.unfinished == nil ? 0 : 1)
    guard lastEpoch <= epochLimit else {
      throw ToolError("\(path): is in epoch \(lastEpoch) already, behind the --epochs \(epochLimit)")
    }
    return TrainingCheckpoint(
      classifier: Classifier(inputShape: setup.imageShape, hiddenLayer: hidden, outputLayer: output),
      progress: progress, digest: digest.word)
  }

  private struct Contents: Codable {
    let setup: TrainingSetup
    let progress: TrainingProgress
  }

  private var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return encoder
  }

  private func contents(of file: SafetensorsFile) throws(ToolError) -> (Contents, text: String) {
    for (key, expected) in [("format", Self.formatName), ("version", Self.formatVersion)]
    where file.metadata[key] != expected {
      throw file.wrongMetadata(key, expected: expected, "is no checkpoint")
    }
    let text = file.metadata["training"]
    guard let text, let contents = try? JSONDecoder().decode(Contents.self, from: Data(text.utf8)) else {
      throw file.wrongMetadata("training", expected: "what was trained, as JSON", "is no checkpoint")
    }
    return (contents, text)
  }

  private func layer(
    _ name: String, _ inputCount: Int, _ outputCount: Int, of file: SafetensorsFile, _ digest: inout ByteDigest
  ) throws(ToolError) -> LinearLayer {
    var arrays: [[Float]] = []
    for (part, shape) in LinearLayer.checkpointShapes(inputCount, outputCount) {
      let array = try file.array(named: "\(name).\(part)", shape: shape)
      digest.combine(array)
      arrays.append(array.scalars)
    }
    return LinearLayer(
      weights: arrays[0], biases: arrays[1], inputCount: inputCount, weightVelocities: arrays[2],
      biasVelocities: arrays[3])
  }

  private var damage: ToolError {
    ToolError("\(path): is damaged: its contents have another digest than when they were written")
  }
}

extension LinearLayer {
  /// What is kept of a layer: names and shapes, in the order of the digest.
  fileprivate static func checkpointShapes(_ inputCount: Int, _ outputCount: Int) -> [(name: String, shape: [Int])] {
    [
      ("weights", [inputCount, outputCount]), ("biases", [outputCount]),
      ("weight_velocities", [inputCount, outputCount]), ("bias_velocities", [outputCount]),
    ]
  }
}

extension Classifier {
  fileprivate var checkpointTensors: [(name: String, array: NDArray<Float>)] {
    [("hidden", hiddenLayer), ("output", outputLayer)].flatMap { name, layer in
      zip(
        LinearLayer.checkpointShapes(layer.inputCount, layer.outputCount),
        [layer.weights, layer.biases, layer.weightVelocities, layer.biasVelocities]
      ).map { ("\(name).\($0.name)", NDArray($1, shape: $0.shape)) }
    }
  }
}
