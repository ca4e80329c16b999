/// What was made of a ticket. A class, so that generic code passes it on as one pointer, without looking up at run time
/// how what is in it is laid out.
/// It serves one item after the other, so that delivering allocates nothing.
final class Made<Item, Failure: Error> {
  fileprivate var result: Result<Item, Failure>?

  /// The item, or why there is none. Called once for each.
  func take() throws(Failure) -> Item {
    guard let result = result.take() else { preconditionFailure("an item is taken once") }
    return try result.get()
  }
}

/// What a consumer gets when it asks for the next item.
enum Delivered<Item, Failure: Error> {
  case item(Made<Item, Failure>)
  case end
  /// The item was not ready in time, and is given up.
  case late(number: Int)
}

/// Items that workers make ahead of one consumer, each from a ticket, and that are delivered in the order of the
/// tickets.
///
/// Tickets are drawn one at a time; what is made of them is made on several threads at once. At most `buffering` items
/// are made or being made and not delivered. A consumer whose next item is not there yet makes the next one that nobody
/// has started, rather than to wait, unless its patience has a limit.
final class OrderedStream<Tickets: IteratorProtocol, Item, Failure: Error>: Job, AwaitableStream, @unchecked Sendable {
  typealias Make = @Sendable (_ ticket: Tickets.Element, _ number: Int) throws(Failure) -> Item

  private let queue: JobQueue
  private let make: Make
  /// Those who gather batches together; nil where items are nothing that several threads can make.
  private let team: GatherTeam?

  // Guarded by `drawing`, which who holds `monitor` may try for, but never waits for.
  private let drawing = Monitor()
  private var tickets: Tickets

  // Guarded by `monitor`. Item i is in slot i modulo their number, from when it is made until it is delivered.
  private let monitor = Monitor()
  private let slots: UnsafeMutableBufferPointer<Made<Item, Failure>?>
  // What the next items can be put in, the first `spareCount`, and what the consumer has taken its last item from.
  private let spares: UnsafeMutableBufferPointer<Made<Item, Failure>?>
  private var spareCount = 0
  private var taken: Made<Item, Failure>?
  private(set) var allocationCount = 0
  private var drawnCount = 0
  private var deliveredCount = 0
  private var readyCount = 0
  private var queuedJobCount = 0
  private var isConsumerMaking = false
  private var end: Int?
  private var isClosed = false
  private var hasNoWorkers = false
  private var waiter: CheckedContinuation<Void, Never>?
  private var times = StreamTimes()

  init(of tickets: Tickets, on queue: JobQueue, buffering: Int, team: GatherTeam? = nil, make: @escaping Make) {
    precondition(buffering > 0, "at least one item is buffered, not \(buffering)")
    self.tickets = tickets
    self.queue = queue
    self.make = make
    self.team = team
    slots = .allocate(capacity: buffering)
    slots.initialize(repeating: nil)
    // What the consumer has taken besides.
    spares = .allocate(capacity: buffering + 1)
    spares.initialize(repeating: nil)
  }

