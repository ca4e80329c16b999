/// The mean of a loss over all samples, accumulated batch by batch.
///
/// ```swift
/// var loss = MeanLoss.softmaxCrossEntropy()
/// for (x, y) in validation.batches(of: 256) { try loss.add(model(x), y) }
/// print(try loss.mean)
/// ```
///
/// The kernels add up the terms of a batch in Float64, and the sums of the batches are added without any error
/// (`ExactSum`). So the mean depends on what is in which batch only: not on the order of the batches, on how they are
/// shared among threads or ranks, or on the instruction set. With u = 2^-53, a batch's sum is within (512 + s) u of the
/// sum of its terms' magnitudes, s being its number of segments (of 1,048,576 elements, or 256 rows), and the mean is
/// rounded twice more: two ways of batching the same samples differ by at most 2 (514 + s) u of the mean magnitude.
///
/// A NaN among the inputs makes the mean NaN.
public struct MeanLoss<Loss: Sendable & Hashable & Codable>: Metric {
  /// What is averaged.
  public let loss: Loss
  /// The sum of the losses.
  public private(set) var sum = ExactSum()
  @CheckedCount public private(set) var sampleCount = 0
  /// What the sum is divided by: the number of elements, or of samples with a label that is not ignored.
  @CheckedCount public private(set) var termCount = 0

  init(_ loss: Loss) { self.loss = loss }

  public var value: Double {
    get throws(ReductionError) {
      guard termCount > 0 else { throw .noSamples }
      return sum.mean(over: termCount)
    }
  }

  public mutating func merge(_ other: MeanLoss) throws(MetricError) {
    try requireSameSettings(loss, other.loss)
    sum.merge(other.sum)
    sampleCount += other.sampleCount
    termCount += other.termCount
  }
}

/// A loss of each element of a prediction and its target.
public enum ElementwiseLoss: String, Sendable, Hashable, Codable {
  /// (x - y)^2 of a prediction x and its target y.
  case squaredError
  /// |x - y| of a prediction x and its target y.
  case absoluteError
  /// -(y log(x) + (1 - y) log(1 - x)) of a probability x and its target y; each logarithm is at least -100.
  case binaryCrossEntropy
  /// max(x, 0) - x y + log(1 + e^-|x|): the same of a logit x, whose probability is 1 / (1 + e^-x).
  case logisticCrossEntropy

  fileprivate var term: LossTerm {
    switch self {
    case .squaredError: .squaredError
    case .absoluteError: .absoluteError
    case .binaryCrossEntropy: .binaryCrossEntropy
    case .logisticCrossEntropy: .logisticCrossEntropy
    }
  }
}

/// The cross-entropy of the softmax of a sample's scores and its label.
public struct SoftmaxCrossEntropy: Sendable, Hashable, Codable {
  /// How much of the target is shared among all classes, from 0 to 1.
  public let labelSmoothing: Double
  /// The label of samples that do not count.
  public let ignoredLabel: Int32?

  private enum CodingKeys: CodingKey {
    case labelSmoothing, ignoredLabel
  }

  init(labelSmoothing: Double, ignoredLabel: Int32?) {
    self.labelSmoothing = labelSmoothing
    self.ignoredLabel = ignoredLabel
  }

  /// - Throws: `DecodingError` where the smoothing is not from 0 to 1.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    labelSmoothing = try container.decode(Double.self, forKey: .labelSmoothing)
    ignoredLabel = try container.decodeIfPresent(Int32.self, forKey: .ignoredLabel)
    guard (0...1).contains(labelSmoothing) else {
      throw DecodingError.dataCorruptedError(
        forKey: .labelSmoothing, in: container, debugDescription: "a label smoothing of \(labelSmoothing)")
    }
  }
}

extension MeanLoss where Loss == ElementwiseLoss {
  /// (x - y)^2 over all elements.
  public static func squaredError() -> MeanLoss { MeanLoss(.squaredError) }

  /// |x - y| over all elements.
  public static func absoluteError() -> MeanLoss { MeanLoss(.absoluteError) }

  /// -(y log(x) + (1 - y) log(1 - x)) over all elements, for probabilities x and targets y, both from 0 to 1. Each
  /// logarithm is at least -100, as in PyTorch. Within 1e-11 of its value; NaN where x is not from 0 to 1.
  public static func binaryCrossEntropy() -> MeanLoss { MeanLoss(.binaryCrossEntropy) }

  /// max(x, 0) - x y + log(1 + e^-|x|) over all elements: the same for logits x, whose probabilities are
  /// 1 / (1 + e^-x). Within 1e-11 of its value.
  public static func logisticCrossEntropy() -> MeanLoss { MeanLoss(.logisticCrossEntropy) }
}

extension MeanLoss: ElementwiseMetric where Loss == ElementwiseLoss {
  // They cost as much as the kernel of a few rows where the type is looked up anew for each batch.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public mutating func add<Scalar: RealScalar>(
    _ predictions: NDArray<Scalar>, _ targets: NDArray<Scalar>
  ) throws(MetricError) {
    try requireComparable(predictions, targets)
    sum.add(loss.term, predictions, targets)
    sampleCount += predictions.sampleCount
    termCount += predictions.count
  }
}

extension MeanLoss where Loss == SoftmaxCrossEntropy {
  /// log(sum of e^x over classes) - x[label] over all samples; with the smoothing a, (1 - a) x[label] + a (mean of x
  /// over classes) in place of x[label].
  ///
  /// With Float scores, the loss of a sample is within 1.4e-7 of its value, with Double within 1e-11, besides 2^-52 for
  /// each class. A score of minus infinity masks its class.
  ///
  /// - Precondition: `labelSmoothing` is in 0...1.
  public static func softmaxCrossEntropy(labelSmoothing: Double = 0, ignoredLabel: Int32? = nil) -> MeanLoss {
    precondition((0...1).contains(labelSmoothing), "a label smoothing of \(labelSmoothing), not from 0 to 1")
    return MeanLoss(SoftmaxCrossEntropy(labelSmoothing: labelSmoothing, ignoredLabel: ignoredLabel))
  }
}

extension MeanLoss: ClassificationMetric where Loss == SoftmaxCrossEntropy {
  // They cost as much as the kernel of a few rows where the type is looked up anew for each batch.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public mutating func add<Scalar: RealScalar>(
    _ scores: NDArray<Scalar>, _ labels: NDArray<Int32>
  ) throws(MetricError) {
    let batch = try LabelledScores(scores, labels, ignoredLabel: loss.ignoredLabel)
    let result = try batch.checked(batch.softmaxCrossEntropy(smoothing: loss.labelSmoothing))
    sum.add(result.sum)
    sampleCount += result.rowCount
    termCount += result.rowCount
  }
}
