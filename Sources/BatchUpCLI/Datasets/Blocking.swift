import BatchUpSystem
import Dispatch

/// Waits for asynchronous work, on the main thread of the tool, which has nothing else to do meanwhile.
///
/// The work runs on Swift's own threads, none of which this waits on.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) throws -> Result {
  let outcome = Guarded<Swift.Result<Result, any Error>?>(nil)
  let isDone = DispatchSemaphore(value: 0)
  Task {
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    outcome.withLock { $0 = result }
    isDone.signal()
  }
  isDone.wait()
  guard let result = outcome.withLock({ $0 }) else { preconditionFailure("the work has not ended") }
  return try result.get()
}
