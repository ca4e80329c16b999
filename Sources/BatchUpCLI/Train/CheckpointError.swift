import BatchUp
import BatchUpFiles

/// Why a training cannot go on from a file.
enum CheckpointError: Error, Hashable {
  /// It is no safetensors file, or lacks a tensor, or cannot be written.
  case file(SafetensorsError)
  /// What the metadata say under a key; nil where there is no such key.
  case wrongMetadata(path: String, key: String, expected: String, found: String?)
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
  /// The contents are not those that were written.
  case damaged(path: String)
  /// The training was of other data or has other options.
  case otherTraining(path: String, what: String, expected: String, found: String)
  case otherIteration(path: String, IterationStateError)
  /// More epochs are finished, or begun, than are asked for.
  case tooManyEpochs(path: String, limit: Int, found: Int)
}

extension CheckpointError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .wrongMetadata(let path, let key, let expected, let found):
      "\(path): is no checkpoint of this program: the \(key) in its metadata is "
        + "\(found.map { "\"\($0.briefly)\"" } ?? "missing"), not \(expected)"
    case .wrongShape(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor) has shape \(found), not \(expected)"
    case .damaged(let path):
      "\(path): is damaged: its contents have another digest than when they were written"
    case .otherTraining(let path, let what, let expected, let found):
      "\(path): is the checkpoint of another training: the \(what) is \(found), not \(expected)"
    case .otherIteration(let path, let error): "\(path): \(error)"
    case .tooManyEpochs(let path, let limit, let found):
      "\(path): is in epoch \(found) already, behind the --epochs \(limit)"
    }
  }
}
