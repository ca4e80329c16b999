/// How many samples of each class were taken for which class.
///
/// A sample's prediction is the class with the largest score, the first of equal ones. A sample with a NaN among its
/// scores has none: it counts as an error, and in `unclassifiedCounts`.
public struct ConfusionMatrix: ClassificationMetric {
  /// The number of classes; labels and predictions are in `0..<classCount`.
  public let classCount: Int
  /// The label of samples that do not count.
  public let ignoredLabel: Int32?
  /// A row for each label, a column for each prediction.
  public private(set) var counts: [Int]
  /// The samples without a prediction, by label.
  public private(set) var unclassifiedCounts: [Int]

  private struct Settings: Equatable {
    let classCount: Int
    let ignoredLabel: Int32?
  }

  /// A matrix of no samples yet.
  ///
  /// - Precondition: `classCount` is at least 1.
  public init(classCount: Int, ignoredLabel: Int32? = nil) {
    precondition(classCount >= 1, "a confusion matrix of \(classCount) classes")
    requireMemory(
      for: classCount.multipliedSaturating(by: classCount), byteCountEach: 8,
      "a confusion matrix of \(classCount) classes", advice: "use fewer classes")
    self.classCount = classCount
    self.ignoredLabel = ignoredLabel
    counts = Array(repeating: 0, count: classCount * classCount)
    unclassifiedCounts = Array(repeating: 0, count: classCount)
  }

  public mutating func add<Scalar: RealScalar>(
    _ scores: NDArray<Scalar>, _ labels: NDArray<Int32>
  ) throws(MetricError) {
    let batch = try LabelledScores(scores, labels, ignoredLabel: ignoredLabel)
    guard batch.classCount == classCount else {
      throw .wrongClassCount(expected: classCount, found: batch.classCount)
    }
    for (sample, prediction) in try batch.checked(batch.largestClasses()).enumerated() {
      let label = labels[sample]
      if label == ignoredLabel { continue }
      if prediction < 0 {
        unclassifiedCounts[Int(label)] += 1
      } else {
        counts[Int(label) * classCount + Int(prediction)] += 1
      }
    }
  }

  public var sampleCount: Int { counts.reduce(0, +) + unclassifiedCounts.reduce(0, +) }

  /// The matrix itself.
  public var value: ConfusionMatrix {
    get throws(ReductionError) {
      guard sampleCount > 0 else { throw .noSamples }
      return self
    }
  }

  public mutating func merge(_ other: ConfusionMatrix) throws(MetricError) {
    try requireSameSettings(settings, other.settings)
    for i in counts.indices { counts[i] += other.counts[i] }
    for i in unclassifiedCounts.indices { unclassifiedCounts[i] += other.unclassifiedCounts[i] }
  }

  private var settings: Settings { Settings(classCount: classCount, ignoredLabel: ignoredLabel) }
}

extension ConfusionMatrix {
  /// The number of samples with a label that were taken for a class.
  ///
  /// - Precondition: classes are in `0..<classCount`.
  public subscript(label label: Int, prediction prediction: Int) -> Int {
    precondition(
      (0..<classCount).contains(label) && (0..<classCount).contains(prediction),
      "(\(label), \(prediction)) in a matrix of \(classCount) classes")
    return counts[label * classCount + prediction]
  }

  /// The share of samples with the right prediction.
  ///
  /// - Throws: `ReductionError.noSamples`.
  public var accuracy: Double {
    get throws(ReductionError) {
      let sampleCount = sampleCount
      guard sampleCount > 0 else { throw .noSamples }
      return Double((0..<classCount).reduce(0) { $0 + self[label: $1, prediction: $1] }) / Double(sampleCount)
    }
  }

  /// Of the samples that were taken for a class, the share that is of it; nil where there are none.
  ///
  /// - Precondition: the class is in `0..<classCount`.
  public func precision(of class: Int) -> Double? {
    let predicted = (0..<classCount).reduce(0) { $0 + self[label: $1, prediction: `class`] }
    return predicted == 0 ? nil : Double(self[label: `class`, prediction: `class`]) / Double(predicted)
  }

  /// Of the samples of a class, the share that was taken for it; nil where there are none.
  ///
  /// - Precondition: the class is in `0..<classCount`.
  public func recall(of class: Int) -> Double? {
    let labelled = (0..<classCount).reduce(unclassifiedCounts[`class`]) { $0 + self[label: `class`, prediction: $1] }
    return labelled == 0 ? nil : Double(self[label: `class`, prediction: `class`]) / Double(labelled)
  }
}

extension ConfusionMatrix: CustomStringConvertible {
  /// A line of counts for each label, below one with the predictions. Behind each, where there are any, the samples
  /// without a prediction.
  public var description: String {
    let hasUnclassified = unclassifiedCounts.contains { $0 > 0 }
    let header = ["label"] + (0..<classCount).map(String.init) + (hasUnclassified ? ["none"] : [])
    let rows = (0..<classCount).map { label in
      let row = counts[label * classCount..<(label + 1) * classCount]
      return ([label] + row + (hasUnclassified ? [unclassifiedCounts[label]] : [])).map(String.init)
    }
    let width = (rows.joined() + header).map(\.count).max() ?? 0
    return ([header] + rows).map { row in
      row.map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: " ")
    }.joined(separator: "\n")
  }
}

extension ConfusionMatrix: Codable {
  private enum CodingKeys: CodingKey {
    case classCount, ignoredLabel, counts, unclassifiedCounts
  }

  /// - Throws: `DecodingError` where there are not as many counts as the classes have, or a count cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    classCount = try container.decode(Int.self, forKey: .classCount)
    ignoredLabel = try container.decodeIfPresent(Int32.self, forKey: .ignoredLabel)
    counts = try container.decode([Int].self, forKey: .counts)
    unclassifiedCounts = try container.decode([Int].self, forKey: .unclassifiedCounts)
    let (square, overflows) = classCount.multipliedReportingOverflow(by: classCount)
    guard classCount >= 1, !overflows, counts.count == square, unclassifiedCounts.count == classCount else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: container, debugDescription: "\(counts.count) counts of \(classCount) classes")
    }
    var total = 0
    for count in counts + unclassifiedCounts {
      guard (0...CheckedCount.limit - total).contains(count) else {
        throw DecodingError.dataCorruptedError(forKey: .counts, in: container, debugDescription: "a count of \(count)")
      }
      total += count
    }
  }
}
