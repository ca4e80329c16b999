/// Why data cannot be trained on, or why training came to nothing.
enum TrainingError: Error, Hashable {
  case unequalCounts(imagesFile: String, imageCount: Int, labelsFile: String, labelCount: Int)
  case noSamples(file: String)
  case notImages(file: String, shape: [Int])
  case notLabels(file: String, shape: [Int])
  case labelOutOfRange(file: String, position: Int, label: Int32, limit: Int)
  case nothingToTrainOn(validationCount: Int, sampleCount: Int)
  case modelTooLarge(inputs: Int, hidden: Int, classes: Int, limit: Int)
  case batchTooLarge(batchSize: Int, hidden: Int, limit: Int)
  case diverged(epoch: Int, learningRate: Double)
}

extension TrainingError: CustomStringConvertible {
  /// What is wrong, in one line.
  var description: String {
    switch self {
    case .unequalCounts(let imagesFile, let imageCount, let labelsFile, let labelCount):
      "\(imagesFile) has \(imageCount) images, but \(labelsFile) has \(labelCount) labels"
    case .noSamples(let file):
      "\(file): there are no samples to train on"
    case .notImages(let file, let shape):
      "\(file): has shape \(shape), not one of images: 2 to 4 axes, none of them of length 0 but for the first"
    case .notLabels(let file, let shape):
      "\(file): has \(shape.count) axes, not the one of a list of labels"
    case .labelOutOfRange(let file, let position, let label, let limit):
      "\(file): label \(label) at position \(position) is outside 0..<\(limit)"
    case .nothingToTrainOn(let validationCount, let sampleCount):
      "--validation-count \(validationCount) leaves none of the \(sampleCount) samples to train on"
    case .modelTooLarge(let inputs, let hidden, let classes, let limit):
      "\(inputs) values per image, \(hidden) hidden units and \(classes) classes make more than \(limit) parameters: "
        + "choose a smaller --hidden"
    case .batchTooLarge(let batchSize, let hidden, let limit):
      "batches of \(batchSize) with \(hidden) hidden units need more than \(limit) intermediate values: "
        + "choose a smaller --batch-size or --hidden"
    case .diverged(let epoch, let learningRate):
      "the loss is no longer finite in epoch \(epoch): choose a --learning-rate below \(learningRate)"
    }
  }
}
