/// Samples that can be had by their indices: from memory, from disk, or made on demand.
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
  /// What may be thrown; `Never` where nothing can.
  associatedtype Failure: Error

  /// The number of samples; the indices are `0..<sampleCount`.
  var sampleCount: Int { get }

  /// The samples at `indices`, in their order. Called from several threads where workers prepare batches.
  func batch(at indices: BatchIndices) throws(Failure) -> Batch

  /// As `batch(at:)`, in memory from `recycler` where the loader can make use of it.
  func batch(at indices: BatchIndices, recycling recycler: StorageRecycler?) throws(Failure) -> Batch

  /// A digest of what the samples are like, so that states of iterations over other data are found out; by default of
  /// their number.
  var fingerprint: Fingerprint { get }

  /// False only for an array of rank 0.
  var hasSampleAxis: Bool { get }
}

extension SampleLoader {
  public func batch(at indices: BatchIndices, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try batch(at: indices)
  }

  public var hasSampleAxis: Bool { true }

  public var fingerprint: Fingerprint { Fingerprint(.finite(sampleCount)) }
}

/// Samples whose loading cannot fail, as from memory.
public protocol SampleArray: SampleLoader where Failure == Never {}

extension Array: SampleLoader, SampleArray {
  public typealias Failure = Never

  public var sampleCount: Int { count }

  public func batch(at indices: BatchIndices) -> [Element] { indices.map { self[$0] } }
}
