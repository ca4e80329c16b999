import BatchUp

/// What a source does not promise, of what most sources do.
public struct SourceLeeway: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The numbers of samples that it states may be more than what comes.
  public static let countsAreBounds = SourceLeeway(rawValue: 1 << 0)
  /// Batches that are not the last may be short, too.
  public static let shortBatchesAnywhere = SourceLeeway(rawValue: 1 << 1)
  /// Batches have sizes of their own, whatever size is asked for.
  public static let ownBatchSizes = SourceLeeway(rawValue: 1 << 2)
  /// Which samples come in which order depends on the batch size.
  public static let orderDependsOnBatchSize = SourceLeeway(rawValue: 1 << 3)
  /// An iterator and its copy must not both be used.
  public static let copiesShareState = SourceLeeway(rawValue: 1 << 4)
}

/// A contract of `BatchSource` that a source breaks.
public struct SourceFault: Error, CustomStringConvertible {
  public let description: String
}

/// Checks that a source keeps the contracts of its protocols, at every batch size up to some more than its number of
/// samples, for either remainder, in order and shuffled in each way.
///
/// - Parameters:
///   - traits: What the source does not promise.
///   - batchSizes: Those to check; nil for all around the number of samples.
///   - whole: The samples of one iteration, in any order; nil where they depend on the batch size, or there is no end.
///   - samples: Tells which samples are in a batch.
/// - Throws: `SourceFault` for the first contract that is broken.
public func checkSource<Source: BatchSource, Sample: Hashable>(
  _ source: Source, traits: SourceLeeway = [], batchSizes: [Int]? = nil, delivering whole: [Sample]? = nil,
  fileID: String = #fileID, line: Int = #line, samples: @escaping (Source.Batch) -> [Sample]
) throws(SourceFault) {
  let checker = SourceChecker(source, traits, batchSizes, whole, "\(fileID):\(line)", samples)
  try checker.check(inOrders: [.seeded, .numPy])
}

/// As for any source, also in order.
public func checkSource<Source: InOrderSource, Sample: Hashable>(
  _ source: Source, traits: SourceLeeway = [], batchSizes: [Int]? = nil, delivering whole: [Sample]? = nil,
  fileID: String = #fileID, line: Int = #line, samples: @escaping (Source.Batch) -> [Sample]
) throws(SourceFault) {
  let checker = SourceChecker(source, traits, batchSizes, whole, "\(fileID):\(line)", samples)
  try checker.check(inOrders: [.seeded, .numPy, .inOrder])
}

/// As for any source, also with workers.
public func checkSource<Source: BatchSource & Sendable, Sample: Hashable>(
  _ source: Source, traits: SourceLeeway = [], batchSizes: [Int]? = nil, delivering whole: [Sample]? = nil,
  fileID: String = #fileID, line: Int = #line, samples: @escaping (Source.Batch) -> [Sample]
) throws(SourceFault) {
  let checker = SourceChecker(source, traits, batchSizes, whole, "\(fileID):\(line)", samples)
  try checker.check(inOrders: [.seeded, .numPy], and: checker.checkStoppingWithWorkers)
}

/// As for any source, also in order, and with workers.
public func checkSource<Source: InOrderSource & Sendable, Sample: Hashable>(
  _ source: Source, traits: SourceLeeway = [], batchSizes: [Int]? = nil, delivering whole: [Sample]? = nil,
  fileID: String = #fileID, line: Int = #line, samples: @escaping (Source.Batch) -> [Sample]
) throws(SourceFault) {
  let checker = SourceChecker(source, traits, batchSizes, whole, "\(fileID):\(line)", samples)
  try checker.check(inOrders: [.seeded, .numPy, .inOrder], and: checker.checkStoppingWithWorkers)
}
