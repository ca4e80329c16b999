#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A thread of the system, which debuggers and profilers show by its name.
package struct WorkerThread: @unchecked Sendable {
  // The identity of a thread, which any thread may ask for.
  private let thread: pthread_t

  /// Starts a thread; nil where the system refuses.
  package init?(name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(&thread, nil, { ThreadStart.run($0) }, start.toOpaque())
    #else
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, { ThreadStart.run($0!) }, start.toOpaque())
    #endif
    #if canImport(Darwin)
      guard status == 0, let thread else {
        start.release()
        return nil
      }
      self.thread = thread
    #else
      guard status == 0 else {
        start.release()
        return nil
      }
      self.thread = thread
    #endif
  }

  /// Lets the thread clean up after itself, instead of being waited for.
  package func detach() { pthread_detach(thread) }

  /// Waits for the end of the thread; where it is the calling thread itself, it cleans up after itself instead.
  func join() {
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }
}

private final class ThreadStart {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  static func run(_ start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let start = Unmanaged<ThreadStart>.fromOpaque(start).takeRetainedValue()
    nameThread(start.name)
    start.body()
    return nil
  }
}
