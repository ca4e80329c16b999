extension BatchSequence {
  /// Count, mean, standard deviation, least and largest element over all batches, each an array.
  ///
  /// - Parameters:
  ///   - axis: Which elements are put together.
  ///   - progress: Is told how many samples are done.
  /// - Throws: `ReductionError`, `StatisticsError`, or what loading throws.
  public func statistics<Scalar: StatisticsScalar>(
    _ axis: StatisticsAxis = .overall, progress: (any ProgressObserver)? = nil
  ) throws -> Statistics<Scalar> where Batch == NDArray<Scalar> {
    try statistics(axis, progress: progress) { $0 }
  }

  /// The same of an array that is made from each batch: of one member of a tuple.
  ///
  /// - Parameters:
  ///   - axis: Which elements are put together.
  ///   - progress: Is told how many samples are done.
  ///   - array: Is called with each batch, in order.
  /// - Throws: `ReductionError`, `StatisticsError`, or what loading or `array` throws.
  public func statistics<Scalar: StatisticsScalar>(
    _ axis: StatisticsAxis = .overall, progress: (any ProgressObserver)? = nil,
    of array: (Batch) throws -> NDArray<Scalar>
  ) throws -> Statistics<Scalar> {
    var statistics = Statistics<Scalar>(axis)
    try forEachBatch(reportingTo: progress) { batch, _ in try statistics.add(array(batch)) }
    guard statistics.hasElements else { throw ReductionError.noSamples }
    return statistics
  }

  /// The covariance matrix of the columns of all batches, each an array.
  ///
  /// - Parameter progress: Is told how many samples are done.
  /// - Throws: `ReductionError`, `StatisticsError`, or what loading throws.
  public func covariance<Scalar: RealScalar>(
    progress: (any ProgressObserver)? = nil
  ) throws -> Covariance<Scalar> where Batch == NDArray<Scalar> {
    try covariance(progress: progress) { $0 }
  }

  /// The same of an array that is made from each batch: of one member of a tuple.
  ///
  /// - Parameters:
  ///   - progress: Is told how many samples are done.
  ///   - array: Is called with each batch, in order.
  /// - Throws: `ReductionError`, `StatisticsError`, or what loading or `array` throws.
  public func covariance<Scalar: RealScalar>(
    progress: (any ProgressObserver)? = nil, of array: (Batch) throws -> NDArray<Scalar>
  ) throws -> Covariance<Scalar> {
    var covariance = Covariance<Scalar>()
    try forEachBatch(reportingTo: progress) { batch, _ in try covariance.add(array(batch)) }
    guard covariance.sampleCount > 0 else { throw ReductionError.noSamples }
    return covariance
  }
}

extension NDArray where Scalar: StatisticsScalar {
  /// Count, mean, standard deviation, least and largest element.
  ///
  /// - Throws: `StatisticsError.noElements`, or `.noSuchAxis`.
  public func statistics(_ axis: StatisticsAxis = .overall) throws(StatisticsError) -> Statistics<Scalar> {
    var statistics = Statistics<Scalar>(axis)
    try statistics.add(self)
    guard statistics.hasElements else { throw .noElements }
    return statistics
  }
}
