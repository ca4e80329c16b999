/// Delivers batches with fixed numbers of samples of each class.
///
/// ```swift
/// let triplets = try ClassQuotaSampler(labels: y, quotas: .classesTimesSamples(classes: 8, samples: 4))
/// let prior = try ClassQuotaSampler(labels: y, quotas: .proportional(to: [0: 0.9, 1: 0.1]))
/// let all = try ClassQuotaSampler(labels: y, quotas: .everyClassPresent, whenExhausted: .end)
/// ```
///
/// The samples of a batch stand class by class. Each class goes through its samples in random order, each once, pass
/// after pass; all is a pure function of the labels, the seed, the epoch and the batch size. Without an end, unless
/// `whenExhausted` is `.end`; all batches are whole. The order has no meaning of its own, so that `batches(of:)` takes a
/// `shuffle:`.
public struct ClassQuotaSampler: Sampler {
  let members: [BatchIndices]
  let quotas: ResolvedQuotas
  private let whenExhausted: ClassExhaustion
  private let labelCount: Int

  /// Batches with so many samples of each class.
  ///
  /// - Parameters:
  ///   - labels: The class of each sample.
  ///   - quotas: How many samples of each class a batch has.
  ///   - indices: Where given, only these samples are delivered and counted; `labels` are still those of all samples.
  ///   - classCount: Where given, labels are in 0..<classCount, and each of these classes needs samples.
  ///   - whenExhausted: What happens when a class runs out of samples.
  /// - Throws: `ClassQuotaError` where the quotas do not fit the labels.
  /// - Precondition: the numbers in `quotas` are not negative, those of classes and samples at least 1.
  @inlinable
  public init<Indices: Sequence<Int>>(
    labels: some Collection<some BinaryInteger>, quotas: ClassQuotas, over indices: Indices? = nil as [Int]?,
    classCount: Int? = nil, whenExhausted: ClassExhaustion = .reshuffle
  ) throws(ClassQuotaError) {
    try self.init(
      words: words(labels), quotas: quotas, over: indices.map { Array($0) }, classCount: classCount,
      whenExhausted: whenExhausted)
  }

  /// As with labels in a Swift array.
  @inlinable
  public init<Label: BinaryInteger, Indices: Sequence<Int>>(
    labels: NDArray<Label>, quotas: ClassQuotas, over indices: Indices? = nil as [Int]?, classCount: Int? = nil,
    whenExhausted: ClassExhaustion = .reshuffle
  ) throws(ClassQuotaError) {
    guard labels.rank == 1 else { throw .labelsNotAList(shape: labels.shape) }
    try self.init(
      labels: labels.scalars, quotas: quotas, over: indices, classCount: classCount, whenExhausted: whenExhausted)
  }

  @usableFromInline
  init(
    words labels: [Int], quotas: ClassQuotas, over indices: [Int]?, classCount: Int?, whenExhausted: ClassExhaustion
  ) throws(ClassQuotaError) {
    let samples = indices ?? Array(labels.indices)
    let groups = try grouped(samples, by: labels, classCount: classCount)
    let sizes = groups.mapValues(\.count)
    let (names, quotas) = try quotas.resolved(sizes)
    members = names.map { BatchIndices(groups[$0, default: []]) }
    self.quotas = quotas
    self.whenExhausted = whenExhausted
    labelCount = labels.count
  }

  /// Infinite, or unknown where the iteration ends with the first class that runs out.
  public var sampleCount: SampleCount { whenExhausted == .end ? .unknown : .infinite }

  /// Throws where batches of this size cannot have the quotas.
  public func requireBatchSize(_ batchSize: Int) throws(ClassQuotaError) {
    let least = quotas.leastBatchSize
    if case .classesTimesSamples = quotas, batchSize != least {
      throw .wrongBatchSize(expected: least, found: batchSize)
    }
    guard batchSize >= least else { throw .batchTooSmall(expected: least, found: batchSize) }
  }

  /// - Precondition: `requireBatchSize(_:)` does not throw.
  public func indices(over ranges: BatchRanges, order: SampleOrder) -> ClassQuotaIterator {
    do throws(ClassQuotaError) { try requireBatchSize(ranges.batchSize) } catch { endProgram("\(error)") }
    return ClassQuotaIterator(self, batchSize: ranges.batchSize, order: order, endsEarly: whenExhausted == .end)
  }

  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint(sampleCount)
    fingerprint.combine(quotas.fingerprint)
    for samples in members { fingerprint.combine(samples.fingerprint) }
    return fingerprint
  }

  public func validate(forSampleCount count: Int) throws(SourceError) {
    try requireSampleCount(labelCount, of: count)
  }
}

private func grouped(
  _ samples: [Int], by labels: [Int], classCount: Int?
) throws(ClassQuotaError) -> [Int: [Int]] {
  if samples.isEmpty { throw .noSamples }
  var groups: [Int: [Int]] = [:]
  for (position, sample) in samples.enumerated() {
    guard labels.indices.contains(sample) else {
      throw .indexWithoutLabel(position: position, index: sample, labelCount: labels.count)
    }
    let label = labels[sample]
    if let classCount, label < 0 || label >= classCount {
      throw .labelOutOfRange(sample: sample, label: label, classCount: classCount)
    }
    groups[label, default: []].append(sample)
  }
  for label in 0..<max(classCount ?? 0, 0) where groups[label] == nil { throw .classWithoutSamples(label: label) }
  return groups
}
