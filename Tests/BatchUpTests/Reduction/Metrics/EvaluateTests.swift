import BatchUp
import Testing

@Suite struct EvaluateTests {
  private static let count = 1000
  private static let scores: NDArray<Float> = {
    var generator = SeededGenerator(seed: 6)
    return NDArray((0..<count * 10).map { _ in Float.random(in: -3...3, using: &generator) }, shape: [count, 10])
  }()
  private static let labels = NDArray((0..<count).map { Int32($0 % 10) })

  @Test func severalMetricsInOneLine() throws {
    let source = try ArraySource(Self.scores, Self.labels)
    let (loss, errorRate, top, matrix) = try source.batches(of: 64).evaluate(
      MeanLoss.softmaxCrossEntropy(), ErrorRate(), TopKAccuracy(k: 3), ConfusionMatrix(classCount: 10)
    ) { scores, labels in (scores, labels) }
    var expected = MeanLoss.softmaxCrossEntropy()
    for (scores, labels) in source.batches(of: 64) { try expected.add(scores, labels) }
    #expect(try loss == expected.mean)
    #expect(errorRate > 0.8 && errorRate < 1 && top > 0.2 && top < 0.4)
    #expect(try abs(matrix.accuracy + errorRate - 1) < 1e-15)

    let alone = try source.batches(of: 64).evaluate(ErrorRate()) { scores, labels in (scores, labels) }
    #expect(alone == errorRate)
    let (squared, absolute) = try ArraySource(Self.scores, Self.scores).batches(of: 10).evaluate(
      MeanLoss.squaredError(), MeanLoss.absoluteError()
    ) { x, y in (x.map { $0 + 1 }, y) }
    #expect(abs(squared - 1) < 1e-6 && abs(absolute - 1) < 1e-6)
  }

  @Test func metricsGoOnFromWhereTheyAre() throws {
    var errorRate = ErrorRate()
    try errorRate.add(NDArray<Float>([0, 1], shape: [1, 2]), [0])
    let source = try ArraySource(NDArray<Float>([0, 1], shape: [1, 2]), [1] as NDArray<Int32>)
    #expect(try source.batches(of: 1).evaluate(errorRate) { x, y in (x, y) } == 0.5)
    #expect(errorRate.sampleCount == 1)
  }

  @Test(arguments: [1, 2, 8])
  func anyNumberOfWorkersGivesTheSameBits(workerCount: Int) throws {
    let source = try ArraySource(Self.scores, Self.labels)
    let pool = WorkerPool(workerCount: workerCount)
    for batchSize in [1, 33, 256] {
      let batches = source.batches(of: batchSize, shuffle: .seed(1))
      let inline = try batches.evaluate(MeanLoss.softmaxCrossEntropy(), ErrorRate()) { x, y in (x, y) }
      let parallel = try batches.prefetched(by: pool).evaluate(MeanLoss.softmaxCrossEntropy(), ErrorRate()) { x, y in
        (x, y)
      }
      #expect(inline == parallel)
    }
  }

  @Test func whatCannotBeEvaluated() throws {
    struct ModelError: Error {}
    let endless = try ArraySource(Self.scores, Self.labels, repeats: .forever)
    #expect(throws: ReductionError.endless) { try endless.batches(of: 9).evaluate(ErrorRate()) { x, y in (x, y) } }
    let source = try ArraySource(Self.scores, Self.labels)
    #expect(throws: ReductionError.noSamples) {
      try source.batches(of: 9).prefix(0).evaluate(ErrorRate()) { x, y in (x, y) }
    }
    #expect(throws: ModelError.self) {
      try source.batches(of: 9).evaluate(ErrorRate()) { _, y -> (NDArray<Float>, NDArray<Int32>) in throw ModelError() }
    }
    #expect(throws: MetricError.labelOutOfRange(sample: 2, label: 2, classCount: 2)) {
      try source.batches(of: 9).evaluate(ErrorRate()) { x, y in
        (NDArray<Float>(repeating: 0, shape: [y.count, 2]), y)
      }
    }
  }
}
