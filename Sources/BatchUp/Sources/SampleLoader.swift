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
  associatedtype Batch
  associatedtype Failure: Error

  /// The number of samples; the indices are `0..<sampleCount`.
  var sampleCount: Int { get }

  /// The samples at `indices`, in their order. Called from several threads where workers prepare batches.
  func batch(at indices: BatchIndices) throws(Failure) -> Batch

  /// As `batch(at:)`, in memory from `recycler` where the loader can make use of it.
  func batch(at indices: BatchIndices, recycling recycler: StorageRecycler?) throws(Failure) -> Batch

  /// False only for an array of rank 0.
  var hasSampleAxis: Bool { get }
}

extension SampleLoader {
  public func batch(at indices: BatchIndices, recycling recycler: StorageRecycler?) throws(Failure) -> Batch {
    try batch(at: indices)
  }

  public var hasSampleAxis: Bool { true }
}

/// Samples whose loading cannot fail, as from memory.
public protocol SampleArray: SampleLoader where Failure == Never {}

extension Array: SampleLoader, SampleArray {
  public typealias Failure = Never

  public var sampleCount: Int { count }

  public func batch(at indices: BatchIndices) -> [Element] { indices.map { self[$0] } }
}