  deinit {
    for items in [slots, spares] {
      items.deinitialize()
      items.deallocate()
    }
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
    let made = Array(slots)
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
  func next(patience: Duration?) -> Delivered<Item, Failure> {
    let begin = ContinuousClock.now
    monitor.lock()
    while true {
      if let delivered = deliver() { return unlocked(delivered, since: begin) }
      if deliveredCount >= drawnCount, hasNoWorkers || patience == nil {
        help { run() }
      } else if let patience {
        if !monitor.wait(until: begin + patience) { return unlocked(giveUp(), since: begin) }
      } else if mayStartAnother, drawing.tryLock() {
        help { makeItem(since: .now) }
      } else if let team, team.hasParts {
        monitor.unlock()
        team.help()
        monitor.lock()
      } else {
        monitor.wait()
      }
    }
  }

  /// Whether a consumer whose item is not there yet may start another one: not where the others are at the first one
  /// together, which is soon there. Called with the lock held.
  private var mayStartAnother: Bool { hasRoom && !(deliveredCount == 0 && team?.isGathering ?? false) }

  /// Called, and left, with the lock held, which is let go of meanwhile.
  private func help(_ body: () -> Void) {
    isConsumerMaking = true
    monitor.unlock()
    body()
    monitor.lock()
    isConsumerMaking = false
  }

  /// The next item, without blocking the thread for as long as there are workers.
  nonisolated(nonsending) func next(patience: Duration?) async -> Delivered<Item, Failure> {
    let begin = ContinuousClock.now
    let alarm = patience.map { scheduleWake(of: self, after: $0) }
    defer { alarm?.cancel() }
    if Task.isCancelled { close() }
    while true {
      switch poll(since: begin) {
      case .delivered(let delivered): return delivered
      case .nobodyIsAtIt: run()
      case .notYet:
        if let patience, .now - begin >= patience { return outOfPatience(since: begin) }
        await waitUntilReady(self, until: patience.map { begin + $0 })
      }
    }
  }

  private enum Poll {
    case delivered(Delivered<Item, Failure>)
    case nobodyIsAtIt
    case notYet
  }

  private func poll(since begin: ContinuousClock.Instant) -> Poll {
    monitor.lock()
    if let delivered = deliver() { return .delivered(unlocked(delivered, since: begin)) }
    defer { monitor.unlock() }
    return deliveredCount >= drawnCount && hasNoWorkers ? .nobodyIsAtIt : .notYet
  }

  private func outOfPatience(since begin: ContinuousClock.Instant) -> Delivered<Item, Failure> {
    monitor.lock()
    return unlocked(deliver() ?? giveUp(), since: begin)
  }

  func wakeWaiter() { monitor.withLock { wakeConsumer() } }

  func wakeWhenReady(_ continuation: CheckedContinuation<Void, Never>, until time: ContinuousClock.Instant?) {
    monitor.lock()
    // From then on, the alarm may have gone off already, when there was nobody to wake.
    let isInTime = time.map { ContinuousClock.now < $0 } ?? true
    let mustWait =
      isInTime && !isClosed && slots[deliveredCount % slots.count] == nil && end.map { deliveredCount < $0 } ?? true
      && !(hasNoWorkers && deliveredCount >= drawnCount)
    if mustWait { waiter = continuation }
    monitor.unlock()
    if !mustWait { continuation.resume() }
  }

  /// Called with the lock held.
  private func spare(_ made: Made<Item, Failure>) {
    guard spareCount < spares.count else { return }
    spares[spareCount] = made
    spareCount += 1
  }

  /// Called with the lock held.
  private func takeSpare() -> Made<Item, Failure> {
    guard spareCount > 0, let made = spares[spareCount - 1] else {
      allocationCount += 1
      return Made()
    }
    spareCount -= 1
    spares[spareCount] = nil
    return made
  }

  /// Whether another item may be started. Called with the lock held.
  private var hasRoom: Bool { !isClosed && end == nil && drawnCount < deliveredCount + slots.count }

  /// Takes the next item out of its slot, or finds the end. Called, and left, with the lock held.
  private func deliver() -> Delivered<Item, Failure>? {
    if isClosed { return .end }
    if let end, deliveredCount >= end { return .end }
    let slot = deliveredCount % slots.count
    guard let made = slots[slot] else { return nil }
    slots[slot] = nil
    readyCount -= 1
    deliveredCount += 1
    team?.noteDelivery()
    if let taken { spare(taken) }
    taken = made
    return .item(made)
  }

  private func giveUp() -> Delivered<Item, Failure> {
    deliveredCount += 1
    return .late(number: deliveredCount - 1)
  }

  /// Lets go of the lock, has workers fill the free slots, and notes how long the consumer has waited.
  private func unlocked(
    _ delivered: Delivered<Item, Failure>, since begin: ContinuousClock.Instant
  ) -> Delivered<Item, Failure> {
    times.consumerWaited += .now - begin
    let jobCount = claimJobs()
    monitor.unlock()
    queueJobs(jobCount)
    return delivered
  }

  /// How many more jobs are wanted: in all, the share of the workers that the buffer is empty of items, so that those
  /// who have little to gain leave the processors to the consumer. Where nobody is at it, none before a quarter of the
  /// buffer is empty, so that they wake up for several items. Those for whom there is no item can help with the others.
  /// Called with the lock held.
  private func claimJobs() -> Int {
    if isClosed { return 0 }
    let buffered = max((end ?? drawnCount) - deliveredCount, 0)
    let freeCount = end == nil ? slots.count - buffered - queuedJobCount : 0
    let atItCount = buffered - readyCount - (isConsumerMaking ? 1 : 0) + queuedJobCount
    if atItCount == 0, freeCount < slots.count / 4 {
      team?.noteIdleWorkers(0)
      return 0
    }
    let emptyCount = slots.count - readyCount
    let wantedCount = (emptyCount * max(queue.workerCount, 1) + slots.count - 1) / slots.count
    let jobCount = max(min(wantedCount - atItCount, freeCount), 0)
    team?.noteIdleWorkers(max(wantedCount - atItCount - jobCount, 0))
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

  private func run(isQueued: Bool = false) {
    let begin = ContinuousClock.now
    drawing.lock()
    if !makeItem(since: begin, isQueued: isQueued) { team?.help() }
  }

  /// Draws a ticket, where there is room for an item, and makes the item; false where there is nothing to make. Called
  /// with `drawing` held, and lets go of it.
  @discardableResult
  private func makeItem(since begin: ContinuousClock.Instant, isQueued: Bool = false) -> Bool {
    var queuedCount = isQueued ? 1 : 0
    while let (number, made) = claimNumber(endingJobs: queuedCount) {
      queuedCount = 0
      guard let ticket = tickets.next() else {
        // Before anybody else finds that there is no ticket.
        endTickets(at: number)
        break
      }
      if let made {
        drawing.unlock()
        make(ticket, into: made, number: number)
        keep(made, number: number, since: begin)
        return true
      }
    }
    drawing.unlock()
    return false
  }

  private func make(_ ticket: Tickets.Element, into made: Made<Item, Failure>, number: Int) {
    do throws(Failure) { made.result = .success(try make(ticket, number)) } catch { made.result = .failure(error) }
  }

  /// Puts an item where the consumer looks for it, unless it has been given up.
  private func keep(_ made: Made<Item, Failure>, number: Int, since begin: ContinuousClock.Instant) {
    monitor.lock()
    times.workersWorked += .now - begin
    if !isClosed, number >= deliveredCount {
      slots[number % slots.count] = made
      readyCount += 1
      if number == deliveredCount { wakeConsumer() }
    }
    let jobCount = claimJobs()
    monitor.unlock()
    queueJobs(jobCount)
  }

  private func endTickets(at number: Int) {
    monitor.withLock {
      end = number
      wakeConsumer()
    }
  }

  /// The number of the next item and what to put it in; nil where the consumer has given it up before anybody started it.
  private func claimNumber(endingJobs jobCount: Int) -> (number: Int, made: Made<Item, Failure>?)? {
    monitor.withLock {
      queuedJobCount -= jobCount
      guard hasRoom else { return nil }
      drawnCount += 1
      return (drawnCount - 1, drawnCount > deliveredCount ? takeSpare() : nil)
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
  func wakeWhenReady(_ continuation: CheckedContinuation<Void, Never>, until time: ContinuousClock.Instant?)
  func wakeWaiter()
  func close()
}

private func scheduleWake(of stream: any AwaitableStream, after patience: Duration) -> Task<Void, Never> {
  Task {
    try? await Task.sleep(for: patience)
    stream.wakeWaiter()
  }
}

nonisolated(nonsending) private func waitUntilReady(_ stream: any AwaitableStream, until time: ContinuousClock.Instant?) async {
  await withTaskCancellationHandler {
    await withCheckedContinuation { stream.wakeWhenReady($0, until: time) }
  } onCancel: {
    stream.close()
  }
}
