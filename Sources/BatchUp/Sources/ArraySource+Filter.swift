extension ArraySource where S: PassSampler {
  /// The same source without the samples whose index `isIncluded` refuses. It is asked once for each sample, now.
  public func filter<E: Error>(
    _ isIncluded: (_ index: Int) throws(E) -> Bool
  ) throws(E) -> ArraySource<Batch, SubsetSampler, Failure> {
    var kept: [Int] = []
    for index in sampler.samples where try isIncluded(index) { kept.append(index) }
    return restricted(to: kept)
  }

  /// The same arrays with other samples, with as many passes as these have unless `repeats` says otherwise.
  func restricted(to indices: [Int], repeats: Repetition? = nil) -> ArraySource<Batch, SubsetSampler, Failure> {
    ArraySource<Batch, SubsetSampler, Failure>(
      sampler: SubsetSampler(indices, repeats: repeats ?? sampler.repeats), arrayCount: arrayCount,
      dataFingerprint: dataFingerprint, stage: stage, load: load)
  }
}

extension ArraySource where S: PassSampler {
  /// The samples of one pass in order, by their places in the arrays: those of a part of a split, of a fold, of a filter or
  /// of a subset.
  public var indices: BatchIndices { sampler.samples }

  /// The samples of one pass, drawn at random such that each class that is present among them comes equally often: with
  /// `WeightedSampler.balancingWeights(forClasses:)`.
  ///
  /// - Parameters:
  ///   - classes: The class of every sample of the arrays, by its index.
  ///   - replacing: Whether a sample that has been drawn may be drawn again.
  ///   - count: The number of draws in an epoch; nil for no end, or, without replacement, for each sample once.
  /// - Throws: `SourceError` where there are not as many classes as the arrays have samples; `WeightsError` where there is
  ///   no sample.
  /// - Precondition: `count` is not negative.
  public func balanced(
    by classes: some Collection<some BinaryInteger>, replacing: Bool = true, count: Int? = nil
  ) throws -> ArraySource<Batch, WeightedSampler, Failure> {
    try requireSampleCount(classes.count, of: arrayCount)
    return ArraySource<Batch, WeightedSampler, Failure>(
      sampler: try WeightedSampler(
        balancingClasses: classes, over: sampler.samples, replacing: replacing, count: count),
      arrayCount: arrayCount, dataFingerprint: dataFingerprint, stage: stage, load: load)
  }

  /// As with classes in a Swift array.
  public func balanced(
    by classes: NDArray<some BinaryInteger>, replacing: Bool = true, count: Int? = nil
  ) throws -> ArraySource<Batch, WeightedSampler, Failure> {
    guard classes.rank == 1 else { throw WeightsError.notAList(shape: classes.shape) }
    return try balanced(by: classes.scalars, replacing: replacing, count: count)
  }
}
