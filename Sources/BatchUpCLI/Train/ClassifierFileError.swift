import BatchUpFiles

/// Why a file holds no classifier.
enum ClassifierFileError: Error, Hashable {
  /// It is no safetensors file, or lacks a tensor, or the tensor has elements of another type.
  case unreadable(SafetensorsError)
  /// What the metadata say under a key; nil where there is no such key.
  case wrongMetadata(path: String, key: String, expected: String, found: String?)
  /// `expected` is nil where any one axis would do.
  case wrongShape(path: String, tensor: String, expected: [Int]?, found: [Int])
  case tooLarge(path: String, inputs: Int, hidden: Int, classes: Int, limit: Int)
}

extension ClassifierFileError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .wrongMetadata(let path, let key, let expected, let found):
      "\(path): holds no classifier of this program: the \(key) in its metadata is "
        + "\(found.map { "\"\($0.briefly)\"" } ?? "missing"), not \(expected)"
    case .wrongShape(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor) has shape \(found), not \(expected.map { "\($0)" } ?? "one of a list")"
    case .tooLarge(let path, let inputs, let hidden, let classes, let limit):
      "\(path): \(inputs) values per image, \(hidden) hidden units and \(classes) classes make more than "
        + "\(limit) weights"
    }
  }
}
