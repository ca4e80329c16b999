import BatchUp
import Foundation
import Testing

/// States go through JSON; what comes out of a damaged one is an error or something that can be used without a trap.
@Suite struct MetricCodingTests {
  private static let extremes: [Double] = [
    0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan,
    1e-300, .pi,
  ]
  private static let replacements = [
    "-1", "0", "1", "1.5", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740992",
    "9007199254740993", "1e300", "null", "\"x\"", "[]", "{}",
  ]

  /// The text with each of its numbers replaced in turn.
  private func damaged(_ text: String) -> [String] {
    text.ranges(of: /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/).flatMap { range in
      Self.replacements.map { text.replacingCharacters(in: range, with: $0) }
    }
  }

  private func check<State: Codable & Equatable>(_ state: State, using body: (inout State, State) -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(state)
    let decoded = try JSONDecoder().decode(State.self, from: data)
    #expect(try encoder.encode(decoded) == data)  // also where a NaN is not equal to itself
    for text in damaged(String(decoding: data, as: UTF8.self)) {
      guard var state = try? JSONDecoder().decode(State.self, from: Data(text.utf8)) else { continue }
      body(&state, state)
    }
  }

  private func checkMetric<M: Metric>(_ metric: M, adding add: (inout M) throws -> Void) throws {
    try check(metric) { metric, other in
      _ = try? metric.value
      try? metric.merge(other)
      try? add(&metric)
      _ = (try? metric.value, metric.sampleCount)
    }
  }

  private static let scores = NDArray<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test func metricsOfClasses() throws {
    let labels = NDArray<Int32>([2, 0])
    func check<M: ClassificationMetric>(_ metric: M) throws {
      var metric = metric
      try metric.add(Self.scores, labels)
      try checkMetric(metric) { try $0.add(Self.scores, labels) }
    }
    try check(ErrorRate(ignoredLabel: 0))
    try check(TopKAccuracy(k: 2))
    try check(ConfusionMatrix(classCount: 3, ignoredLabel: -1))
    try check(MeanLoss.softmaxCrossEntropy(labelSmoothing: 0.25))
  }

  @Test(arguments: extremes)
  func metricsOfElements(extreme: Double) throws {
    let (values, weights) = (NDArray([extreme, 1]), NDArray([0.5, extreme]))
    for loss in [MeanLoss.squaredError(), .absoluteError(), .binaryCrossEntropy(), .logisticCrossEntropy()] {
      var loss = loss
      try loss.add(values, weights)
      try checkMetric(loss) { try $0.add(values, weights) }
    }
    var mean = WeightedMean()
    try mean.add(values, weights)
    try checkMetric(mean) { try $0.add(values, weights) }
  }

  @Test func statistics() throws {
    for axis in [StatisticsAxis.overall, .perColumn, .perChannel(axis: 1)] {
      let numbers = NDArray(Self.extremes, shape: [2, 5])
      let bytes = NDArray<UInt8>([0, 255, 3, 4, 5, 6], shape: [2, 3])
      try check(numbers.statistics(axis)) { use(&$0, $1, adding: numbers) }
      try check(bytes.statistics(axis)) { use(&$0, $1, adding: bytes) }
    }
  }

  private func use<Scalar>(
    _ statistics: inout Statistics<Scalar>, _ other: Statistics<Scalar>, adding batch: NDArray<Scalar>
  ) {
    try? statistics.merge(other)
    try? statistics.add(batch)
    _ = (statistics.means, statistics.standardDeviations, statistics.minima, statistics.maxima)
    _ = (0..<statistics.channelCount).map { statistics[$0].sampleStandardDeviation }
  }

  @Test func covariances() throws {
    func check<Scalar: RealScalar>(_ batch: NDArray<Scalar>) throws {
      var covariance = Covariance<Scalar>()
      try covariance.add(batch)
      try self.check(covariance) { covariance, other in
        try? covariance.merge(other)
        try? covariance.add(batch)
        _ = (covariance.means, covariance.matrix)
      }
    }
    try check(NDArray(Self.extremes, shape: [5, 2]))
    try check(Self.scores)
  }

  @Test func impossibleStatesAreRefused() throws {
    func refuses<State: Decodable>(_: State.Type, _ text: String) {
      #expect(throws: DecodingError.self, "\(text)") { try JSONDecoder().decode(State.self, from: Data(text.utf8)) }
    }
    refuses(ErrorRate.self, #"{"errorCount":0,"sampleCount":-1}"#)
    refuses(ErrorRate.self, #"{"errorCount":-1,"sampleCount":1}"#)
    refuses(ErrorRate.self, #"{"errorCount":1,"sampleCount":9007199254740993}"#)
    refuses(TopKAccuracy.self, #"{"k":0,"correctCount":0,"sampleCount":1}"#)
    refuses(TopKAccuracy.self, #"{"k":1,"correctCount":-1,"sampleCount":1}"#)
    refuses(ConfusionMatrix.self, #"{"classCount":1,"counts":[-1],"unclassifiedCounts":[1]}"#)
    refuses(ConfusionMatrix.self, #"{"classCount":1,"counts":[9007199254740992],"unclassifiedCounts":[1]}"#)
    refuses(ConfusionMatrix.self, #"{"classCount":0,"counts":[],"unclassifiedCounts":[]}"#)
    refuses(ConfusionMatrix.self, #"{"classCount":2,"counts":[0,0,0,0],"unclassifiedCounts":[0]}"#)
    refuses(SoftmaxCrossEntropy.self, #"{"labelSmoothing":1.5}"#)
    refuses(Covariance<Float>.self, #"{"sampleCount":-1,"sums":[],"products":[]}"#)
    let limit = #"{"errorCount":9007199254740992,"sampleCount":9007199254740992}"#
    #expect(try JSONDecoder().decode(ErrorRate.self, from: Data(limit.utf8)).value == 1)
  }
}
