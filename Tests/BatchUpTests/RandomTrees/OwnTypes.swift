import BatchUp

// The source, the sampler and the loader that a user defines, and the few places at which a user's code names protocols
// of sources.

typealias Rows = [[Int]]
typealias TreeSource<Failure: Error> = any BatchSource<Rows, Failure> & Sendable

/// A tree that cannot be checked, such as a choice among sources of generated batches of several types.
struct UnbuildableTree: Error {}

/// Another source as one that is `Sendable`, as all sources of trees are, which no cast can find out.
struct SendableSource<Base: InOrderSource>: InOrderSource, @unchecked Sendable {
  typealias Batch = Base.Batch
  typealias Failure = Base.Failure

  let base: Base

  var traits: SourceTraits { base.traits }

  func positions(over ranges: BatchRanges, order: SampleOrder) -> Base.Positions {
    base.positions(over: ranges, order: order)
  }

  func batch(at position: Base.Position, in context: BatchContext) throws(Failure) -> Batch {
    try base.batch(at: position, in: context)
  }
}

/// The indices of the samples of a batch.
func sampleIndices(_ position: some BatchPosition) -> Rows {
  (0..<position.sampleCount).map { position.sampleIndices(at: $0) }
}

/// All samples in descending order.
struct DescendingSampler: InOrderSampler {
  let count: Int
  let isSeekable: Bool
  let isCounted: Bool

  var sampleCount: SampleCount { isCounted ? .finite(count) : .unknown }

  func indices(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<BatchIndices> {
    var ranges = ranges.limited(to: count)
    return AnyIterator { [count] in ranges.next().map { BatchIndices($0.map { count - 1 - $0 }) } }
  }
}

/// Samples that a loader makes, some of which it cannot.
struct TreeLoader: SampleLoader {
  let id: Int
  let sampleCount: Int
  let unreadable: [Int]

  func batch(at indices: BatchIndices) throws(TreeError) -> Rows {
    if let index = indices.first(where: unreadable.contains) { throw .unreadable(100 * id + index) }
    return indices.map { [100 * id + $0] }
  }
}

/// Samples that are made and cannot fail.
struct RowArray: SampleArray {
  let id: Int
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> Rows { indices.map { [100 * id + $0] } }
}

/// A source of batches that alternate between full and half size.
struct UnevenSource<Failure: Error>: InOrderSource {
  typealias Batch = Rows

  let id: Int
  let count: Int

  var traits: SourceTraits {
    var traits = SourceTraits(sampleCount: .finite(count))
    traits.measuring = { [self] batchSize, _ in BatchLengths(batches(batchSize).map(\.count)) }
    return traits
  }

  func positions(over ranges: BatchRanges, order: SampleOrder) -> IndexingIterator<[BatchIndices]> {
    batches(ranges.batchSize).makeIterator()
  }

  func batch(at position: BatchIndices, in context: BatchContext) -> Rows { position.map { [100 * id + $0] } }

  private func batches(_ batchSize: Int) -> [BatchIndices] {
    var batches: [BatchIndices] = []
    var next = 0
    while next < count {
      let size = min(batches.count % 2 == 0 ? batchSize : max(batchSize / 2, 1), count - next)
      batches.append(BatchIndices(next..<next + size))
      next += size
    }
    return batches
  }
}
