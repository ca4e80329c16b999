/// One of several ranks among which batches are split.
struct Shard: Sendable {
  let rank: Int
  let rankCount: Int
  /// Whether batches that the samples do not fill are left out.
  let dropsShort: Bool
  /// Whether an empty part keeps a sample to pad with.
  let pads: Bool

  init(rank: Int, rankCount: Int, dropsShort: Bool, pads: Bool = false) {
    precondition(rankCount > 0, "there is at least one rank, not \(rankCount)")
    precondition((0..<rankCount).contains(rank), "rank \(rank) is outside 0..<\(rankCount)")
    self.rank = rank
    self.rankCount = rankCount
    self.dropsShort = dropsShort
    self.pads = pads
  }

  /// The places of this rank's part in a batch of `count` samples.
  func part(of count: Int) -> Range<Int> { BatchRanges.part(rank, of: rankCount, inBatchOf: count) }

  /// This rank's part of whole batches.
  func ranges(of batches: BatchRanges) -> BatchRanges {
    var ranges = batches.ofRank(rank, of: rankCount)
    ranges.keepsOne = pads
    guard dropsShort, batches.end != .max else { return ranges }
    let count = max(batches.end - batches.start, 0)
    return ranges.limited(to: batches.end - count % batches.batchSize)
  }
}
