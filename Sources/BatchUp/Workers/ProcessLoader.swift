/// A loader of a `WorkerProcessPool`: each batch is loaded in one of its processes.
///
/// Copies share the pool, which lives for as long as they do.
public struct ProcessLoader<Batch>: SampleLoader, Sendable {
  public let sampleCount: Int
  public let hasSampleAxis: Bool
  private let pool: WorkerProcessPool
  private let loader: RemoteLoader
  private let arrays: @Sendable (ReceivedBatch) -> Batch

  init(
    _ loader: RemoteLoader, offering description: LoaderDescription, pool: WorkerProcessPool,
    arrays: @escaping @Sendable (ReceivedBatch) -> Batch
  ) {
    sampleCount = description.sampleCount
    hasSampleAxis = description.hasSampleAxis
    self.pool = pool
    self.loader = loader
    self.arrays = arrays
  }

  /// The samples at `indices`, in their order, in memory that is shared with the process that has loaded them.
  ///
  /// Waits where all processes are at work.
  ///
  /// - Throws: what befell the process, or `loader` with the text of what the loader has thrown.
  /// - Precondition: the indices are in `0..<sampleCount`.
  public func batch(at indices: BatchIndices) throws(WorkerProcessError) -> Batch {
    try batch(at: indices, in: BatchContext())
  }

  public func batch(
    at indices: BatchIndices, in context: BatchContext
  ) throws(WorkerProcessError) -> Batch {
    for index in indices {
      precondition(index >= 0 && index < sampleCount, "sample index \(index) is outside 0..<\(sampleCount)")
    }
    let batch = try pool.load(indices, from: loader)
    for (array, found) in batch.sampleCounts.enumerated() where found != indices.count {
      let error = SourceError.wrongBatchLength(array: array, expected: indices.count, found: found)
      throw WorkerProcessError(.loader(message: "\(error)"), sampleIndices: Array(indices))
    }
    context.memory.meter?.note(byteCount: batch.byteCount)
    return arrays(batch)
  }
}
