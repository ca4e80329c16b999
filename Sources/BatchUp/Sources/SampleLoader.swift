/// Loads samples by their indices: from memory, from disk, or made on demand.
///
/// ```swift
/// struct ImageFolder: SampleLoader {
///   let paths: [String]
///   var sampleCount: Int { paths.count }
///   func batch(at indices: BatchIndices) throws(ImageError) -> NDArray<UInt8> { … }
/// }
/// ```
public protocol SampleLoader<Batch, Failure> {
  /// What samples are delivered as: usually an array with a row for each.
  associatedtype Batch
  /// The error that loading can throw; `Never` where it cannot fail.
  associatedtype Failure: Error

  /// The number of samples; the indices are `0..<sampleCount`.
  var sampleCount: Int { get }

  /// The samples at `indices`, in their order. Called from several threads where workers prepare batches.
  func batch(at indices: BatchIndices) throws(Failure) -> Batch

  /// As `batch(at:)`, in memory of `context` where the loader can make use of it.
  func batch(at indices: BatchIndices, in context: BatchContext) throws(Failure) -> Batch

  /// A digest of the shapes of the samples, by which a state from a different iteration is rejected; by default of their
  /// number.
  var fingerprint: Fingerprint { get }

  /// False only for an array of rank 0.
  var hasSampleAxis: Bool { get }

  /// The number of samples in a batch, by which one that is not as long as asked for is found; by default nil for what
  /// is no ``BatchPart``.
  static func sampleCount(of batch: Batch) -> Int?
}

extension SampleLoader {
  public func batch(at indices: BatchIndices, in context: BatchContext) throws(Failure) -> Batch {
    try batch(at: indices)
  }

  public var hasSampleAxis: Bool { true }

  public static func sampleCount(of batch: Batch) -> Int? { nil }

  public var fingerprint: Fingerprint { Fingerprint(.finite(sampleCount)) }
}

extension SampleLoader where Batch: BatchPart {
  public static func sampleCount(of batch: Batch) -> Int? { batch.sampleCount }
}

/// Samples whose loading cannot fail, as from memory.
public protocol SampleArray: SampleLoader where Failure == Never {}

extension Array: SampleLoader, SampleArray {
  public typealias Failure = Never

  public var sampleCount: Int { count }

  public func batch(at indices: BatchIndices) -> [Element] { indices.map { self[$0] } }
}
