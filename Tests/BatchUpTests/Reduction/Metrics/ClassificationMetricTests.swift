import BatchUp
import Foundation
import Testing

@Suite struct ClassificationMetricTests {
  private static let classCount = 6
  private static let count = 500

  /// Small integers, so that there are ties; some rows with a NaN.
  private static let rows: [[Float]] = {
    var generator = SeededGenerator(seed: 4)
    return (0..<count).map { row in
      var scores = (0..<classCount).map { _ in Float(Int.random(in: -4...4, using: &generator)) }
      if row % 50 == 7 { scores[row % classCount] = .nan }
      return scores
    }
  }()
  private static let labels = (0..<count).map { $0 % 11 == 5 ? -1 : Int32($0 * $0 % classCount) }

  private func batches(of size: Int) throws -> Batches<Rows> {
    try ArraySource(
      NDArray(Array(Self.rows.joined()), shape: [Self.count, Self.classCount]), NDArray(Self.labels)
    ).batches(of: size)
  }

  private typealias Rows = ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>

  private func prediction(_ row: [Float]) -> Int? {
    row.contains { $0.isNaN } ? nil : row.firstIndex(of: row.max() ?? 0)
  }

  /// How many scores are before the label's.
  private func rank(_ row: [Float], _ label: Int) -> Int {
    row[label].isNaN
      ? row.count : row.indices.count { !(row[$0] <= row[label]) || (row[$0] == row[label] && $0 < label) }
  }

  private var counted: [(row: [Float], label: Int)] {
    zip(Self.rows, Self.labels).filter { $1 >= 0 }.map { ($0, Int($1)) }
  }

  @Test(arguments: [1, 7, 64, 500])
  func ratesAreThoseOfTheDefinitions(batchSize: Int) throws {
    var errorRate = ErrorRate(ignoredLabel: -1)
    var topK = (1...Self.classCount).map { TopKAccuracy(k: $0, ignoredLabel: -1) }
    for (scores, labels) in try batches(of: batchSize) {
      try errorRate.add(scores, labels)
      for i in topK.indices { try topK[i].add(scores.map(Double.init), labels) }
    }
    let counted = counted
    let errors = counted.count { prediction($0.row) != $0.label }
    #expect(errorRate.sampleCount == counted.count && errorRate.errorCount == errors)
    #expect(try errorRate.value == Double(errors) / Double(counted.count))
    for metric in topK {
      let correct = counted.count { row, label in
        metric.k == 1 ? prediction(row) == label : rank(row, label) < metric.k
      }
      #expect(metric.correctCount == correct, "top \(metric.k)")
      #expect(try metric.mean == Double(correct) / Double(counted.count))
    }
  }

  @Test(arguments: [1, 7, 500])
  func confusions(batchSize: Int) throws {
    var matrix = ConfusionMatrix(classCount: Self.classCount, ignoredLabel: -1)
    for (scores, labels) in try batches(of: batchSize) { try matrix.add(scores, labels) }
    let counted = counted
    #expect(matrix.sampleCount == counted.count)
    for label in 0..<Self.classCount {
      let ofLabel = counted.filter { $0.label == label }
      for predicted in 0..<Self.classCount {
        let expected = ofLabel.count { prediction($0.row) == predicted }
        #expect(matrix[label: label, prediction: predicted] == expected)
      }
      #expect(matrix.unclassifiedCounts[label] == ofLabel.count { prediction($0.row) == nil })
      let right = Double(matrix[label: label, prediction: label])
      #expect(matrix.recall(of: label) == (ofLabel.isEmpty ? nil : right / Double(ofLabel.count)))
      let taken = counted.count { prediction($0.row) == label }
      #expect(matrix.precision(of: label) == (taken == 0 ? nil : right / Double(taken)))
    }
    let accuracy = Double(counted.count { prediction($0.row) == $0.label }) / Double(counted.count)
    #expect(try matrix.accuracy == accuracy)
  }

  @Test func matrixAsTable() throws {
    var matrix = ConfusionMatrix(classCount: 2)
    try matrix.add(NDArray<Float>([1, 0, 0, 1, 0, 1], shape: [3, 2]), NDArray([0, 0, 1]))
    #expect("\(matrix)" == "label     0     1\n    0     1     1\n    1     0     1")
    try matrix.add(NDArray<Float>([.nan, 0], shape: [1, 2]), NDArray([1]))
    #expect("\(matrix)" == "label     0     1  none\n    0     1     1     0\n    1     0     1     1")
  }

