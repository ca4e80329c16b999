/// The offsets of the batches of an iteration, one range after the other: whole batches from an offset on, or the part of
/// one of several ranks in each batch.
///
/// An offset counts the samples of the iteration that come before. The parts of a batch are contiguous, in the order of
/// the ranks; where they cannot be equally long, the first ones are longer by one. A part may be empty.
public struct BatchRanges: IteratorProtocol, Sendable {
  /// The length of each batch but the last.
  public let batchSize: Int
  /// Where the next batch begins.
  public private(set) var start: Int
  /// Where the last one ends.
  public private(set) var end: Int
  let rank: Int
  let rankCount: Int
  /// Whether an empty part is replaced by the last offset of its batch, for a sample to pad with.
  var keepsOne = false

  /// Creates the ranges of batches of `batchSize` samples from `start` on, or of a rank's parts of them.
  ///
  /// - Precondition: `batchSize` is at least 1, `start` is not negative, and `rank` is in `0..<rankCount`.
  public init(batchSize: Int, start: Int = 0, end: Int = .max, rank: Int = 0, rankCount: Int = 1) {
    precondition(batchSize > 0, "a batch has at least one sample, not \(batchSize)")
    precondition(start >= 0, "an offset is not negative, unlike \(start)")
    precondition(rank >= 0 && rank < rankCount, "rank \(rank) is outside 0..<\(rankCount)")
    self.batchSize = batchSize
    self.start = start
    self.end = end
    self.rank = rank
    self.rankCount = rankCount
  }

  public mutating func next() -> Range<Int>? {
    guard let part = nextPart() else { return nil }
    return part.isEmpty && keepsOne ? start - 1..<start : part
  }

  /// The next range, also where it is empty and its last offset would replace it.
  mutating func nextPart() -> Range<Int>? {
    if start >= end { return nil }
    let first = start
    let count = min(batchSize, end - first)
    start += count
    if rankCount == 1 { return first..<start }
    let part = Self.part(rank, of: rankCount, inBatchOf: count)
    return first + part.lowerBound..<first + part.upperBound
  }

  /// The same batches, without offsets from `count` on.
  public func limited(to count: Int) -> BatchRanges {
    var ranges = self
    ranges.end = min(end, count)
    return ranges
  }

  /// Of each of these batches, the part of a rank.
  func ofRank(_ rank: Int, of rankCount: Int) -> BatchRanges {
    BatchRanges(batchSize: batchSize, start: start, end: end, rank: rank, rankCount: rankCount)
  }

  /// The places of a rank's samples in a batch of `count`.
  static func part(_ rank: Int, of rankCount: Int, inBatchOf count: Int) -> Range<Int> {
    let (length, longerCount) = count.quotientAndRemainder(dividingBy: rankCount)
    let first = rank * length + min(rank, longerCount)
    return first..<first + length + (rank < longerCount ? 1 : 0)
  }
}

extension SampleCount {
  /// Where iterations end.
  var end: Int { if case .finite(let count) = self { count } else { .max } }
}
