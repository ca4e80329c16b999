/// Why batches cannot go on from the state of an iteration.
public enum IterationStateError: Error, Hashable, Sendable {
  /// The state, or the order, has another format.
  case otherVersion(expected: Int, found: Int)
  /// The source has another number of samples than that of the state; nil for no end, or an unknown number.
  case otherSampleCount(expected: Int?, found: Int?)
  /// The data or the sampler are others: their counts, shapes, types, indices or weights.
  case otherData
  /// The batches are asked for in another order, seed or epoch.
  case otherOrder(expected: String, found: String)
  /// The batches have another size or remainder, and which samples come in which order depends on that.
  case otherBatches(expectedSize: Int, expectedRemainder: Remainder, foundSize: Int, foundRemainder: Remainder)
  /// The numbers of the state contradict each other, or lie beyond the end of the data.
  case impossibleCounts(batchCount: Int, place: Int, sampleCount: Int)
  /// The iteration would have to pass over more batches than that, one after the other.
  case tooManyBatches(limit: Int, found: Int)
}

extension IterationStateError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .otherVersion(let expected, let found):
      "the state of the iteration has format \(found), not \(expected)"
    case .otherSampleCount(let expected, let found):
      "the state is that of an iteration over \(found.text) samples, not \(expected.text)"
    case .otherData:
      "the state is that of an iteration over other data: their shapes, types, indices or weights are not the same"
    case .otherOrder(let expected, let found):
      "the state is that of an iteration in another order (\(found)), not in this one (\(expected))"
    case .otherBatches(let expectedSize, let expectedRemainder, let foundSize, let foundRemainder):
      "the state is that of batches of \(foundSize), remainder \(foundRemainder), not of \(expectedSize), remainder "
        + "\(expectedRemainder), on which the order of this source depends"
    case .impossibleCounts(let batchCount, let place, let sampleCount):
      "the state says that \(batchCount) batches with \(sampleCount) samples lie before place \(place), which cannot be"
    case .tooManyBatches(let limit, let found):
      "the state comes behind \(found) batches, and a source without direct access can pass over \(limit) at most"
    }
  }
}

extension Int? {
  fileprivate var text: String { map(String.init) ?? "an unknown number of" }
}
