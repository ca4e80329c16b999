/// How many samples of each class a batch has.
public enum ClassQuotas: Sendable, Hashable {
  /// P classes with K samples each, for losses that compare samples within a batch, in batches of P * K.
  ///
  /// Classes come in turn: each once in every pass over the classes, which is in random order, and none twice in a
  /// batch.
  case classesTimesSamples(classes: Int, samples: Int)

  /// Each class in proportion to its share, of any scale; classes without one are left out.
  ///
  /// A batch has the whole part of each exact share, and is filled up such that the numbers in the first n batches
  /// together differ from n exact shares by less than 1, for every n. With `atLeast`, a smaller share is raised to that,
  /// and the others are lowered in proportion.
  case proportional(to: [Int: Double], atLeast: Int = 0)

  /// Each class in proportion to its number of samples.
  case stratified(atLeast: Int = 0)

  /// Each class in proportion to its number of samples, but at least one sample of each.
  public static var everyClassPresent: ClassQuotas { .stratified(atLeast: 1) }
}

/// What happens when a class has fewer samples left than a batch is to have of it.
public enum ClassExhaustion: Sendable, Hashable {
  /// The class starts over, in another order. Where that happens within a batch, a sample may come twice in it.
  case reshuffle
  /// The iteration ends before that batch. No sample comes twice.
  case end
}

/// Why batches with quotas of classes cannot be made.
public enum ClassQuotaError: Error, Hashable, Sendable {
  /// There are no samples.
  case noSamples
  /// The labels have another number of axes than one.
  case labelsNotAList(shape: [Int])
  /// A chosen sample has no label.
  case indexWithoutLabel(position: Int, index: Int, labelCount: Int)
  /// A label is not in 0..<classCount.
  case labelOutOfRange(sample: Int, label: Int, classCount: Int)
  /// A class that is to be delivered has no samples.
  case classWithoutSamples(label: Int)
  /// There are fewer classes than a batch is to have.
  case tooFewClasses(expected: Int, found: Int)
  /// A share is negative, infinite or not a number.
  case shareOutOfRange(label: Int, share: String)
  /// No share is above 0, or their sum is not finite.
  case noShares
  /// A batch has classes times samples, but another size is asked for.
  case wrongBatchSize(expected: Int, found: Int)
  /// A batch is too small to have the least number of samples of each class.
  case batchTooSmall(expected: Int, found: Int)
}

extension ClassQuotaError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSamples: "there are no samples"
    case .labelsNotAList(let shape): "labels lie along one axis, not in shape \(shape)"
    case .indexWithoutLabel(let position, let index, let labelCount):
      "index \(index) at position \(position) is outside 0..<\(labelCount), the samples that have labels"
    case .labelOutOfRange(let sample, let label, let classCount):
      "sample \(sample) has label \(label), which is outside 0..<\(classCount)"
    case .classWithoutSamples(let label): "class \(label) has no samples"
    case .tooFewClasses(let expected, let found): "a batch has \(expected) classes, but there are \(found)"
    case .shareOutOfRange(let label, let share): "the share of class \(label) is \(share)"
    case .noShares: "no share of a class is above 0, or their sum is not finite"
    case .wrongBatchSize(let expected, let found): "a batch has \(expected) samples, not \(found)"
    case .batchTooSmall(let expected, let found):
      "a batch needs \(expected) samples or more to have all classes, not \(found)"
    }
  }
}
