/// The results of tasks that the workers of a pool run ahead, in the order of the tasks.
///
/// It starts when it is made and can be gone through once. Letting go of it ends it.
public struct WorkStream<Result: Sendable, Failure: Error> {
  fileprivate let run: WorkRun<Swift.Result<Result, Failure>>

  /// The result of the next task, after waiting for it; nil after the last. After an error, the next call goes on with
  /// the task behind the one that failed.
  public mutating func nextResult() throws(Failure) -> Result? {
    guard case .item(let made) = run.stream.next(patience: nil) else { return nil }
    return try made.take().get()
  }

  /// Ends the stream: results that are ready are let go, and the next one is nil.
  public func close() { run.stream.close() }
}

extension WorkStream: Sequence, IteratorProtocol where Failure == Never {
  public mutating func next() -> Result? { nextResult() }
}

extension WorkerPool {
  /// Runs `work` for each of `inputs`, at most `buffering` of them ahead of who takes the results.
  ///
  /// The inputs are asked for one at a time, on any thread, when there is room for another result.
  ///
  /// - Precondition: `buffering` is at least 1.
  public func stream<Inputs: Sequence, Result: Sendable, Failure: Error>(
    _ inputs: sending Inputs, buffering: Int? = nil,
    _ work: @escaping @Sendable (Inputs.Element) throws(Failure) -> Result
  ) -> WorkStream<Result, Failure> {
    let stream = OrderedStream(of: inputs.makeIterator(), on: self, buffering: buffering ?? usualBuffering) {
      input, _ -> Swift.Result<Result, Failure> in
      do throws(Failure) { return .success(try work(input)) } catch { return .failure(error) }
    }
    return WorkStream(run: WorkRun(of: stream, on: self))
  }

  /// Runs `tasks`, at most `buffering` of them ahead of who takes the results.
  ///
  /// The tasks are asked for one at a time, on any thread, when there is room for another result.
  ///
  /// - Precondition: `buffering` is at least 1.
  public func stream<Tasks: Sequence, Result: Sendable, Failure: Error>(
    _ tasks: sending Tasks, buffering: Int? = nil
  ) -> WorkStream<Result, Failure> where Tasks.Element == @Sendable () throws(Failure) -> Result {
    stream(tasks, buffering: buffering) { task throws(Failure) in try task() }
  }
}

/// A stream that ends when it is released.
private final class WorkRun<Item> {
  let stream: any ItemStream<Item>
  /// Held so that the workers live for as long as the stream.
  private let pool: WorkerPool

  init(of stream: any ItemStream<Item>, on pool: WorkerPool) {
    self.stream = stream
    self.pool = pool
    stream.start()
  }

  deinit { stream.close() }
}
