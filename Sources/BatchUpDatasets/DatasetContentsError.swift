import BatchUp

/// Why what is in a file is not the data set that it should be, or has not the parts that were asked for.
public enum DatasetContentsError: Error, Hashable, Sendable {
  /// `array` is not of the shape (n, …) that `expected` ends with.
  case wrongShape(path: String, array: String, expected: [Int], found: [Int])
  /// `array` has not as many samples as the images it belongs to.
  case wrongCount(path: String, array: String, expected: Int, found: Int)
  /// The label at `position` is not in `0..<classCount`.
  case labelOutOfRange(path: String, array: String, position: Int, label: Int, classCount: Int)
  /// The labels are not numbers, but `found`.
  case labelsAreNoNumbers(path: String, array: String, found: String)
  /// A line of a text is not what it should be; lines are counted from 1.
  case invalidLine(path: String, text: String, line: Int)
  /// An index of a fold, counted from 0, is not in `0..<count`.
  case foldIndexOutOfRange(path: String, fold: Int, index: Int, count: Int)
  /// The file is not what it was when its SHA-256 was put into it.
  case wrongDigest(path: String, expected: String, found: String)
  /// There are `found` training samples, from which those for validation are taken.
  case invalidValidationCount(path: String, requested: Int, found: Int)
  /// There are `found` folds of training samples.
  case invalidFoldCount(path: String, requested: Int, found: Int)
}

extension DatasetContentsError: CustomStringConvertible {
  /// The file, what is wrong with it and, where it helps, what to do, in one line.
  public var description: String {
    switch self {
    case .wrongShape(let path, let array, let expected, let found):
      "\(path): \(array.quotedBriefly) has the shape \(found), not \(["n"] + expected.map(String.init))"
    case .wrongCount(let path, let array, let expected, let found):
      "\(path): \(array.quotedBriefly) has \(found) samples for \(expected) images"
    case .labelOutOfRange(let path, let array, let position, let label, let classCount):
      "\(path): label \(position) of \(array.quotedBriefly) is \(label), not one of \(classCount) classes"
    case .labelsAreNoNumbers(let path, let array, let found):
      "\(path): \(array.quotedBriefly) has elements of type \(found), which are no labels"
    case .invalidLine(let path, let text, let line):
      "\(path): line \(line) of \(text.quotedBriefly) is not as it should be"
    case .foldIndexOutOfRange(let path, let fold, let index, let count):
      "\(path): fold \(fold) has the index \(index), and there are \(count) training images"
    case .wrongDigest(let path, let expected, let found):
      "\(path): the contents have changed, expected the SHA-256 \(expected), found \(found)"
    case .invalidValidationCount(let path, let requested, let found):
      "\(path): \(requested) samples for validation cannot be taken from \(found) training samples"
    case .invalidFoldCount(let path, let requested, let found):
      "\(path): \(requested) folds for validation cannot be taken from \(found)"
    }
  }
}
