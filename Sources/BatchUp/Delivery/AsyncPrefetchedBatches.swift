extension PrefetchedBatches where Failure: DeliveryFailure {
  /// The same batches for `for await`, or for `for try await` where a batch may fail.
  ///
  /// A cancelled task ends the iteration: where a batch may fail, with a `CancellationError`.
  public var async: AsyncPrefetchedBatches<Batch, Failure> { AsyncPrefetchedBatches(batches: self) }
}

/// What fails instead of a prefetched batch: a ``BatchFailure``, or nothing.
public protocol DeliveryFailure: Error {
  /// What an asynchronous iteration throws: nothing, or any error.
  associatedtype AsyncFailure: Error

  /// What it throws in place of this.
  var asyncFailure: AsyncFailure { get }

  /// What it throws in a cancelled task; nil where it throws nothing.
  static var cancellation: AsyncFailure? { get }
}

extension Never: DeliveryFailure {
  public var asyncFailure: Never { switch self {} }

  public static var cancellation: Never? { nil }
}

extension BatchFailure: DeliveryFailure {
  public var asyncFailure: any Error { self }

  public static var cancellation: (any Error)? { CancellationError() }
}

/// Prefetched batches as an asynchronous sequence. Waiting for one blocks no thread.
public struct AsyncPrefetchedBatches<Batch, Cause: DeliveryFailure>: AsyncSequence {
  public typealias Element = Batch
  public typealias Failure = Cause.AsyncFailure

  let batches: PrefetchedBatches<Batch, Cause>

  /// Starts an iteration.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: batches.makeIterator()) }

  /// Delivers the batches one after the other. Copies share one iteration.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let base: PrefetchedBatches<Batch, Cause>.Iterator

    /// How far the iteration has come; as with batches that are waited for by a thread.
    public var state: IterationState { base.state }

    /// What has been delivered; as with batches that are waited for by a thread.
    public var digest: SampleDigest? { base.digest }

    /// The next batch; nil after the last. After a failed batch, the next call goes on behind it. In a cancelled task,
    /// the iteration ends: where a batch may fail, with a `CancellationError`, and then nil.
    nonisolated(nonsending) public mutating func next() async throws(Cause.AsyncFailure) -> Batch? {
      let wasOver = base.delivery.isOver
      do throws(Cause) {
        if let batch = try await base.delivery.nextAsync() { return batch }
      } catch {
        throw error.asyncFailure
      }
      if let cancellation = Cause.cancellation, !wasOver, Task.isCancelled { throw cancellation }
      return nil
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(Cause.AsyncFailure) -> Batch? {
      try await next()
    }
  }
}
