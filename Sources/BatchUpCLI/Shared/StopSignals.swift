import BatchUp
import BatchUpSystem
import Synchronization

/// SIGINT, SIGTERM and SIGHUP: the program ends by them, as it would anyway, but leaves no incomplete files behind.
///
/// Their handler only tells a thread, since in a handler no lock may be waited for; the third signal waits for nothing.
enum StopSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]
  private static let count = Atomic<Int>(0)
  private static let arrived = Atomic<Int32>(0)
  private static let arePostponed = Atomic<Bool>(false)
  private static let noticeEnd = Atomic<Int32>(-1)

  static func catchThem() {
    var ends: [Int32] = [-1, -1]
    // Where that fails, they end the program all the same.
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let noticeEnd = ends[0]
    unblock(numbers)
    guard let thread = WorkerThread(name: "batchup signals", { obey(noticesFrom: noticeEnd) }) else { return }
    thread.detach()
    // Before a handler needs them, which must not wait for their initialization.
    self.noticeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    count.store(0, ordering: .sequentiallyConsistent)
    for number in numbers where !isIgnored(number) {
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { StopSignals.note($0) }
      #else
        action.__sigaction_handler.sa_handler = { StopSignals.note($0) }
      #endif
      action.sa_flags = Int32(truncatingIfNeeded: SA_RESTART)
      sigaction(number, &action, nil)
    }
  }

  /// From now on, the first signal is noted only; the second one ends the program at once.
  static func postpone() { arePostponed.store(true, ordering: .sequentiallyConsistent) }

  static var hasArrived: Bool { arrived.load(ordering: .relaxed) != 0 }

  /// Ends the program by the signal that was postponed.
  static func stopIfArrived() {
    let number = arrived.load(ordering: .relaxed)
    if number != 0 { end(by: number) }
  }

  /// Ends the program as the signal does where nobody handles it, so that whoever waits for it sees that.
  static func end(by number: Int32) -> Never {
    Leftovers.remove {
      signal(number, SIG_DFL)
      unblock([number])
      raise(number)
    }
    _exit(128 + number)
  }

  private static func note(_ number: Int32) {
    // A file system that does not answer may keep the thread.
    if count.add(1, ordering: .sequentiallyConsistent).newValue > 2 {
      signal(number, SIG_DFL)
      raise(number)
    }
    let error = errno
    var byte = UInt8(truncatingIfNeeded: number)
    write(noticeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = error
  }

  private static func obey(noticesFrom descriptor: Int32) {
    while true {
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count != 1 { return }
      let number = Int32(byte)
      let isFirst = arrived.exchange(number, ordering: .sequentiallyConsistent) == 0
      if !isFirst || !arePostponed.load(ordering: .sequentiallyConsistent) { end(by: number) }
    }
  }

  /// A parent that starts the program from a thread that blocks signals, as those of dispatch queues do, hands that on.
  private static func unblock(_ numbers: [Int32]) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in numbers { sigaddset(&signals, number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// As for a program that the shell runs in the background.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    #if canImport(Darwin)
      return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    #else
      return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    #endif
  }
}
