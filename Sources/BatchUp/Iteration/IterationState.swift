/// How far an iteration has come: enough to go on behind the batch that was delivered last, in another process too.
///
/// It is small (less than 1 KiB of JSON; with NumPy's generator 7 KiB, since that is part of it), and refers to what the
/// consumer has received: batches that workers have prepared ahead are not counted. A batch that failed counts as
/// delivered.
public struct IterationState: Sendable, Hashable {
  /// Another number for states, or for orders, that this version cannot go on with.
  public static let formatVersion = 1

  let order: RecordedOrder
  /// Of the source and its sampler.
  let fingerprint: UInt64
  /// What the source delivers from the beginning to the end; nil for no end, or where nobody knows.
  let totalCount: Int?
  let batchSize: Int
  let remainder: Remainder
  private(set) var counts: IterationCounts

  /// How many batches have been delivered, those that failed included.
  public var batchCount: Int { counts.batchCount }

  /// What has been delivered, where the iteration is `accounted()`; an iteration that goes on from the state adds to it.
  ///
  /// Where batches are `sharded` among ranks, what this rank has been delivered. Any number of ranks can go on from the
  /// state of one of them: one rank with the digests of all, merged, and the others with an empty one.
  public var digest: SampleDigest? {
    get { counts.digest }
    set { counts.digest = newValue }
  }
}

/// What an iteration counts.
@usableFromInline
struct IterationCounts: Sendable, Hashable {
  /// Batches that were delivered, or failed.
  @usableFromInline var batchCount = 0
  /// Where the next batch begins, in samples of all ranks. Of meaning only where no batch but the last is short.
  var place = 0
  /// Samples of the batches that were delivered, or of which only the making failed.
  @usableFromInline var sampleCount = 0
  var digest: SampleDigest?
}

extension IterationState: Codable {
  private enum CodingKeys: CodingKey {
    case version, order, fingerprint, totalCount, batchSize, remainder, batchCount, place, sampleCount, digest
  }

  /// - Throws: `DecodingError`, also for another version and for numbers that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func count(_ key: CodingKeys, atLeast least: Int = 0, atMost most: Int = .max) throws -> Int {
      let count = try container.decode(Int.self, forKey: key)
      if (least...most).contains(count) { return count }
      throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "it is \(count)")
    }
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.formatVersion else {
      let error = IterationStateError.otherVersion(expected: Self.formatVersion, found: version)
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: error.description, underlyingError: error))
    }
    order = try container.decode(RecordedOrder.self, forKey: .order)
    fingerprint = try container.decode(UInt64.self, forKey: .fingerprint)
    totalCount = try container.decodeIfPresent(Int.self, forKey: .totalCount)
    batchSize = try count(.batchSize, atLeast: 1)
    remainder = try container.decode(Remainder.self, forKey: .remainder)
    counts = IterationCounts(
      batchCount: try count(.batchCount, atMost: CheckedCount.limit),
      place: try count(.place, atMost: CheckedCount.limit),
      sampleCount: try count(.sampleCount, atMost: CheckedCount.limit),
      digest: try container.decodeIfPresent(SampleDigest.self, forKey: .digest))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.formatVersion, forKey: .version)
    try container.encode(order, forKey: .order)
    try container.encode(fingerprint, forKey: .fingerprint)
    try container.encodeIfPresent(totalCount, forKey: .totalCount)
    try container.encode(batchSize, forKey: .batchSize)
    try container.encode(remainder, forKey: .remainder)
    try container.encode(counts.batchCount, forKey: .batchCount)
    try container.encode(counts.place, forKey: .place)
    try container.encode(counts.sampleCount, forKey: .sampleCount)
    try container.encodeIfPresent(counts.digest, forKey: .digest)
  }
}
