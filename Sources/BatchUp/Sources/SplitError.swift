/// Why a source cannot be split as asked. Parts are counted from 0.
public enum SplitError: Error, Hashable, Sendable {
  /// A share of the samples is not in 0...1.
  case fractionOutOfRange(part: Int, fraction: Double)
  /// The shares are more than the whole.
  case fractionsAboveOne(sum: Double)
  /// A number of samples is negative.
  case negativeCount(part: Int, count: Int)
  /// The parts together have more samples than there are.
  case tooManySamples(expected: Int, found: Int)
  /// The labels have another number of axes than one.
  case labelsNotAList(shape: [Int])
  /// There is not one label, or group, for each sample of the arrays.
  case unequalLabelCount(expected: Int, found: Int)
  /// A part that is to have a share of the samples has none.
  case emptyPart(part: Int, sampleCount: Int)
  /// A cross-validation has fewer than two folds.
  case tooFewFolds(found: Int)
  /// There are more folds than samples.
  case tooManyFolds(expected: Int, found: Int)
  /// There are fewer groups than parts or folds to be filled.
  case tooFewGroups(expected: Int, found: Int)
  /// The lists of the samples of each part do not fit into memory.
  case notEnoughMemory(sampleCount: Int, byteCount: Int)
}

extension SplitError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fractionOutOfRange(let part, let fraction): "the fraction of part \(part) is \(fraction), not in 0...1"
    case .fractionsAboveOne(let sum): "the fractions of all parts add up to \(sum), which is more than 1"
    case .negativeCount(let part, let count): "the count of part \(part) is \(count), which is negative"
    case .tooManySamples(let expected, let found):
      "the parts have \(found) samples together, but the source has \(expected)"
    case .labelsNotAList(let shape): "labels lie along one axis, not in shape \(shape)"
    case .unequalLabelCount(let expected, let found):
      "there are \(found) labels, but the arrays have \(expected) samples"
    case .emptyPart(let part, let sampleCount): "part \(part) of \(sampleCount) samples is empty"
    case .tooFewFolds(let found): "a cross-validation has two folds or more, not \(found)"
    case .tooManyFolds(let expected, let found): "there are \(found) folds, but the source has \(expected) samples"
    case .tooFewGroups(let expected, let found): "there are \(found) groups for \(expected) parts"
    case .notEnoughMemory(let sampleCount, let byteCount):
      "a split of \(sampleCount) samples takes \(byteCount) bytes of memory, more than this process can have"
    }
  }
}