  @Test func mergedInAnyOrder() throws {
    var generator = SeededGenerator(seed: 5)
    var whole = (
      ErrorRate(ignoredLabel: -1), TopKAccuracy(k: 2, ignoredLabel: -1),
      ConfusionMatrix(classCount: 6, ignoredLabel: -1)
    )
    let empty = whole
    var parts: [(ErrorRate, TopKAccuracy, ConfusionMatrix)] = []
    for (scores, labels) in try batches(of: 33) {
      var part = empty
      try part.0.add(scores, labels)
      try part.1.add(scores, labels)
      try part.2.add(scores, labels)
      try whole.0.add(scores, labels)
      try whole.1.add(scores, labels)
      try whole.2.add(scores, labels)
      parts.append(part)
    }
    var merged = empty
    for part in parts.shuffled(using: &generator) {
      try merged.0.merge(part.0)
      try merged.1.merge(part.1)
      try merged.2.merge(part.2)
    }
    #expect(merged == whole)
    let encoder = JSONEncoder()
    #expect(try JSONDecoder().decode(ErrorRate.self, from: encoder.encode(whole.0)) == whole.0)
    #expect(try JSONDecoder().decode(TopKAccuracy.self, from: encoder.encode(whole.1)) == whole.1)
    #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: encoder.encode(whole.2)) == whole.2)
    let damaged = #"{"classCount":2,"counts":[1,2,3],"unclassifiedCounts":[0,0]}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionMatrix.self, from: Data(damaged.utf8)) }
  }

  @Test func refusedBatchesLeaveNothing() throws {
    let scores = NDArray<Float>([1, 2, 3, 4], shape: [2, 2])
    var (errorRate, topK, matrix) = (ErrorRate(), TopKAccuracy(k: 3), ConfusionMatrix(classCount: 3))
    #expect(throws: MetricError.labelOutOfRange(sample: 1, label: -1, classCount: 2)) {
      try errorRate.add(scores, [0, -1])
    }
    #expect(throws: MetricError.wrongLabelShape(expected: [2], found: [2, 1])) {
      try errorRate.add(scores, NDArray([0, 1], shape: [2, 1]))
    }
    #expect(throws: MetricError.tooFewClasses(expected: 3, found: 2)) { try topK.add(scores, [0, 1]) }
    #expect(throws: MetricError.wrongClassCount(expected: 3, found: 2)) { try matrix.add(scores, [0, 1]) }
    let wide = NDArray<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(throws: MetricError.labelOutOfRange(sample: 1, label: 3, classCount: 3)) { try matrix.add(wide, [0, 3]) }
    #expect(throws: MetricError.labelOutOfRange(sample: 0, label: 3, classCount: 3)) { try topK.add(wide, [3, 0]) }
    #expect(throws: MetricError.self) { try errorRate.merge(ErrorRate(ignoredLabel: 0)) }
    #expect(throws: MetricError.self) { try topK.merge(TopKAccuracy(k: 2)) }
    #expect(throws: MetricError.self) { try matrix.merge(ConfusionMatrix(classCount: 2)) }
    #expect(errorRate == ErrorRate() && topK == TopKAccuracy(k: 3) && matrix == ConfusionMatrix(classCount: 3))
    #expect(throws: ReductionError.noSamples) { try errorRate.value }
    #expect(throws: ReductionError.noSamples) { try topK.value }
    #expect(throws: ReductionError.noSamples) { try matrix.value }
    #expect(throws: ReductionError.noSamples) { try matrix.accuracy }
    #expect(matrix.precision(of: 0) == nil && matrix.recall(of: 2) == nil)
  }

  @Test func weightedMeans() throws {
    var mean = WeightedMean()
    #expect(throws: ReductionError.noSamples) { try mean.value }
    try mean.add(NDArray<Float>([1, 2]), [1, 3])
    var other = WeightedMean()
    try other.add(NDArray<Double>([10]), [4])
    mean.merge(other)
    #expect(try mean.value == 47.0 / 8 && mean.sampleCount == 3)
    #expect(throws: MetricError.unequalShapes(predictions: [2], targets: [1])) {
      try mean.add(NDArray<Float>([1, 2]), [1])
    }
    var weightless = WeightedMean()
    try weightless.add(NDArray<Float>([1, 2]), [0, 0])
    #expect(try weightless.value.isNaN)
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) { _ = TopKAccuracy(k: 0) }
    await #expect(processExitsWith: .failure) { _ = ConfusionMatrix(classCount: 0) }
    await #expect(processExitsWith: .failure) { _ = ConfusionMatrix(classCount: 2)[label: 2, prediction: 0] }
  }
}
