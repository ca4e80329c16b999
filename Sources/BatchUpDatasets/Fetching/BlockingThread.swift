import BatchUp
import BatchUpSystem

/// Runs what blocks on a thread of its own, rather than on one of the few that all tasks share.
///
/// - Parameter body: may ask whether the task has been cancelled meanwhile.
func onThread<Result: Sendable>(
  _ name: String, _ body: @escaping @Sendable (_ isCancelled: @escaping () -> Bool) throws -> Result
) async throws -> Result {
  let cancelled = Guarded(false)
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      let run: @Sendable () -> Void = {
        continuation.resume(with: Swift.Result { try body { cancelled.withLock { $0 } } })
      }
      // Where the system refuses another thread, this one has to do.
      if let thread = WorkerThread(name: "batchup " + name, run) { thread.detach() } else { run() }
    }
  } onCancel: {
    cancelled.withLock { $0 = true }
  }
}
