import BatchUpSystem

/// Starts processes, all on one thread that lives for as long as this process.
///
/// Linux ends a process that asks to end with its parent when the *thread* ends that has started it, which must not be
/// a worker's or a task's.
enum ProcessLauncher {
  private static let launches: JobQueue? = {
    let queue = JobQueue()
    guard WorkerThread(name: "batchup launch", { queue.work() }) != nil else { return nil }
    return queue
  }()

  static func launch(_ path: String, arguments: [String], socket: Int32) throws(SystemError) -> Int32 {
    let task = Launch { () throws(SystemError) in try spawnProcess(path, arguments: arguments, socket: socket) }
    if let launches { launches.add(task, count: 1) } else { task.work() }
    return try task.wait()
  }
}

private final class Launch: Job, @unchecked Sendable {
  private let body: @Sendable () throws(SystemError) -> Int32
  // Guarded by the monitor.
  private let monitor = Monitor()
  private var result: Result<Int32, SystemError>?

  init(_ body: @escaping @Sendable () throws(SystemError) -> Int32) {
    self.body = body
  }

  func work() {
    let launched: Result<Int32, SystemError>
    do throws(SystemError) { launched = .success(try body()) } catch { launched = .failure(error) }
    monitor.withLock {
      result = launched
      monitor.signal()
    }
  }

  /// There is always a worker: the queue is never closed.
  func wake() { work() }

  func wait() throws(SystemError) -> Int32 {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let result { return try result.get() }
      monitor.wait()
    }
  }
}
