/// Why a metric takes no batch or no other metric. Samples are counted from 0 in their batch.
public enum MetricError: Error, Hashable, Sendable {
  /// Elements are compared one by one, so that the shapes are the same; nothing is broadcast.
  case unequalShapes(predictions: [Int], targets: [Int])
  /// An array of rank 0 has no samples.
  case noSampleAxis
  /// Scores have an axis for samples and one for classes.
  case notRowsOfScores(shape: [Int])
  /// Labels have one axis, as long as the first of the scores.
  case wrongLabelShape(expected: [Int], found: [Int])
  /// A label is none of `0..<classCount`.
  case labelOutOfRange(sample: Int, label: Int32, classCount: Int)
  /// There are not as many classes as the label is to be among.
  case tooFewClasses(expected: Int, found: Int)
  /// The scores are of another number of classes than the metric.
  case wrongClassCount(expected: Int, found: Int)
  /// Metrics with other options are not merged.
  case differentSettings(expected: String, found: String)
}

extension MetricError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unequalShapes(let predictions, let targets):
      "the predictions have shape \(predictions), but the targets \(targets)"
    case .noSampleAxis: "the predictions have rank 0: there is no axis that counts samples"
    case .notRowsOfScores(let shape): "the scores have shape \(shape), not (samples, classes)"
    case .wrongLabelShape(let expected, let found): "the labels have shape \(found), not \(expected)"
    case .labelOutOfRange(let sample, let label, let classCount):
      "the label \(label) of sample \(sample) of the batch is outside 0..<\(classCount)"
    case .tooFewClasses(let expected, let found): "the scores are of \(found) classes, not of at least \(expected)"
    case .wrongClassCount(let expected, let found): "the scores are of \(found) classes, not of \(expected)"
    case .differentSettings(let expected, let found): "a metric of \(found) cannot be merged into one of \(expected)"
    }
  }
}

func requireSameSettings<Settings: Equatable>(_ expected: Settings, _ found: Settings) throws(MetricError) {
  guard expected == found else { throw .differentSettings(expected: "\(expected)", found: "\(found)") }
}
