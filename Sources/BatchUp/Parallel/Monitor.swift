import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock with a condition to wait for, which the standard library's `Mutex` lacks. Whoever signals holds the lock.
///
/// Nothing is called with the lock held that may wait for another thread or come back for the lock: no continuation is
/// resumed, no closure of a caller runs, and no object is released whose `deinit` may run code of others. Such things
/// are moved out of what the lock guards, returned from `withLock`, and resumed, run or released behind it.
package final class Monitor: @unchecked Sendable {
  // The two are safe to use from any thread; that is what they are for.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let signalCount = Atomic<Int>(0)

  package init() {
    #if canImport(Glibc)
      // One that tries for a moment before it has the system put the thread to sleep: it is never held for long.
      var kind = pthread_mutexattr_t()
      pthread_mutexattr_init(&kind)
      pthread_mutexattr_settype(&kind, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
      pthread_mutex_init(mutex, &kind)
      pthread_mutexattr_destroy(&kind)
    #else
      pthread_mutex_init(mutex, nil)
    #endif
    #if canImport(Darwin)
      pthread_cond_init(condition, nil)
    #else
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }

  /// False where somebody else has the lock.
  func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  func unlock() { pthread_mutex_unlock(mutex) }

  @inline(__always)
  package func withLock<Result: ~Copyable, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Lets go of the lock until somebody signals, or for no reason at all.
  func wait() {
    if !isSignalledSoon() { pthread_cond_wait(condition, mutex) }
  }

  /// Lets go of the lock for about as long as it takes to put a thread to sleep and to wake it up again, and gives way
  /// to other threads meanwhile: who is waited for is often done by then, and need not wake anybody.
  private func isSignalledSoon() -> Bool {
    let before = signalCount.load(ordering: .relaxed)
    unlock()
    for _ in 0..<50 where signalCount.load(ordering: .relaxed) == before { sched_yield() }
    lock()
    return signalCount.load(ordering: .relaxed) != before
  }

  /// As `wait()`, at most until `end`. False where the time is over.
  func wait(until end: ContinuousClock.Instant) -> Bool {
    if isSignalledSoon() { return true }
    let left = end - .now
    if left <= .zero { return false }
    #if canImport(Darwin)
      var time = left.timespec
      pthread_cond_timedwait_relative_np(condition, mutex, &time)
    #else
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      let wait = left.timespec
      let nanoseconds = time.tv_nsec + wait.tv_nsec
      time.tv_sec += wait.tv_sec + nanoseconds / 1_000_000_000
      time.tv_nsec = nanoseconds % 1_000_000_000
      pthread_cond_timedwait(condition, mutex, &time)
    #endif
    return true
  }

  func signal() {
    signalCount.add(1, ordering: .relaxed)
    pthread_cond_signal(condition)
  }

  func broadcast() {
    signalCount.add(1, ordering: .relaxed)
    pthread_cond_broadcast(condition)
  }
}

/// A value that one thread at a time looks at or changes. The thread sanitizer knows it, unlike the standard library's
/// `Mutex` on Linux. Where there is no value, a `Monitor` does: the sanitizer takes changes of a value without a size for
/// changes of the object.
package final class Guarded<Value>: @unchecked Sendable {
  private let monitor = Monitor()
  private var value: Value

  package init(_ value: Value) {
    self.value = value
  }

  package func withLock<Result: ~Copyable, E: Error>(_ body: (inout Value) throws(E) -> Result) throws(E) -> Result {
    monitor.lock()
    defer { monitor.unlock() }
    return try body(&value)
  }

  /// Puts a value in place of the one that is there, which it returns, so that the lock is not held when that is
  /// released.
  package func exchange(_ new: Value) -> Value {
    withLock { value in
      let old = value
      value = new
      return old
    }
  }
}

extension Duration {
  /// Not more than a billion seconds.
  fileprivate var timespec: timespec {
    let (seconds, attoseconds) = min(self, .seconds(1_000_000_000)).components
    #if canImport(Darwin)
      return Darwin.timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    #elseif canImport(Glibc)
      return Glibc.timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    #else
      return Musl.timespec(tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    #endif
  }
}
