extension PrefetchedBatches {
  /// The same batches for `for await`; a cancelled task ends the iteration.
  public var async: AsyncPrefetchedBatches<Batch, Failure> { AsyncPrefetchedBatches(batches: self) }
}

/// Prefetched batches as an asynchronous sequence. Waiting for one blocks no thread.
public struct AsyncPrefetchedBatches<Batch, Failure: Error>: AsyncSequence {
  public typealias Element = Batch

  let batches: PrefetchedBatches<Batch, Failure>

  /// Starts an iteration.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: batches.makeIterator()) }

  /// Delivers the batches one after the other; nil also where the task is cancelled. Copies share one iteration.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let base: PrefetchedBatches<Batch, Failure>.Iterator

    /// How far the iteration has come; as with batches that are waited for by a thread.
    public var state: IterationState { base.state }

    /// What has been delivered; as with batches that are waited for by a thread.
    public var digest: SampleDigest? { base.digest }

    nonisolated(nonsending) public mutating func next() async throws(Failure) -> Batch? {
      try await base.delivery.nextAsync()
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Batch? {
      try await base.delivery.nextAsync()
    }
  }
}
