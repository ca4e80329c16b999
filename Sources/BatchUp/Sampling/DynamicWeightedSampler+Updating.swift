extension DynamicWeightedSampler {
  /// Gives one sample another weight.
  ///
  /// - Throws: `WeightsError` where there is no such sample, or it cannot be a weight; nothing is changed then.
  /// - Complexity: O(log n) amortized. Up to 128 changes are put off until the sampler is asked for something, which then
  ///   takes O(log n) for each of them.
  public func update(_ index: Int, to weight: Double) throws(WeightsError) {
    try requireWeight(of: index, at: 0)
    try weight.requireUsable(at: 0)
    tree.withLock { $0.update(UInt32(truncatingIfNeeded: index), weight) }
  }

  /// Gives the samples at `indices` other weights, all at once; the last one to a sample that comes several times.
  ///
  /// - Throws: `WeightsError` where there is not one weight for each index, no such sample, or a weight that cannot be
  ///   one, naming the first position that is to blame; nothing is changed then.
  /// - Complexity: O(log n) for each index, and less than for one alone.
  @inlinable
  public func update(
    _ indices: some Sequence<Int>, to weights: some Sequence<some BinaryFloatingPoint>
  ) throws(WeightsError) {
    try update(Array(indices), weights.map { Double($0) })
  }

  @usableFromInline
  func update(_ indices: [Int], _ weights: [Double]) throws(WeightsError) {
    guard indices.count == weights.count else {
      throw .unequalCounts(indices: indices.count, weights: weights.count)
    }
    for (position, index) in indices.enumerated() {
      try requireWeight(of: index, at: position)
      try weights[position].requireUsable(at: position)
    }
    let narrow = indices.map { UInt32(truncatingIfNeeded: $0) }
    tree.withLock { $0.update(narrow, weights) }
  }

  private func requireWeight(of index: Int, at position: Int) throws(WeightsError) {
    guard index >= 0, index < weightCount else {
      throw .indexWithoutWeight(position: position, index: index, weightCount: weightCount)
    }
  }
}

extension DynamicWeightedSampler {
  /// All weights as they are now, for saving: a sampler that is made from them draws the same.
  ///
  /// - Complexity: O(n)
  public var weights: [Double] { tree.withLock { $0.withWeights(Array.init) } }

  /// The sum of all weights, up to rounding; infinite where it is too large for a Double.
  public var totalWeight: Double {
    let total = tree.withLock { $0.total() }
    return total.scaled / total.scale
  }

  /// The weight of one sample.
  ///
  /// - Precondition: the index is in 0..<weightCount.
  public func weight(of index: Int) -> Double {
    precondition(index >= 0 && index < weightCount, "sample \(index) is outside 0..<\(weightCount)")
    return tree.withLock { $0.withWeights { $0[index] } }
  }

  /// The probability with which a draw is this sample, w_i / sum of w; 0 where all weights are 0.
  ///
  /// Prioritized replay weighs losses by (n * p)^-beta.
  ///
  /// - Precondition: the index is in 0..<weightCount.
  public func probability(of index: Int) -> Double { probabilities(of: CollectionOfOne(index))[0] }

  /// The probabilities of some samples, all at one moment.
  ///
  /// - Precondition: the indices are in 0..<weightCount.
  public func probabilities(of indices: some Sequence<Int>) -> [Double] {
    let indices = Array(indices)
    for index in indices {
      precondition(index >= 0 && index < weightCount, "sample \(index) is outside 0..<\(weightCount)")
    }
    return tree.withLock { tree in
      let (total, scale) = tree.total()
      return tree.withWeights { weights in indices.map { total > 0 ? weights[$0] * scale / total : 0 } }
    }
  }
}
