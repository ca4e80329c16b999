import BatchUpSystem

/// How large the parts of a split are.
public enum SplitSizes: Sendable, Hashable {
  /// Shares of the samples, which add up to at most 1. Rounded so that the parts together have the sum of the shares.
  case fractions([Double])
  /// Numbers of samples, together at most as many as there are.
  case counts([Int])
}

extension ArraySource where S: PassSampler {
  /// Disjoint parts of this source, chosen at random, such as for training and validation.
  ///
  /// Each part has its samples in the order in which they lie here, and goes through them as often as this source does;
  /// where that has no end, only the first one, and the others, for validation and tests, once. What the sizes leave over
  /// is in no part.
  ///
  /// - Throws: `SplitError` where the sizes do not fit the samples, or a fraction above 0 leaves a part without any.
  public func split(
    _ sizes: SplitSizes, shuffle: Shuffle
  ) throws(SplitError) -> [ArraySource<Batch, SubsetSampler, Failure>] {
    let samples = sampler.samples
    let counts = try sizes.counts(of: samples.count)
    let order = try shuffle.makeSplit(of: samples.count)
    let parts = counts.enumerated().flatMap { part, count in repeatElement(part, count: count) }
    return split(Swift.zip(order, parts), partCount: counts.count)
  }

  /// Disjoint parts of this source, chosen at random within each class, so that each part has its share of every class.
  ///
  /// The sizes of the parts are exact; of each class, each part has less than two samples more or less than its exact
  /// share, and at most one where there are two parts and nothing is left over.
  ///
  /// - Parameters:
  ///   - sizes: How large the parts are.
  ///   - labels: The class of every sample of the arrays, by its index.
  ///   - shuffle: Chooses the samples.
  /// - Throws: `SplitError` where the sizes do not fit the samples, or there is not one label for each sample of the
  ///   arrays.
  public func split<Labels: RandomAccessCollection>(
    _ sizes: SplitSizes, stratifiedBy labels: Labels, shuffle: Shuffle
  ) throws(SplitError) -> [ArraySource<Batch, SubsetSampler, Failure>]
  where Labels.Element: Hashable, Labels.Index == Int {
    let samples = sampler.samples
    let counts = try sizes.counts(of: samples.count)
    let positions = try classes(by: labels, shuffle: shuffle)
    let left = samples.count - counts.reduce(0, +)
    let parts = evenlySpread(counts + [left])
    return split(Swift.zip(positions.joined(), parts), partCount: counts.count)
  }

  /// As with labels in a Swift array.
  public func split<Label: Hashable>(
    _ sizes: SplitSizes, stratifiedBy labels: NDArray<Label>, shuffle: Shuffle
  ) throws(SplitError) -> [ArraySource<Batch, SubsetSampler, Failure>] {
    guard labels.rank == 1 else { throw .labelsNotAList(shape: labels.shape) }
    return try split(sizes, stratifiedBy: labels.scalars, shuffle: shuffle)
  }

  func split(
    _ assignments: some Sequence<(Int, Int)>, partCount: Int
  ) -> [ArraySource<Batch, SubsetSampler, Failure>] {
    var parts = [[Int]](repeating: [], count: partCount)
    for (position, part) in assignments where part < partCount { parts[part].append(position) }
    return parts.enumerated().map { part, positions in
      restricted(
        to: positions.sorted().map { sampler.samples[$0] },
        repeats: part > 0 && sampler.repeats == .forever ? .times(1) : nil)
    }
  }
}

extension ArraySource where S: PassSampler {
  /// The positions of the samples of each class, in random order.
  func classes<Labels: RandomAccessCollection>(
    by labels: Labels, shuffle: Shuffle
  ) throws(SplitError) -> [[Int]] where Labels.Element: Hashable, Labels.Index == Int {
    let samples = sampler.samples
    guard labels.count == arrayCount else { throw .unequalLabelCount(expected: arrayCount, found: labels.count) }
    var classes: [Labels.Element: Int] = [:]
    var positions: [[Int]] = []
    for position in try shuffle.makeSplit(of: samples.count) {
      let label = labels[labels.startIndex + samples[position]]
      if let known = classes[label] {
        positions[known].append(position)
      } else {
        classes[label] = positions.count
        positions.append([position])
      }
    }
    return positions
  }
}

extension Shuffle {
  /// A permutation of 0..<count that has nothing to do with the orders that the same seed gives an iteration.
  func makeSplit(of count: Int) throws(SplitError) -> BatchIndices {
    // The order, and the numbers of the samples in the parts, first of the order and then of the parts.
    let byteCount = count.multipliedSaturating(by: shuffleByteCount(for: count) + 16)
    guard byteCount < 256 << 20 || fitsIntoMemory(byteCount: byteCount) else {
      throw .notEnoughMemory(sampleCount: count, byteCount: byteCount)
    }
    return makeOrder().ofSplit.permutation(count: count, pass: 0, recycler: StorageRecycler())
  }
}

extension SplitSizes {
  func counts(of sampleCount: Int) throws(SplitError) -> [Int] {
    switch self {
    case .counts(let counts):
      for (part, count) in counts.enumerated() where count < 0 { throw .negativeCount(part: part, count: count) }
      let total = counts.reduce(0) { sum, count in sum > .max - count ? .max : sum + count }
      guard total <= sampleCount else { throw .tooManySamples(expected: sampleCount, found: total) }
      return counts
    case .fractions(let fractions):
      for (part, fraction) in fractions.enumerated() where !(0...1).contains(fraction) {
        throw .fractionOutOfRange(part: part, fraction: fraction)
      }
      let sum = fractions.reduce(0, +)
      guard sum <= 1 + 1e-9 else { throw .fractionsAboveOne(sum: sum) }
      let counts = largestRemainders(
        fractions, total: Int((min(sum, 1) * Double(sampleCount)).rounded()), of: sampleCount)
      for part in counts.indices where counts[part] == 0 && fractions[part] > 0 {
        throw .emptyPart(part: part, sampleCount: sampleCount)
      }
      return counts
    }
  }
}

/// Whole numbers near to fractions of a count, with the given sum: rounded down, and those with the largest remainders
/// up.
private func largestRemainders(_ fractions: [Double], total: Int, of sampleCount: Int) -> [Int] {
  let quotas = fractions.map { $0 * Double(sampleCount) }
  var counts = quotas.map { Int($0) }
  let byRemainder = quotas.indices.sorted {
    (Double(counts[$0]) - quotas[$0], $0) < (Double(counts[$1]) - quotas[$1], $1)
  }
  for part in byRemainder.prefix(max(total - counts.reduce(0, +), 0)) { counts[part] += 1 }
  return counts
}
