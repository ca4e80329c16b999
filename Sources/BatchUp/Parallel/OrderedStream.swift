/// What a consumer gets when it asks for the next item.
enum Delivered<Item> {
  case item(Item)
  case end
  /// The item was not ready in time, and is given up.
  case late(number: Int)
}

/// Items that workers make ahead of one consumer, each from a ticket, and that are delivered in the order of the
/// tickets.
///
/// Tickets are drawn one at a time; what is made of them is made on several threads at once. At most `buffering` items
/// are made or being made and not delivered. A consumer whose next item nobody has started makes it itself.
final class OrderedStream<Tickets: IteratorProtocol, Item, Failure: Error>: Job, AwaitableStream, @unchecked Sendable {
  typealias Make = @Sendable (_ ticket: Tickets.Element, _ number: Int) throws(Failure) -> Item

  private let queue: JobQueue
  private let make: Make

  // Guarded by `drawing`, which is never asked for by who holds `monitor`.
  private let drawing = Monitor()
  private var tickets: Tickets

  // Guarded by `monitor`. Item i is in slot i modulo their number, from when it is made until it is delivered.
  private let monitor = Monitor()
  private var slots: [Result<Item, Failure>?]
  private var drawnCount = 0
  private var deliveredCount = 0
  private var readyCount = 0
  private var queuedJobCount = 0
  private var end: Int?
  private var isClosed = false
  private var hasNoWorkers = false
  private var waiter: CheckedContinuation<Void, Never>?
  private var times = StreamTimes()

  init(of tickets: Tickets, on queue: JobQueue, buffering: Int, make: @escaping Make) {
    precondition(buffering > 0, "at least one item is buffered, not \(buffering)")
    self.tickets = tickets
    self.queue = queue
    self.make = make
    slots = Array(repeating: nil, count: buffering)
  }

  /// Has workers fill the buffer.
  func start() {
    monitor.lock()
    let jobCount = claimJobs()
    monitor.unlock()
    queueJobs(jobCount)
  }

  /// Lets go of what is buffered; what is being made is thrown away when it is done.
  func close() {
    monitor.lock()
    isClosed = true
    let made = slots
    for slot in slots.indices { slots[slot] = nil }
    readyCount = 0
    wakeConsumer()
    monitor.unlock()
    withExtendedLifetime(made) {}
  }

  /// How long the consumer and the workers have waited and worked so far.
  var measuredTimes: StreamTimes { monitor.withLock { times } }

  // MARK: Consumer

  /// The next item, after waiting for it, or for as long as `patience` lasts.
  func next(patience: Duration?) throws(Failure) -> Delivered<Item> {
    let begin = ContinuousClock.now
    monitor.lock()
    while true {
      if let delivered = deliver() { return try unlocked(delivered, since: begin) }
      if deliveredCount >= drawnCount, hasNoWorkers || patience == nil {
        monitor.unlock()
        run()
        monitor.lock()
      } else if let patience {
        if !monitor.wait(until: begin + patience) { return try unlocked(giveUp(), since: begin) }
      } else {
        monitor.wait()
      }
    }
  }

  /// The next item, without blocking the thread for as long as there are workers.
  nonisolated(nonsending) func next(patience: Duration?) async throws(Failure) -> Delivered<Item> {
    let begin = ContinuousClock.now
    let alarm = patience.map { scheduleWake(of: self, after: $0) }
    defer { alarm?.cancel() }
    if Task.isCancelled { close() }
    while true {
      switch poll(since: begin) {
      case .delivered(let result): return try result.get()
      case .nobodyIsAtIt: run()
      case .notYet:
        if let patience, .now - begin >= patience { return try outOfPatience(since: begin) }
        await waitUntilReady(self)
      }
    }
  }

  private enum Poll {
    case delivered(Result<Delivered<Item>, Failure>)
    case nobodyIsAtIt
    case notYet
  }

  private func poll(since begin: ContinuousClock.Instant) -> Poll {
    monitor.lock()
    if let delivered = deliver() {
      do throws(Failure) {
        return .delivered(.success(try unlocked(delivered, since: begin)))
      } catch {
        return .delivered(.failure(error))
      }
    }
    defer { monitor.unlock() }
    return deliveredCount >= drawnCount && hasNoWorkers ? .nobodyIsAtIt : .notYet
  }

  private func outOfPatience(since begin: ContinuousClock.Instant) throws(Failure) -> Delivered<Item> {
    monitor.lock()
    return try unlocked(deliver() ?? giveUp(), since: begin)
  }

  func wakeWaiter() { monitor.withLock { wakeConsumer() } }

  func wakeWhenReady(_ continuation: CheckedContinuation<Void, Never>) {
    monitor.lock()
    let mustWait =
      !isClosed && slots[deliveredCount % slots.count] == nil && end.map { deliveredCount < $0 } ?? true
      && !(hasNoWorkers && deliveredCount >= drawnCount)
    if mustWait { waiter = continuation }
    monitor.unlock()
    if !mustWait { continuation.resume() }
  }

