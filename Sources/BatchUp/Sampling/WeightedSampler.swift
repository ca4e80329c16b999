/// Draws samples at random, each with a probability proportional to its weight.
///
/// ```swift
/// let sampler = try WeightedSampler(weights: weights)                            // endless, with replacement
/// let epoch = try WeightedSampler(weights: weights, count: 50_000)               // 50,000 draws with replacement
/// let once = try WeightedSampler(weights: weights, replacing: false)             // each sample once
/// let balanced = try WeightedSampler(balancingClasses: labels)                   // each class equally often
/// ```
///
/// With replacement, every draw is independent of the others, and there is no end unless a count is given. Without, an
/// epoch is what successive draws from the samples that are left would give: no sample comes twice, and heavier ones
/// tend to come earlier; it ends when `count` samples have been drawn, or all whose weight is above 0.
///
/// A sample of weight 0 is never drawn. Weights may be of any scale, from the least number of their type to the largest,
/// also beside each other, and their sum larger than any number. A table for the draws (8 bytes a sample; 12 to 16
/// for NumPy's order) is built when an iteration first needs it, and shared by all copies of the sampler; a draw then
/// takes time O(1).
///
/// The samples have no order of their own, so that `batches(of:)` takes a `shuffle:`. In the order of a seed, draw d of
/// an epoch is a pure function of the weights, the seed, the epoch and d, whatever the batch size. In NumPy's order,
/// draws with replacement are those of Python BatchUp 0.2.3, and an epoch without, which it does not have, is
/// `RandomState.choice(n, count, replace=False, p=weights / weights.sum())`.
public struct WeightedSampler: Sampler {
  private let tables: any WeightTables
  /// The samples that the weights belong to.
  private let samples: BatchIndices
  /// The number of samples that the arrays have; nil where only the indices tell.
  private let arrayCount: Int?
  private let replacing: Bool
  /// The number of draws in an epoch; nil for no end.
  private let count: Int?

  init(
    _ weights: NDArray<some KernelWeight>, over indices: BatchIndices?, of arrayCount: Int? = nil, replacing: Bool,
    count: Int?
  ) throws(WeightsError) {
    if let count { precondition(count >= 0, "the number of draws is not negative, not \(count)") }
    guard weights.rank == 1 else { throw .notAList(shape: weights.shape) }
    samples = indices ?? BatchIndices(0..<weights.count)
    guard samples.count == weights.count else {
      throw .unequalCounts(indices: samples.count, weights: weights.count)
    }
    self.arrayCount = arrayCount ?? (indices == nil ? weights.count : nil)
    tables = try CheckedWeights(weights, numPyKeepsType: indices != nil)
    self.replacing = replacing
    self.count = replacing ? count : try tables.epochCount(wanted: count)
  }

  public var sampleCount: SampleCount { count.map(SampleCount.finite) ?? .infinite }

  public var isSeekable: Bool { true }

  /// - Precondition: the order is not `.inOrder`.
  public func indices(over ranges: BatchRanges, order: SampleOrder) -> WeightedIterator {
    WeightedIterator(over: samples, draws: draws(order), count: sampleCount.end, ranges: ranges)
  }

  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint(sampleCount)
    fingerprint.combine(replacing ? 1 : 0)
    fingerprint.combine(samples.fingerprint)
    fingerprint.combine(tables.fingerprint)
    return fingerprint
  }

  public func validate(forSampleCount count: Int) throws(SourceError) {
    if let arrayCount { try requireSampleCount(arrayCount, of: count) }
    try samples.requireSamples(below: count)
  }

  private func draws(_ order: SampleOrder) -> WeightedDraws {
    switch order {
    case .inOrder: preconditionFailure("weighted samples have no order of their own: shuffle them")
    case .shuffled(let key) where replacing: .seeded(tables.aliasTable(), seed: weightedSeed(key))
    case .shuffled(let key): .once { [tables] in tables.drawOnce(count: $0, seed: weightedSeed(key)) }
    case .numPy(let state) where replacing: .numPy(tables.distribution(), state)
    case .numPy(let state): .once { [tables] in tables.drawOnce(count: $0, from: state) }
    }
  }
}

extension WeightTables {
  /// How many samples an epoch without replacement draws.
  fileprivate func epochCount(wanted: Int?) throws(WeightsError) -> Int {
    let available = positiveCount
    let count = wanted ?? available
    guard count <= available else { throw .tooFewPositive(expected: count, found: available) }
    return count
  }
}
