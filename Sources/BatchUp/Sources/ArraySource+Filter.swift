extension ArraySource where S: PassSampler {
  /// The same source without the samples whose index `isIncluded` refuses. It is asked once for each sample, now.
  public func filter<E: Error>(
    _ isIncluded: (_ index: Int) throws(E) -> Bool
  ) throws(E) -> ArraySource<Batch, SubsetSampler, Failure> {
    var kept: [Int] = []
    for index in sampler.samples where try isIncluded(index) { kept.append(index) }
    return restricted(to: kept)
  }

  /// The same arrays with other samples, gone through as often as these.
  func restricted(to indices: [Int]) -> ArraySource<Batch, SubsetSampler, Failure> {
    ArraySource<Batch, SubsetSampler, Failure>(
      sampler: SubsetSampler(indices, repeats: sampler.repeats), dataFingerprint: dataFingerprint, stage: stage,
      load: load)
  }
}
