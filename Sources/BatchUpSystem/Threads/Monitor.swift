import Synchronization

/// A lock with a condition to wait for, which the standard library's `Mutex` lacks. Threads signal while they hold the lock.
///
/// Nothing is called with the lock held that may wait for another thread or come back for the lock: no continuation is
/// resumed, no closure of a caller runs, and no object is released whose `deinit` may run code of others. Such things
/// are moved out of what the lock guards, returned from `withLock`, and resumed, run or released behind it.
@usableFromInline  // without which other modules do not inline its methods
package final class Monitor: @unchecked Sendable {
  // The two are safe to use from any thread; that is what they are for.
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @usableFromInline let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  @usableFromInline let signalCount = Atomic<Int>(0)

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

  @inlinable package func lock() { pthread_mutex_lock(mutex) }

  /// Returns false where another thread has the lock.
  @inlinable package func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  @inlinable package func unlock() { pthread_mutex_unlock(mutex) }

  @inlinable package func withLock<Result: ~Copyable, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Releases the lock until signaled; may wake spuriously.
  package func wait() {
    if !isSignalledSoon() { pthread_cond_wait(condition, mutex) }
  }

  /// Releases the lock for about as long as it takes to put a thread to sleep and to wake it, and yields to other
  /// threads meanwhile: the other thread has often finished by then, and need not wake this one.
  private func isSignalledSoon() -> Bool {
    let before = signalCount.load(ordering: .relaxed)
    unlock()
    for _ in 0..<50 where signalCount.load(ordering: .relaxed) == before { sched_yield() }
    lock()
    return signalCount.load(ordering: .relaxed) != before
  }

  /// As `wait()`, at most until `end`. False where the time is over.
  package func wait(until end: ContinuousClock.Instant) -> Bool {
    if isSignalledSoon() { return true }
    let left = end - .now
    if left <= .zero { return false }
    #if canImport(Darwin)
      var time = left.systemTime
      pthread_cond_timedwait_relative_np(condition, mutex, &time)
    #else
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      let wait = left.systemTime
      let nanoseconds = time.tv_nsec + wait.tv_nsec
      time.tv_sec += wait.tv_sec + nanoseconds / 1_000_000_000
      time.tv_nsec = nanoseconds % 1_000_000_000
      pthread_cond_timedwait(condition, mutex, &time)
    #endif
    return true
  }

  @inlinable package func signal() {
    signalCount.add(1, ordering: .relaxed)
    pthread_cond_signal(condition)
  }

  @inlinable package func broadcast() {
    signalCount.add(1, ordering: .relaxed)
    pthread_cond_broadcast(condition)
  }
}

extension Duration {
  /// Not more than a billion seconds.
  fileprivate var systemTime: timespec {
    let (seconds, attoseconds) = min(self, .seconds(1_000_000_000)).components
    return timespec(tv_sec: time_t(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
  }
}
