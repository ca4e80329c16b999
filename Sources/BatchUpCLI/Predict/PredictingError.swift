/// Why images cannot be classified.
enum PredictingError: Error, Hashable {
  case wrongElementType(file: String, found: String)
  /// An array of rank 0.
  case noImages(file: String)
  case wrongImageShape(file: String, found: [Int], model: String, expected: [Int])
  case unknownFile(path: String, reason: String)
  case batchTooLarge(batchSize: Int, hidden: Int, limit: Int)
}

extension PredictingError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  var description: String {
    switch self {
    case .wrongElementType(let file, let found):
      "\(file): has elements of type \(found), not UInt8 (0 to 255) or Float (0 to 1)"
    case .noImages(let file): "\(file): is a single number, not a list of images"
    case .wrongImageShape(let file, let found, let model, let expected):
      "\(file): has images of shape \(found), but \(model) was trained on images of shape \(expected)"
    case .unknownFile(let path, let reason): "\(path): cannot be looked up: \(reason)"
    case .batchTooLarge(let batchSize, let hidden, let limit):
      "batches of \(batchSize) with \(hidden) hidden units need more than \(limit) intermediate values: "
        + "choose a smaller --batch-size"
    }
  }
}
