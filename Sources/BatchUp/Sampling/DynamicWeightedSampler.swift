import BatchUpSystem

/// Draws samples at random, with replacement, each with a probability proportional to its weight at that time: weights
/// that a training loop changes while it goes, for hard examples or prioritized replay.
///
/// ```swift
/// let sampler = try DynamicWeightedSampler(weights: repeatElement(1.0, count: n))
/// let source = try ArraySource(trainX, trainY, sampler: sampler).indexed()
/// for (indices, (x, y)) in source.batches(of: 64, shuffle: .seed(12345)).prefix(1000) {
///   try sampler.update(indices, to: losses(x, y))
/// }
/// ```
///
/// A reference: all copies of a source draw by the same weights. Any thread may change or read them; a batch is drawn
/// by the weights of one moment, that at which its indices are drawn. Workers draw ahead: batches that are already
/// prepared or on their way do not know of later updates. While all weights are 0, the next batch is the end.
///
/// Weights may be of any scale, and their sum larger than any Double, near which each crossing of the largest Double
/// takes time O(n). Else a draw and an update take time O(log n). 8 bytes times 2.14 a sample are kept. Draw d of an epoch is a pure function
/// of the weights at that time, the seed, the epoch and d, whatever the batch size, and whatever the weights were before:
/// sums are computed anew, so that no errors add up. Probabilities are exact up to a total variation distance of 2^-42;
/// a weight below about 2^-50 of the sum may never come, and a weight of 0 never does. Under NumPy's generator, which
/// has no such draws, one number is drawn from it for a seed, when the first batch is asked for.
///
/// An iteration that is resumed, or shared among ranks, goes on with the next draw; the weights are the caller's to keep,
/// and to give to all ranks alike.
///
/// The samples have no order of their own, so that `batches(of:)` takes a `shuffle:`.
public final class DynamicWeightedSampler: Sampler {
  let tree: Guarded<WeightTree>
  /// The number of weights, and of the samples that they belong to.
  public let weightCount: Int
  private let drawCount: Int?

  /// A sampler that starts with these weights.
  ///
  /// - Parameters:
  ///   - weights: One for each sample, finite and not negative, of any scale; all may be 0.
  ///   - count: The number of draws in an epoch; nil for no end.
  /// - Throws: `WeightsError` where there are none, too many, or the first that cannot be used.
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(n)
  @inlinable
  public convenience init(
    weights: some Sequence<some BinaryFloatingPoint>, count: Int? = nil
  ) throws(WeightsError) {
    try self.init(checking: weights.map { Double($0) }, count: count)
  }

  @usableFromInline
  init(checking weights: [Double], count: Int?) throws(WeightsError) {
    if let count { precondition(count >= 0, "the number of draws is not negative, not \(count)") }
    if weights.isEmpty { throw .empty }
    guard weights.count <= Int(UInt32.max) else { throw .tooMany(limit: Int(UInt32.max), found: weights.count) }
    for (position, weight) in weights.enumerated() { try weight.requireUsable(at: position) }
    tree = Guarded(WeightTree(weights))
    weightCount = weights.count
    drawCount = count
  }

  public var sampleCount: SampleCount { drawCount.map(SampleCount.finite) ?? .infinite }

  public var isSeekable: Bool { true }

  /// - Precondition: the order is not `.inOrder`.
  public func indices(over ranges: BatchRanges, order: SampleOrder) -> DynamicWeightedIterator {
    DynamicWeightedIterator(tree: tree, order: order, ranges: ranges.limited(to: sampleCount.end))
  }

  /// The weights are not part of it, since they change while states are taken.
  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint(sampleCount)
    fingerprint.combine(weightCount)
    return fingerprint
  }

  public func validate(forSampleCount count: Int) throws(SourceError) {
    try requireSampleCount(weightCount, of: count)
  }
}

extension Double {
  /// Throws where this cannot be a weight that changes.
  func requireUsable(at position: Int) throws(WeightsError) {
    if isNaN { throw .notANumber(position: position) }
    if self < 0 { throw .negative(position: position, value: self) }
    if isInfinite { throw .infinite(position: position) }
  }
}

/// Lists of indices of samples that are drawn by weights of the moment.
public struct DynamicWeightedIterator: IteratorProtocol {
  private let tree: Guarded<WeightTree>
  private let order: SampleOrder
  private var seed: UInt64?
  private var ranges: BatchRanges
  private let recycler = StorageRecycler()

  init(tree: Guarded<WeightTree>, order: SampleOrder, ranges: BatchRanges) {
    if case .inOrder = order { preconditionFailure("weighted samples have no order of their own: shuffle them") }
    self.tree = tree
    self.order = order
    self.ranges = ranges
  }

  public mutating func next() -> BatchIndices? {
    guard let range = ranges.next() else { return nil }
    let drawn = draw(range)
    if drawn == nil { ranges = ranges.limited(to: 0) }
    return drawn
  }

  /// Nil where all weights are 0.
  private mutating func draw(_ range: Range<Int>) -> BatchIndices? {
    requireMemory(forBatchOf: range.count)
    let seed = seed ?? order.drawnSeed()
    self.seed = seed
    let list = NDArray<UInt32>(uninitializedCount: range.count, recycler: recycler)
    let isDrawn = tree.withLock { tree in
      guard tree.total().scaled > 0 else { return false }
      tree.draw(
        first: range.lowerBound, seed: seed, into: UnsafeMutableBufferPointer(start: list.start, count: range.count))
      return true
    }
    return isDrawn ? BatchIndices(.narrow(list)) : nil
  }
}

extension SampleOrder {
  /// The seed of numbers that a sampler draws in a way of its own.
  fileprivate func drawnSeed() -> UInt64 {
    switch self {
    case .inOrder: 0
    case .shuffled(let key): samplerSeed(key)
    case .numPy(let state): state.next()
    }
  }
}
