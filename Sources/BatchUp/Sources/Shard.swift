/// One of several ranks among which batches are split.
struct Shard: Sendable {
  let rank: Int
  let rankCount: Int
  /// Whether batches that the samples do not fill are left out.
  let dropsShort: Bool
  /// Whether parts keep a sample to be filled up with.
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

  /// How many places each part has when it is filled up: as many as the longest.
  func placeCount(batchSize: Int) -> Int { (batchSize - 1) / rankCount + 1 }

  /// This rank's part of whole batches.
  func ranges(of batches: BatchRanges) -> BatchRanges {
    var ranges = batches.ofRank(rank, of: rankCount)
    ranges.keepsOne = pads
    guard dropsShort, batches.end != .max else { return ranges }
    let count = max(batches.end - batches.start, 0)
    return ranges.limited(to: batches.end - count % batches.batchSize)
  }

  /// How many of so many samples are in this rank's parts.
  func count(of whole: SampleCount, batchSize: Int) -> SampleCount {
    guard case .finite(let count) = whole else { return whole }
    let (batchCount, rest) = count.quotientAndRemainder(dividingBy: batchSize)
    return .finite(batchCount * part(of: batchSize).count + (dropsShort ? 0 : part(of: rest).count))
  }
}

/// What is in a rank's part of each batch.
public struct ShardPositions<Base: RandomAccessSource>: IteratorProtocol {
  private enum Way {
    /// The base delivers the parts alone, at these places.
    case parts(BatchRanges)
    /// The base delivers whole batches, of this size.
    case whole(Shard, batchSize: Int)
  }

  private var base: Base.Positions
  private var way: Way

  init(parts: Base.Positions, ranges: BatchRanges) {
    base = parts
    way = .parts(ranges)
  }

  init(whole: Base.Positions, shard: Shard, batchSize: Int) {
    base = whole
    way = .whole(shard, batchSize: batchSize)
  }

  public mutating func next() -> ShardPosition<Base.Position>? {
    switch way {
    case .parts(let ranges): nextPart(ranges)
    case .whole(let shard, let batchSize): nextPart(shard, batchSize: batchSize)
    }
  }

  private mutating func nextPart(_ ranges: BatchRanges) -> ShardPosition<Base.Position>? {
    guard let samples = base.next() else { return nil }
    var (ranges, keepsOne) = (ranges, ranges.keepsOne)
    ranges.keepsOne = false
    let start = ranges.start
    let places = ranges.next() ?? start..<start
    ranges.keepsOne = keepsOne
    way = .parts(ranges)
    return ShardPosition(
      samples: samples, sampleCount: places.count, firstPlace: places.lowerBound - start, keepsOne: keepsOne)
  }

  private mutating func nextPart(_ shard: Shard, batchSize: Int) -> ShardPosition<Base.Position>? {
    while let whole = base.next() {
      let count = whole.sampleCount
      if count == 0 || shard.dropsShort && count < batchSize { continue }
      let part = shard.part(of: count)
      let places = part.isEmpty && shard.pads ? count - 1..<count : part
      return ShardPosition(
        samples: whole.picking(Array(places)), sampleCount: part.count, firstPlace: part.lowerBound,
        keepsOne: shard.pads)
    }
    return nil
  }
}

/// Which samples are in a rank's part of a batch.
public struct ShardPosition<Samples: BatchPosition>: BatchPosition {
  /// The samples of the part; where it is to be filled up and has none, one to do so.
  public let samples: Samples
  /// The number of samples of the part, which may be 0.
  public let sampleCount: Int
  /// Where the part begins in the batch.
  let firstPlace: Int
  let keepsOne: Bool

  public func trimmed(to count: Int) -> ShardPosition {
    let kept = count == 0 && keepsOne ? 1 : count
    return ShardPosition(
      samples: samples.trimmed(to: kept), sampleCount: count, firstPlace: firstPlace, keepsOne: keepsOne)
  }

  public func picking(_ places: [Int]) -> ShardPosition {
    ShardPosition(
      samples: samples.picking(places.isEmpty && keepsOne ? [0] : places), sampleCount: places.count,
      firstPlace: firstPlace, keepsOne: keepsOne)
  }

  public func sampleIndices(at place: Int) -> [Int] { samples.sampleIndices(at: place) }

  public var sampleKeys: SampleKeys {
    let words = samples.sampleKeys.words
    return SampleKeys(words: words.count == sampleCount ? words : [], firstPlace: firstPlace)
  }
}
