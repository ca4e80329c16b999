/// Where the positions of the weights that are drawn come from.
enum WeightedDraws {
  case seeded(AliasTable, seed: UInt64)
  case numPy(CumulativeDistribution, NumPyRandomState)
  /// Without replacement: so many are drawn when the first batch is asked for.
  case once((_ count: Int) -> NDArray<UInt32>)
  case drawn(BatchIndices)
}

/// Lists of indices of samples that are drawn at random.
public struct WeightedIterator: IteratorProtocol {
  private let samples: BatchIndices
  private var draws: WeightedDraws
  private let count: Int
  private var ranges: BatchRanges
  private let recycler = StorageRecycler()

  init(over samples: BatchIndices, draws: WeightedDraws, count: Int, ranges: BatchRanges) {
    self.samples = samples
    self.draws = draws
    self.count = count
    self.ranges = ranges.limited(to: count)
  }

  public mutating func next() -> BatchIndices? {
    ranges.next().map { samples.reordered(by: draw($0), recycler: recycler) }
  }

  private mutating func draw(_ range: Range<Int>) -> BatchIndices {
    requireMemory(forBatchOf: range.count)
    switch draws {
    case .seeded(let table, let seed):
      return list(of: range.count) { table.draw(first: range.lowerBound, seed: seed, into: $0) }
    case .numPy(let distribution, let state):
      return list(of: range.count) { list in state.engine.withLock { $0.choose(from: distribution, into: list) } }
    case .once(let drawAll):
      draws = .drawn(BatchIndices(.narrow(drawAll(count))))
      return draw(range)
    case .drawn(let all):
      return all.part(range)
    }
  }

  private func list(of count: Int, _ fill: (UnsafeMutableBufferPointer<UInt32>) -> Void) -> BatchIndices {
    let list = NDArray<UInt32>(uninitializedCount: count, recycler: recycler)
    fill(UnsafeMutableBufferPointer(start: list.start, count: count))
    return BatchIndices(.narrow(list))
  }
}
