extension NumPyRandomState {
  /// `permutation(count)`: 0..<count in random order.
  ///
  /// - Precondition: `count` is in 0...2^32.
  public func permutation(of count: Int) -> [Int] {
    requirePermutable(count)
    return [Int](unsafeUninitializedCapacity: count) { list, initializedCount in
      engine.withLock { $0.permutation(into: list) }
      initializedCount = count
    }
  }

  /// `permutation(values)`: the values in random order.
  ///
  /// - Precondition: there are 2^32 values at most.
  @inlinable
  public func permutation<Element>(of values: [Element]) -> [Element] {
    permutation(of: values.count).map { values[$0] }
  }

  /// `permutation(array)`: the rows, along the first axis, in random order.
  ///
  /// - Precondition: the array has a first axis, and 2^32 rows at most.
  public func permutation<Scalar>(of array: NDArray<Scalar>) -> NDArray<Scalar> {
    precondition(array.rank > 0, "an array of rank 0 has no rows to permute")
    return array.batch(at: permutation(count: array.sampleCount))
  }

  /// `shuffle(values)`.
  ///
  /// - Precondition: there are 2^32 values at most.
  @inlinable
  public func shuffle<Element>(_ values: inout [Element]) {
    values = permutation(of: values)
  }

  /// `shuffle(array)`: the rows, along the first axis.
  ///
  /// - Precondition: the array has a first axis, and 2^32 rows at most.
  public func shuffle<Scalar>(_ array: inout NDArray<Scalar>) {
    array = permutation(of: array)
  }

  /// `permutation(count)` as a list of samples.
  func permutation(count: Int, recycler: StorageRecycler? = nil) -> BatchIndices {
    requirePermutable(count)
    let list = NDArray<UInt32>(uninitializedCount: count, recycler: recycler)
    engine.withLock { $0.permutation(into: UnsafeMutableBufferPointer(start: list.start, count: count)) }
    return BatchIndices(.narrow(list))
  }
}

extension NumPyRandomState {
  /// `choice(population, count, replace=replacing)`: numbers in 0..<population, each as likely as the others.
  ///
  /// - Precondition: with replacement, the population is not empty, unless `count` is 0; without, it is at least
  ///   `count`, and at most 2^32.
  /// - Complexity: O(count) with replacement, O(population) without.
  public func choice(from population: Int, count: Int, replacing: Bool = true) -> [Int] {
    requireChoice(population, count)
    if !replacing {
      precondition(count <= population, "there are no \(count) distinct numbers in 0..<\(population)")
      return Array(permutation(of: population).prefix(count))
    }
    precondition(count == 0 || population > 0, "there are no numbers in 0..<0")
    return count == 0 ? [] : integers(in: 0...population - 1, shape: [count]).scalars
  }

  /// `choice(population, count, replace=replacing, p=probabilities)`: numbers in 0..<population, with a probability for
  /// each.
  ///
  /// Without replacement, numbers are drawn one after another, each with the probabilities of those that are left.
  ///
  /// Throws for what NumPy refuses: not one probability for each number, one that is not a number or negative, a sum
  /// that is farther from 1 than 1.5e-8, and without replacement fewer positive ones than `count`.
  ///
  /// - Precondition: `count` is not negative, and the population at most 2^31.
  /// - Complexity: O(population + count) with replacement; as much for each round of draws without.
  public func choice(
    from population: Int, count: Int, replacing: Bool = true, probabilities: [Double]
  ) throws(ProbabilityError) -> [Int] {
    requireChoice(population, count)
    precondition(population <= 1 << 31, "weighted choice is from 2^31 numbers at most, not \(population)")
    try requireProbabilities(probabilities, count: population)
    let weights = NDArray(probabilities)
    if replacing {
      return engine.withLock { $0.choice(weights: weights, count: count) }.map(Int.init)
    }
    let positiveCount = probabilities.count { $0 > 0 }
    guard positiveCount >= count else { throw .tooFewPositive(expected: count, found: positiveCount) }
    return engine.withLock { $0.choiceWithoutReplacement(weights: weights, count: count) }
  }
}

extension MersenneTwister {
  fileprivate mutating func choice(weights: NDArray<Double>, count: Int) -> [UInt32] {
    let distribution = CumulativeDistribution(weights)
    return [UInt32](unsafeUninitializedCapacity: count) { list, initializedCount in
      choose(from: distribution, into: list)
      initializedCount = count
    }
  }

  /// `choice(weights.count, count, replace=False, p=weights)`, where `count` weights or more are above 0.
  ///
  /// In rounds, as NumPy draws: as many as are missing, of which each stays where it comes first; those that have come
  /// are left out of the next round.
  mutating func choiceWithoutReplacement(weights: NDArray<Double>, count: Int) -> [Int] {
    var weights = weights
    var found: [Int] = []
    found.reserveCapacity(count)
    while found.count < count {
      for drawn in choice(weights: weights, count: count - found.count).map(Int.init) where weights[drawn] > 0 {
        found.append(drawn)
        weights[drawn] = 0
      }
    }
    return found
  }
}

private func requirePermutable(_ count: Int) {
  precondition(count >= 0, "a count is not negative, unlike \(count)")
  precondition(count <= 1 << 32, "NumPy's permutation of more than 2^32 samples is not supported")
  requireMemory(for: count, byteCountEach: 8, "a permutation of \(count) numbers", advice: "permute fewer")
}

private func requireChoice(_ population: Int, _ count: Int) {
  precondition(population >= 0, "a population is not negative, unlike \(population)")
  precondition(count >= 0, "a count is not negative, unlike \(count)")
  requireMemory(for: count, byteCountEach: 8, "a choice of \(count) numbers", advice: "draw fewer at a time")
}
