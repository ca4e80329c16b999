extension LabelledScores {
  /// Scores and labels of a batch, whose shapes fit.
  init(_ scores: NDArray<Scalar>, _ labels: NDArray<Int32>, ignoredLabel: Int32?) throws(MetricError) {
    guard scores.rank == 2 else { throw .notRowsOfScores(shape: scores.shape) }
    // Not by their shapes, which would be made anew for each batch.
    guard labels.rank == 1, labels.sampleCount == scores.sampleCount else {
      throw .wrongLabelShape(expected: [scores.sampleCount], found: labels.shape)
    }
    self.init(scores: scores, labels: labels, ignoredLabel: ignoredLabel)
  }

  /// What a kernel has made, where all labels are valid.
  func checked<Result>(_ result: (Result, validCount: Int)) throws(MetricError) -> Result {
    guard result.validCount == sampleCount else {
      let sample = result.validCount
      throw .labelOutOfRange(sample: sample, label: labels[sample], classCount: classCount)
    }
    return result.0
  }
}

/// Shapes of predictions and targets that are compared element by element.
func requireComparable<Scalar>(_ predictions: NDArray<Scalar>, _ targets: NDArray<Scalar>) throws(MetricError) {
  guard
    predictions.rank == targets.rank, predictions.sampleCount == targets.sampleCount,
    predictions.rowShape == targets.rowShape
  else {
    throw .unequalShapes(predictions: predictions.shape, targets: targets.shape)
  }
  guard predictions.rank > 0 else { throw .noSampleAxis }
}
