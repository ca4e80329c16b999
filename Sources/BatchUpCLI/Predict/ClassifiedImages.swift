import BatchUp
import BatchUpFiles

/// The images of a file that are to be classified, in memory or mapped.
struct ClassifiedImages {
  private let path: String
  /// The lengths of the axes; at least one.
  private let shape: [Int]
  private let samples: Samples

  private enum Samples {
    case inMemory(TrainingData.Images)
    case mappedBytes(MappedArray<UInt8>)
    case mappedNumbers(UnitRangeImages)
  }

  /// - Throws: what names the file, in one line.
  init(file path: String, array name: String?, csv: CSVSettings) throws {
    self.path = path
    if name == nil, let mapped = try Self.mapped(path) {
      (samples, shape) = mapped
    } else {
      let images = try TrainingData.Images(file: path, array: name, csv: csv)
      try images.requireUnitRange(file: path)
      (samples, shape) = (.inMemory(images), images.shape)
    }
    if shape.isEmpty { throw ToolError("\(path): is a single number, not a list of images") }
  }

  /// An .npy file that can be mapped as it is; nil for any other.
  private static func mapped(_ path: String) throws -> (Samples, shape: [Int])? {
    guard let file = try NPYFile.mappable(path) else { return nil }
    switch file.elementType {
    case .uint8: return (.mappedBytes(try MappedArray(file)), file.shape)
    case .float32: return (.mappedNumbers(UnitRangeImages(images: try MappedArray(file), path: path)), file.shape)
    default: return nil
    }
  }

  var count: Int { shape[0] }

  /// - Throws: where an image has another shape than the model takes. Axes of length 1 may be missing, and all axes may
  ///   be one.
  func requireShape(_ expected: [Int], ofModel model: String) throws(ToolError) {
    let found = Array(shape.dropFirst())
    let isFlat = found == [expected.reduce(1, *)]
    guard isFlat || found.filter({ $0 != 1 }) == expected.filter({ $0 != 1 }) else {
      throw ToolError("\(path): has images of shape \(found), but \(model) was trained on images of shape \(expected)")
    }
  }

  /// Reads a label for each image.
  ///
  /// - Throws: among others, `ToolError` where a label is none of the classes.
  func labels(file: String, array name: String?, classCount: Int, csv: CSVSettings) throws -> NDArray<Int32> {
    let labels = try TrainingData.readLabels(file, array: name, csv: csv)
    guard labels.sampleCount == count else {
      throw ToolError("\(path) has \(count) images, but \(file) has \(labels.sampleCount) labels")
    }
    for (position, label) in labels.scalars.enumerated() where !(0..<classCount).contains(Int(label)) {
      throw ToolError("\(file): label \(label) at position \(position) is outside 0..<\(classCount)")
    }
    return labels
  }

  func predictScores(
    by classifier: Classifier, batchSize: Int, workers: WorkerPool?, into file: PredictionFile, over ranks: Ranks
  ) throws {
    func predict(_ source: some InOrderSource<NDArray<Float>, some Error> & Sendable) throws {
      // As a map, the classifier runs where the images are made: on the workers.
      let scores = source.map { images in classifier.scores(for: images) }
      try ranks.write(scores, batchSize: batchSize, workers: workers, into: file)
    }
    switch samples {
    case .inMemory(.bytes(let images)): try predict(ArraySource(RescaledBytes(images)))
    case .inMemory(.numbers(let images)): try predict(ArraySource(images))
    case .mappedBytes(let images):
      try predict(ArraySource(loading: images).map { RescaledBytes($0).converted() })
    case .mappedNumbers(let images): try predict(ArraySource(loading: images))
    }
  }
}
