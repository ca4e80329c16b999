/// What a model of a cross-validation learns from, and what it is tested with.
public typealias Fold<Batch, Failure: Error> = (
  training: ArraySource<Batch, SubsetSampler, Failure>, validation: ArraySource<Batch, SubsetSampler, Failure>
)

extension ArraySource where S: PassSampler {
  /// Folds for a cross-validation: each sample is in the validation part of one fold and the training parts of the
  /// others. Parts have their samples in the order in which they lie here, and go through them as often; the validation
  /// parts once where this source has no end.
  ///
  /// The sizes of the validation parts differ by at most 1, the first being the larger ones.
  ///
  /// - Throws: `SplitError` where there are more folds than samples, or fewer than two.
  public func folds(_ count: Int, shuffle: Shuffle) throws(SplitError) -> [Fold<Batch, Failure>] {
    try requireFolds(count)
    return dealt(try shuffle.makeSplit(of: sampler.samples.count), count)
  }

  /// As `folds(_:shuffle:)`, where also the numbers of samples of each class differ by at most 1 between the validation
  /// parts.
  ///
  /// - Parameters:
  ///   - count: How many folds there are.
  ///   - labels: The class of every sample of the arrays, by its index.
  ///   - shuffle: Which samples of a class come into which part.
  /// - Throws: `SplitError` where there are more folds than samples, fewer than two, or not one label for each sample of
  ///   the arrays.
  public func folds<Labels: RandomAccessCollection>(
    _ count: Int, stratifiedBy labels: Labels, shuffle: Shuffle
  ) throws(SplitError) -> [Fold<Batch, Failure>] where Labels.Element: Hashable, Labels.Index == Int {
    try requireFolds(count)
    return try dealt(classes(by: labels, shuffle: shuffle).joined(), count)
  }

  /// As with labels in a Swift array.
  public func folds<Label: Hashable>(
    _ count: Int, stratifiedBy labels: NDArray<Label>, shuffle: Shuffle
  ) throws(SplitError) -> [Fold<Batch, Failure>] {
    guard labels.rank == 1 else { throw .labelsNotAList(shape: labels.shape) }
    return try folds(count, stratifiedBy: labels.scalars, shuffle: shuffle)
  }

  /// As `folds(_:shuffle:)`, where all samples of a group are in the same validation part.
  ///
  /// The largest groups are placed first, each where the fewest samples are: sizes differ by at most that of the largest
  /// group, and no part is empty.
  ///
  /// - Parameters:
  ///   - count: How many folds there are.
  ///   - groups: The group of every sample of the arrays, by its index.
  ///   - shuffle: Which of equally large groups come into which part.
  /// - Throws: `SplitError` where there are more folds than samples or groups, fewer than two, or not one group for each
  ///   sample of the arrays.
  public func folds<Groups: RandomAccessCollection>(
    _ count: Int, groupedBy groups: Groups, shuffle: Shuffle
  ) throws(SplitError) -> [Fold<Batch, Failure>] where Groups.Element: Hashable, Groups.Index == Int {
    try requireFolds(count)
    let members = try classes(by: groups, shuffle: shuffle)
    guard count <= members.count else { throw .tooFewGroups(expected: count, found: members.count) }
    return folds(placed(members, goals: Array(repeating: 0, count: count)), count)
  }

  /// As with groups in a Swift array.
  public func folds<Group: Hashable>(
    _ count: Int, groupedBy groups: NDArray<Group>, shuffle: Shuffle
  ) throws(SplitError) -> [Fold<Batch, Failure>] {
    guard groups.rank == 1 else { throw .labelsNotAList(shape: groups.shape) }
    return try folds(count, groupedBy: groups.scalars, shuffle: shuffle)
  }

  private func requireFolds(_ count: Int) throws(SplitError) {
    guard count >= 2 else { throw .tooFewFolds(found: count) }
    let sampleCount = sampler.samples.count
    guard count <= sampleCount else { throw .tooManyFolds(expected: sampleCount, found: count) }
  }

  /// One position after the other to the folds in turn.
  private func dealt(_ positions: some Sequence<Int>, _ count: Int) -> [Fold<Batch, Failure>] {
    folds(positions.enumerated().map { ($1, $0 % count) }, count)
  }

  private func folds(_ assignments: [(Int, Int)], _ count: Int) -> [Fold<Batch, Failure>] {
    requireMemory(
      for: count.multipliedSaturating(by: assignments.count), byteCountEach: shuffleByteCount(for: assignments.count),
      "\(count) folds of \(assignments.count) samples", advice: "use fewer folds")
    return (0..<count).map { fold in
      let parts = split(assignments.map { ($0, $1 == fold ? 1 : 0) }, partCount: 2)
      return (training: parts[0], validation: parts[1])
    }
  }
}
