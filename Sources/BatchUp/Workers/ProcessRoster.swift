import BatchUpSystem

/// The worker processes of a pool: who is free, who is at work, and who is not there yet.
final class ProcessRoster: @unchecked Sendable {
  private let executable: String
  private let limit: Int
  /// How long processes may take to end before they are killed.
  private static let grace = Duration.seconds(1)

  // Guarded by the monitor.
  private let monitor = Monitor()
  private var idle: [ChildProcess] = []
  private var busy: [ChildProcess] = []
  private var startingCount = 0
  private var closed = false

  /// Starts all of them.
  init(of executable: String, count: Int) throws(WorkerProcessError) {
    self.executable = executable
    limit = count
    do throws(WorkerProcessError) {
      for _ in 0..<count { idle.append(try ChildProcess(launching: executable)) }
    } catch {
      close()
      throw error
    }
  }

  var isClosed: Bool { monitor.withLock { closed } }

  var processIDs: [Int32] { monitor.withLock { (idle + busy).map(\.processID) } }

  /// Calls `body` with a process that nobody else uses, after waiting for one where all are at work.
  func withProcess<Result>(
    _ body: (ChildProcess) throws(WorkerProcessError) -> Result
  ) throws(WorkerProcessError) -> Result {
    let child = try borrow()
    defer { giveBack(child) }
    child.regions.beginRequests()
    defer { child.regions.endRequests() }
    return try body(child)
  }

  private func borrow() throws(WorkerProcessError) -> ChildProcess {
    while let child = try takeIdle() {
      if child.isAlive { return child }
      // Nobody's batch is to blame for its end.
      child.end(by: .now)
      giveBack(child)
    }
    return try start()
  }

  /// A process from the list of idle ones; nil where there is room for a new one.
  private func takeIdle() throws(WorkerProcessError) -> ChildProcess? {
    monitor.lock()
    defer { monitor.unlock() }
    while !closed {
      if let place = idle.lastIndex(where: { $0.regions.hasSpare }) ?? idle.indices.last {
        let child = idle.remove(at: place)
        busy.append(child)
        return child
      }
      if busy.count + startingCount < limit {
        startingCount += 1
        return nil
      }
      monitor.wait()
    }
    throw WorkerProcessError(.poolClosed)
  }

  private func start() throws(WorkerProcessError) -> ChildProcess {
    do throws(WorkerProcessError) {
      let child = try ChildProcess(launching: executable)
      monitor.withLock {
        startingCount -= 1
        busy.append(child)
        // Whoever closes the roster meanwhile ends the process.
        monitor.broadcast()
      }
      return child
    } catch {
      monitor.withLock {
        startingCount -= 1
        monitor.broadcast()
      }
      throw error
    }
  }

  private func giveBack(_ child: ChildProcess) {
    let mustEnd = monitor.withLock {
      if closed { return true }
      moveFromBusy(child)
      return false
    }
    guard mustEnd else { return }
    child.end(by: .now + Self.grace)
    monitor.withLock { moveFromBusy(child) }
  }

  /// Called with the lock held.
  private func moveFromBusy(_ child: ChildProcess) {
    busy.removeAll { $0 === child }
    if !child.isReaped { idle.append(child) }
    monitor.broadcast()
  }

  /// Ends all processes, and returns when they have ended.
  func close() {
    let all: (idle: [ChildProcess], busy: [ChildProcess])? = monitor.withLock {
      if closed { return nil }
      closed = true
      monitor.broadcast()
      defer { idle = [] }
      return (idle, busy)
    }
    guard let all else { return }
    for child in all.idle + all.busy { child.finish() }
    let end = ContinuousClock.now + Self.grace
    for child in all.idle { child.end(by: end) }
    waitForTheBusy(until: end)
  }

  /// Those who use the processes notice their end, and see to the rest.
  private func waitForTheBusy(until end: ContinuousClock.Instant) {
    monitor.lock()
    defer { monitor.unlock() }
    while !(busy.isEmpty && startingCount == 0), monitor.wait(until: end) {}
    while !(busy.isEmpty && startingCount == 0) {
      for child in busy { child.kill() }
      monitor.wait()
    }
  }
}
