extension BatchSequence {
  /// The values of several metrics of scores for classes over all batches.
  ///
  /// ```swift
  /// let (loss, errorRate) = try validation.batches(of: 256)
  ///   .evaluate(MeanLoss.softmaxCrossEntropy(), ErrorRate()) { x, y in (model(x), y) }
  /// ```
  ///
  /// - Parameters:
  ///   - metrics: What is measured; those that hold samples already go on from there.
  ///   - progress: Is told how many samples are done.
  ///   - results: The scores of a batch, of shape (samples, classes), and the labels.
  /// - Throws: `ReductionError`, `MetricError`, or what loading or `results` throws.
  @inlinable
  public func evaluate<Scalar: RealScalar, each M: ClassificationMetric>(
    _ metrics: repeat each M, progress: (any ProgressObserver)? = nil,
    of results: (Batch) throws -> (NDArray<Scalar>, NDArray<Int32>)
  ) throws -> (repeat (each M).Value) {
    let boxes = (repeat MetricBox(each metrics))
    try forEachBatch(reportingTo: progress) { batch, _ in
      let (scores, labels) = try results(batch)
      for box in repeat each boxes { try box.metric.add(scores, labels) }
    }
    return try (repeat (each boxes).metric.value)
  }

  /// The values of several metrics of predictions and targets over all batches.
  ///
  /// - Parameters:
  ///   - metrics: What is measured; those that hold samples already go on from there.
  ///   - progress: Is told how many samples are done.
  ///   - results: The predictions for a batch, and the targets, of the same shape.
  /// - Throws: `ReductionError`, `MetricError`, or what loading or `results` throws.
  @inlinable
  public func evaluate<Scalar: RealScalar, each M: ElementwiseMetric>(
    _ metrics: repeat each M, progress: (any ProgressObserver)? = nil,
    of results: (Batch) throws -> (NDArray<Scalar>, NDArray<Scalar>)
  ) throws -> (repeat (each M).Value) {
    let boxes = (repeat MetricBox(each metrics))
    try forEachBatch(reportingTo: progress) { batch, _ in
      let (predictions, targets) = try results(batch)
      for box in repeat each boxes { try box.metric.add(predictions, targets) }
    }
    return try (repeat (each boxes).metric.value)
  }
}
