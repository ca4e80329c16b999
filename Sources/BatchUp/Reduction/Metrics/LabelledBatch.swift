/// A batch of scores and labels whose shapes fit.
struct LabelledBatch<Scalar: RealScalar> {
  private let scores: NDArray<Scalar>
  private let labels: NDArray<Int32>
  private let ignoredLabel: Int32?

  init(_ scores: NDArray<Scalar>, _ labels: NDArray<Int32>, ignoredLabel: Int32?) throws(MetricError) {
    guard scores.rank == 2 else { throw .notRowsOfScores(shape: scores.shape) }
    // Not by their shapes, which would be made anew for each batch.
    guard labels.rank == 1, labels.sampleCount == scores.sampleCount else {
      throw .wrongLabelShape(expected: [scores.sampleCount], found: labels.shape)
    }
    self.scores = scores
    self.labels = labels
    self.ignoredLabel = ignoredLabel
  }

  var classCount: Int { scores.rowLength }
  var sampleCount: Int { scores.sampleCount }

  func label(at sample: Int) -> Int32 { labels[sample] }

  /// Calls a kernel that checks the labels.
  func sum(_ kernel: (LabelledScores<Scalar>, inout RowSum) -> Int) throws(MetricError) -> RowSum {
    var result = RowSum()
    let valid = withScores { kernel($0, &result) }
    try requireValid(valid)
    return result
  }

  /// The class with the largest score of each sample; -1 where there is a NaN.
  func largestClasses() throws(MetricError) -> [Int32] {
    try requireValid(withScores { $0.validLabelCount() })
    return [Int32](unsafeUninitializedCapacity: sampleCount) { classes, filled in
      if let start = classes.baseAddress { withScores { $0.writeLargestClasses(to: start) } }
      filled = sampleCount
    }
  }

  private func requireValid(_ valid: Int) throws(MetricError) {
    guard valid == sampleCount else {
      throw .labelOutOfRange(sample: valid, label: labels[valid], classCount: classCount)
    }
  }

  private func withScores<Result>(_ body: (LabelledScores<Scalar>) -> Result) -> Result {
    scores.withUnsafeBufferPointer { scores in
      labels.withUnsafeBufferPointer { labels in
        body(LabelledScores(scores: scores, labels: labels, classCount: classCount, ignoredLabel: ignoredLabel))
      }
    }
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
