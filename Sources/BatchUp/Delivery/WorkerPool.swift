import BatchUpSystem

/// Threads that prepare batches, or run other tasks, for any number of consumers at once.
///
/// They are threads of their own, not those of Swift's tasks, so that work that waits for a disk holds up nothing else.
/// They end when the pool is closed or released, as soon as what they are at is done; those that hang are left behind
/// after a deadline. Only a process can be killed: ``WorkerProcessPool``. What comes out never depends on how many
/// there are; a consumer for whose next item no worker has had the time makes it itself.
///
/// Between two iterations over prefetched batches the pool keeps the memory of the last batches, which the next iteration
/// starts with.
public final class WorkerPool: Sendable {
  /// The number of threads.
  public let workerCount: Int
  /// How long closing waits for threads that are at a batch.
  public let closeDeadline: Duration?
  let queue: JobQueue
  private let threads: [WorkerThread]
  private let leftovers = Guarded<[ArrayStorage]>([])

  /// Starts the threads; as many as there are processors that this process may use, unless told otherwise.
  ///
  /// A pool has at most 1,024 threads, or one for each processor where there are more, and fewer where the system
  /// refuses another one: `workerCount` tells.
  ///
  /// - Parameters:
  ///   - workerCount: How many threads there are.
  ///   - closeDeadline: How long `close()`, and releasing the pool, wait for threads that are at a batch; nil for as
  ///     long as it takes.
  /// - Precondition: `workerCount` is not negative. With 0, consumers do all the work themselves.
  public init(workerCount: Int? = nil, closeDeadline: Duration? = .seconds(60)) {
    let processorCount = usableProcessorCount()
    let wantedCount = min(workerCount ?? processorCount, max(processorCount, 1_024))
    precondition(wantedCount >= 0, "a pool has 0 workers or more, not \(wantedCount)")
    let queue = JobQueue()
    var threads: [WorkerThread] = []
    while threads.count < wantedCount,
      let thread = WorkerThread(
        name: "batchup \(threads.count)", { [number = threads.count] in queue.work(as: number) })
    {
      threads.append(thread)
    }
    self.threads = threads
    self.closeDeadline = closeDeadline
    self.queue = queue
    self.workerCount = threads.count
    if threads.isEmpty { _ = queue.close() }
  }

  /// One item that each worker makes, and one that is ready; more would only leave the processors' caches sooner.
  var usualBuffering: Int { max(2 * workerCount, 4) }

  deinit { close() }

  /// The memory of the batches of the iteration that ended last, for one that starts.
  func takeLeftovers() -> [ArrayStorage] { leftovers.exchange([]) }

  func keepLeftovers(of recycler: StorageRecycler) {
    if queue.isOpen { _ = leftovers.exchange(recycler.takeUnheld()) }
  }

  /// Ends the threads, and returns when they have ended: each finishes what it is at, which is one batch at most.
  ///
  /// A thread that takes longer than the deadline for it, because a loader hangs, is left behind, which a line on standard
  /// error says: it keeps what it uses, and ends when the loader returns. Consumers that still want something make it
  /// themselves.
  ///
  /// - Returns: The number of threads that are left behind.
  @discardableResult
  public func close() -> Int {
    guard queue.close() else { return 0 }
    let others = threads.indices.filter { !threads[$0].isCurrent }
    let ended = queue.waitForEnd(of: others, until: closeDeadline.map { .now + $0 })
    let hanging = others.filter { !ended.contains($0) }
    for (number, thread) in threads.enumerated() {
      if hanging.contains(number) { thread.detach() } else { thread.join() }
    }
    if let closeDeadline, !hanging.isEmpty {
      let threads = hanging.count == 1 ? "a worker thread is" : "\(hanging.count) worker threads are"
      printToStandardError("\(threads) still at a batch \(closeDeadline) after closing the pool; left behind")
    }
    _ = takeLeftovers()
    return hanging.count
  }
}

/// Something that a worker does once for each time that it is queued.
protocol Job: AnyObject, Sendable {
  func work()

  /// Called instead, where there is no worker to do it.
  func wake()
}

/// Jobs that wait for a worker, first come, first served.
final class JobQueue: @unchecked Sendable {
  // Guarded by the monitor.
  private let monitor = Monitor()
  private var jobs: [any Job] = []
  private var isClosed = false
  private var endedThreads: Set<Int> = []

  /// Has a job done `count` times.
  func add(_ job: any Job, count: Int) {
    let isAccepted = monitor.withLock {
      if isClosed { return false }
      for _ in 0..<count {
        jobs.append(job)
        monitor.signal()
      }
      return true
    }
    if !isAccepted { for _ in 0..<count { job.wake() } }
  }

  var isOpen: Bool { monitor.withLock { !isClosed } }

  /// The loop of a worker, which has a number where its end is waited for.
  func work(as number: Int = 0) {
    while let job = next() { job.work() }
    monitor.withLock {
      endedThreads.insert(number)
      monitor.broadcast()
    }
  }

  /// Waits for workers to end, at most until `end`, and returns those that have.
  func waitForEnd(of numbers: [Int], until end: ContinuousClock.Instant?) -> Set<Int> {
    monitor.withLock {
      while !endedThreads.isSuperset(of: numbers) {
        guard let end else {
          monitor.wait()
          continue
        }
        if !monitor.wait(until: end) { break }
      }
      return endedThreads
    }
  }

  private func next() -> (any Job)? {
    monitor.withLock {
      while jobs.isEmpty, !isClosed { monitor.wait() }
      return jobs.isEmpty ? nil : jobs.removeFirst()
    }
  }

  /// False where it was closed before.
  func close() -> Bool {
    let waiting: [any Job]? = monitor.withLock {
      if isClosed { return nil }
      isClosed = true
      monitor.broadcast()
      defer { jobs = [] }
      return jobs
    }
    guard let waiting else { return false }
    for job in waiting { job.wake() }
    return true
  }
}
