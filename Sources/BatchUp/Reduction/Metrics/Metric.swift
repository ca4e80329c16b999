/// A figure that is accumulated batch by batch: a mean loss, an error rate, a confusion matrix.
///
/// A metric is a value. Those of parts of the data, from threads or from ranks, are merged in any order with the same
/// result to the last bit. They can be coded, to be sent or kept.
///
/// A batch that is refused with an error leaves a metric as it was.
public protocol Metric: Sendable, Equatable, Codable {
  /// The result; for means `Double`.
  associatedtype Value

  /// How many samples are in the result. Those with an ignored label are not.
  var sampleCount: Int { get }

  /// The result over all samples so far.
  ///
  /// - Throws: `ReductionError.noSamples`.
  var value: Value { get throws(ReductionError) }

  /// Adds what another metric has accumulated.
  ///
  /// - Throws: `MetricError.differentSettings` where the other one measures something else; nothing is added then.
  mutating func merge(_ other: Self) throws(MetricError)
}

extension Metric where Value == Double {
  /// The mean over all samples so far: the value.
  ///
  /// - Throws: `ReductionError.noSamples`.
  public var mean: Double {
    get throws(ReductionError) { try value }
  }
}

/// A metric of predictions and targets of the same shape.
public protocol ElementwiseMetric: Metric {
  /// Adds a batch, whose first axis counts samples.
  ///
  /// - Throws: `MetricError`; nothing is added then.
  mutating func add<Scalar: RealScalar>(_ predictions: NDArray<Scalar>, _ targets: NDArray<Scalar>) throws(MetricError)
}

/// A metric of scores for classes, and the classes that are right.
public protocol ClassificationMetric: Metric {
  /// Adds a batch of scores of shape (samples, classes) and as many labels from `0..<classes`, or ignored ones.
  ///
  /// - Throws: `MetricError`; nothing is added then.
  mutating func add<Scalar: RealScalar>(_ scores: NDArray<Scalar>, _ labels: NDArray<Int32>) throws(MetricError)
}

/// Holds a metric while several are accumulated, as a tuple of any length cannot be changed in place.
@usableFromInline
package final class MetricBox<M: Metric> {
  @usableFromInline package var metric: M

  @usableFromInline
  package init(_ metric: M) { self.metric = metric }
}
