import BatchUpFiles

/// Why there is no sheet of a file that could be read.
enum ViewError: Error, Hashable {
  case notImages(file: String, shape: [Int])
  case wrongElementType(file: String, found: String)
  case noImages(file: String)
  case notLabels(file: String, shape: [Int])
  case unequalCounts(file: String, imageCount: Int, labelsFile: String, labelCount: Int)
  case cannotWrite(path: String, reason: String)
}

extension ViewError: FileWritingError {}

extension ViewError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  var description: String {
    switch self {
    case .notImages(let file, let shape):
      "\(file): has the shape \(shape), not that of images: [count, height, width], with 1 or 3 channels before or behind"
        + " the two"
    case .wrongElementType(let file, let found):
      "\(file): has elements of type \(found), not UInt8 (0 to 255) or Float (0 to 1)"
    case .noImages(let file): "\(file): has no images"
    case .notLabels(let file, let shape): "\(file): has the shape \(shape), not that of a list of labels"
    case .unequalCounts(let file, let imageCount, let labelsFile, let labelCount):
      "\(file) has \(imageCount) images, but \(labelsFile) has \(labelCount) labels"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    }
  }
}
