internal import CBatchUpSystem

/// A thread of the system, which debuggers and profilers show by its name.
package struct WorkerThread: @unchecked Sendable {
  // The identity of a thread, which any thread may ask for.
  private let thread: pthread_t

  /// Starts a thread; nil where the system refuses.
  package init?(name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    #if canImport(Darwin)
      var created: pthread_t?
    #else
      var created = pthread_t()
    #endif
    let status = pthread_create(&created, nil, { ThreadStart.run($0) }, start.toOpaque())
    guard status == 0, let thread = created as pthread_t? else {
      start.release()
      return nil
    }
    self.thread = thread
  }

  /// Lets the thread clean up after itself, instead of being waited for.
  package func detach() { pthread_detach(thread) }

  /// Whether it is the calling thread.
  package var isCurrent: Bool { pthread_equal(thread, pthread_self()) != 0 }

  /// Waits for the end of the thread; where it is the calling thread itself, it cleans up after itself instead.
  package func join() {
    if isCurrent { pthread_detach(thread) } else { pthread_join(thread, nil) }
  }
}

private final class ThreadStart {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  static func run(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let start = start.map { Unmanaged<ThreadStart>.fromOpaque($0).takeRetainedValue() }
    start.map { nameThread($0.name) }
    start?.body()
    return nil
  }
}

/// Names the calling thread for debuggers and profilers; Linux keeps the first 15 bytes.
package func nameThread(_ name: String) { cbs_name_thread(name) }
