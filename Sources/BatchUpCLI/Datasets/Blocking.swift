import Dispatch
import Synchronization

/// Waits for asynchronous work, on the main thread of the tool, which has nothing else to do meanwhile.
///
/// The work runs on Swift's own threads, none of which this waits on.
func blocking<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) throws -> Result {
  let outcome = Outcome<Result>()
  let isDone = DispatchSemaphore(value: 0)
  Task {
    let result = await Swift.Result { () async throws -> Result in try await work() }
    outcome.value.withLock { $0 = result }
    isDone.signal()
  }
  isDone.wait()
  guard let result = outcome.value.withLock({ $0 }) else { preconditionFailure("the work has not ended") }
  return try result.get()
}

private final class Outcome<Value: Sendable>: Sendable {
  let value = Mutex<Swift.Result<Value, any Error>?>(nil)
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
