/// Why arrays or samples cannot make up a source. Arrays are counted from 0, in the order given.
public enum SourceError: Error, Hashable, Sendable {
  /// An array has another number of samples than the first one.
  case unequalSampleCounts(array: Int, expected: Int, found: Int)
  /// An array of rank 0 has no first axis to take samples from.
  case noSampleAxis(array: Int)
  /// An array to be concatenated has rows of another shape than the first one.
  case unequalRowShapes(array: Int, expected: [Int], found: [Int])
  /// An entry of a list of samples names one that the arrays do not have.
  case indexOutOfRange(position: Int, index: Int, sampleCount: Int)
  /// A sampler was made for another number of samples than the arrays have.
  case unequalSamplerCount(expected: Int, found: Int)
  /// A loader returned a batch with another number of samples than it was asked for.
  case wrongBatchLength(array: Int, expected: Int, found: Int)
  /// There is to be less than one pass over the samples.
  case noRepeats(found: Int)
}

extension SourceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unequalSampleCounts(let array, let expected, let found):
      "array \(array) has \(found) samples, but array 0 has \(expected)"
    case .noSampleAxis(let array):
      "array \(array) has rank 0: it needs a first axis that counts its samples"
    case .unequalRowShapes(let array, let expected, let found):
      "array \(array) has rows of shape \(found), but array 0 of shape \(expected)"
    case .indexOutOfRange(let position, let index, let sampleCount):
      "index \(index) at position \(position) is outside 0..<\(sampleCount), the samples of the arrays"
    case .unequalSamplerCount(let expected, let found):
      "the sampler is for \(found) samples, but the arrays have \(expected)"
    case .wrongBatchLength(let array, let expected, let found):
      "array \(array) returned a batch of \(found) samples, but was asked for \(expected)"
    case .noRepeats(let found):
      "there is at least one pass over the samples, not \(found)"
    }
  }
}
