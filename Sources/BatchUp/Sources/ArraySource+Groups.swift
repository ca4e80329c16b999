extension ArraySource where S: PassSampler {
  /// Disjoint parts of this source of which no two have samples of the same group, such as those of one patient.
  ///
  /// Groups are whole, so that sizes are goals: the largest groups are placed first, each where most is missing. No part
  /// has as many samples above its goal as the largest group has. What the sizes leave over is a part, too, that is not
  /// returned.
  ///
  /// - Parameters:
  ///   - sizes: How large the parts should be.
  ///   - groups: The group of every sample of the arrays, by its index.
  ///   - shuffle: Chooses among groups of the same size.
  /// - Throws: `SplitError` where the sizes do not fit the samples, there is not one group for each sample of the arrays,
  ///   or a part that should have samples has none, as may happen to a small one beside large groups.
  public func split<Groups: RandomAccessCollection>(
    _ sizes: SplitSizes, groupedBy groups: Groups, shuffle: Shuffle
  ) throws(SplitError) -> [ArraySource<Batch, SubsetSampler, Failure>]
  where Groups.Element: Hashable, Groups.Index == Int {
    let counts = try sizes.counts(of: sampler.samples.count)
    let members = try classes(by: groups, shuffle: shuffle)
    let wanted = counts.count { $0 > 0 }
    guard wanted <= members.count else { throw .tooFewGroups(expected: wanted, found: members.count) }
    let left = sampler.samples.count - counts.reduce(0, +)
    let assignments = placed(members, goals: counts + [left])
    let filled = Set(assignments.map(\.1))
    for part in counts.indices where counts[part] > 0 && !filled.contains(part) {
      throw .emptyPart(part: part, sampleCount: sampler.samples.count)
    }
    return split(assignments, partCount: counts.count)
  }

  /// As with groups in a Swift array.
  public func split<Group: Hashable>(
    _ sizes: SplitSizes, groupedBy groups: NDArray<Group>, shuffle: Shuffle
  ) throws(SplitError) -> [ArraySource<Batch, SubsetSampler, Failure>] {
    guard groups.rank == 1 else { throw .labelsNotAList(shape: groups.shape) }
    return try split(sizes, groupedBy: groups.scalars, shuffle: shuffle)
  }
}

/// Each position with the part that its group goes to: the largest first, each to the part that misses most.
func placed(_ groups: [[Int]], goals: [Int]) -> [(Int, Int)] {
  var missing = goals
  let largestFirst = groups.indices.sorted { (-groups[$0].count, $0) < (-groups[$1].count, $1) }
  return largestFirst.flatMap { group in
    let part = missing.indices.max { (missing[$0], -$0) < (missing[$1], -$1) } ?? 0
    missing[part] -= groups[group].count
    return groups[group].map { ($0, part) }
  }
}