  /// Takes the next item out of its slot, or finds the end. Called, and left, with the lock held.
  private func deliver() -> Result<Delivered<Item>, Failure>? {
    if isClosed { return .success(.end) }
    if let end, deliveredCount >= end { return .success(.end) }
    let slot = deliveredCount % slots.count
    guard let result = slots[slot] else { return nil }
    slots[slot] = nil
    readyCount -= 1
    deliveredCount += 1
    return result.map { .item($0) }
  }

  private func giveUp() -> Result<Delivered<Item>, Failure> {
    deliveredCount += 1
    return .success(.late(number: deliveredCount - 1))
  }

  /// Lets go of the lock, has workers fill the free slots, and notes how long the consumer has waited.
  private func unlocked(
    _ delivered: Result<Delivered<Item>, Failure>, since begin: ContinuousClock.Instant
  ) throws(Failure) -> Delivered<Item> {
    times.consumerWaited += .now - begin
    let jobCount = claimJobs()
    monitor.unlock()
    queueJobs(jobCount)
    return try delivered.get()
  }

  /// How many more jobs are wanted: in all, the share of the workers that the buffer is empty of items, so that those
  /// who have little to gain leave the processors to the consumer. Where nobody is at it, none before a quarter of the
  /// buffer is empty, so that they wake up for several items. Called with the lock held.
  private func claimJobs() -> Int {
    if isClosed || end != nil { return 0 }
    let buffered = max(drawnCount - deliveredCount, 0)
    let freeCount = slots.count - buffered - queuedJobCount
    let atItCount = buffered - readyCount + queuedJobCount
    if atItCount == 0, freeCount < slots.count / 4 { return 0 }
    let emptyCount = slots.count - readyCount
    let wantedCount = (emptyCount * max(queue.workerCount, 1) + slots.count - 1) / slots.count
    let jobCount = max(min(wantedCount - atItCount, freeCount), 0)
    queuedJobCount += jobCount
    return jobCount
  }

  private func queueJobs(_ count: Int) {
    if count > 0 { queue.add(self, count: count) }
  }

  // MARK: Workers

  func work() { run(isQueued: true) }

  func wake() {
    monitor.lock()
    queuedJobCount -= 1
    hasNoWorkers = true
    wakeConsumer()
    monitor.unlock()
  }

  /// Draws a ticket, where there is room for an item, and makes the item.
  private func run(isQueued: Bool = false) {
    let begin = ContinuousClock.now
    guard let (ticket, number) = draw(isQueued: isQueued) else { return }
    let result: Result<Item, Failure>
    do throws(Failure) { result = .success(try make(ticket, number)) } catch { result = .failure(error) }
    monitor.lock()
    times.workersWorked += .now - begin
    if !isClosed, number >= deliveredCount {
      slots[number % slots.count] = result
      readyCount += 1
      if number == deliveredCount { wakeConsumer() }
    }
    let jobCount = claimJobs()
    monitor.unlock()
    queueJobs(jobCount)
  }

  private func draw(isQueued: Bool) -> (Tickets.Element, Int)? {
    drawing.lock()
    defer { drawing.unlock() }
    var queuedCount = isQueued ? 1 : 0
    while let (number, isWanted) = claimNumber(endingJobs: queuedCount) {
      queuedCount = 0
      guard let ticket = tickets.next() else {
        monitor.withLock {
          end = number
          wakeConsumer()
        }
        return nil
      }
      if isWanted { return (ticket, number) }
    }
    return nil
  }

  /// The number of the next item; not wanted where the consumer has given it up before anybody started it.
  private func claimNumber(endingJobs jobCount: Int) -> (number: Int, isWanted: Bool)? {
    monitor.withLock {
      queuedJobCount -= jobCount
      if isClosed || end != nil || drawnCount >= deliveredCount + slots.count { return nil }
      drawnCount += 1
      return (drawnCount - 1, drawnCount > deliveredCount)
    }
  }

  /// Called with the lock held.
  private func wakeConsumer() {
    monitor.signal()
    waiter?.resume()
    waiter = nil
  }
}

/// How long the two ends of a stream have been at it.
struct StreamTimes {
  /// In `next`, making the next item itself included.
  var consumerWaited = Duration.zero
  /// Drawing tickets and making items, all threads together.
  var workersWorked = Duration.zero
}

/// A stream that a task waits for.
private protocol AwaitableStream: AnyObject, Sendable {
  func wakeWhenReady(_ continuation: CheckedContinuation<Void, Never>)
  func wakeWaiter()
  func close()
}

private func scheduleWake(of stream: any AwaitableStream, after patience: Duration) -> Task<Void, Never> {
  Task {
    try? await Task.sleep(for: patience)
    stream.wakeWaiter()
  }
}

nonisolated(nonsending) private func waitUntilReady(_ stream: any AwaitableStream) async {
  await withTaskCancellationHandler {
    await withCheckedContinuation { stream.wakeWhenReady($0) }
  } onCancel: {
    stream.close()
  }
}
