import BatchUp
import BatchUpFiles

/// The images of a file that are to be classified, in memory or mapped.
struct ClassifiedImages {
  private let path: String
  /// The lengths of the axes; at least one.
  private let shape: [Int]
  private let samples: Samples

  private enum Samples {
    case inMemory(NDArray<UInt8>)
    case mappedBytes(MappedArray<UInt8>)
    case mappedNumbers(MappedArray<Float>)
  }

  /// - Throws: `IDXError`, `NPYError` or `ToolError`, which name the file.
  init(file path: String) throws {
    self.path = path
    if path.hasSuffix(".npy") {
      let file = try NPYFile(path: path)
      shape = file.shape
      switch file.elementType {
      case .uint8: samples = .mappedBytes(try MappedArray(file))
      case .float32: samples = .mappedNumbers(try MappedArray(file))
      case let found: throw ToolError("\(path): has elements of type \(found), not UInt8 (0 to 255) or Float (0 to 1)")
      }
    } else {
      let images = try NDArray<UInt8>(idxFile: path)
      shape = images.shape
      samples = .inMemory(images)
    }
    if shape.isEmpty { throw ToolError("\(path): is a single number, not a list of images") }
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
  func labels(file: String, classCount: Int) throws -> NDArray<Int32> {
    let labels = try TrainingData.readLabels(file)
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
    case .inMemory(let images): try predict(ArraySource(RescaledBytes(images)))
    case .mappedBytes(let images):
      try predict(ArraySource(loading: images).map { RescaledBytes($0).converted() })
    case .mappedNumbers(let images): try predict(ArraySource(loading: images))
    }
  }
}
