import BatchUpSystem

/// The result slot of one ticket after the other. A class, so that generic code passes a single pointer instead of a
/// value of unknown layout, and reused, so that delivering allocates nothing.
final class Made<Item> {
  fileprivate var item: Item?

  /// The item. Called once for each.
  func take() -> Item {
    guard let item = item.take() else { preconditionFailure("an item is taken once") }
    return item
  }
}

/// What a consumer gets when it asks for the next item.
enum Delivered<Item> {
  case item(Made<Item>)
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
final class OrderedStream<Tickets: IteratorProtocol, Item>: Job, ItemStream, @unchecked Sendable {
  typealias Make = @Sendable (_ ticket: Tickets.Element, _ number: Int) -> Item

  private let queue: JobQueue
  private let workerCount: Int
  private let make: Make
  private let buffering: Int
  /// The bounds of the number of tickets, as far as they are known before the tickets are drawn.
  private let ticketCount: ClosedRange<Int>
  /// Those who gather batches together; nil where items are nothing that several threads can make.
  private let team: GatherTeam?
  /// Tells tickets that take long to be drawn that the stream has ended.
  private let ending: EndSignal?

  // Guarded by `drawing`, which a holder of `monitor` may try for, but never waits for. It is held while the tickets'
  // own code runs, which only one thread at a time may be in. Closing, cancelling and the alarm of a deadline do without
  // it, so that they never wait for that code; nothing else that is not the stream's own runs with either lock held.
  private let drawing = Monitor()
  private var tickets: Tickets

  // Guarded by `monitor`. An item is in its slot from when it is made until it is delivered.
  private let monitor = Monitor()
  private let slots = ItemSlots()
  // What the next items can be put in, and what the consumer has taken its last item from.
  private var spares: [AnyObject] = []
  private var taken: Made<Item>?
  private(set) var allocationCount = 0
  private var drawnCount = 0
  private var deliveredCount = 0
  private var readyCount = 0
  private var queuedJobCount = 0
  private var isConsumerMaking = false
  private var end: Int?
  private var isClosed = false
  private var hasNoWorkers = false
  private var waiters: [Waiter] = []
  private var times = StreamTimes()

  init(
    of tickets: Tickets, on pool: WorkerPool, buffering: Int, ticketCount: ClosedRange<Int> = 0 ... .max,
    team: GatherTeam? = nil, ending: EndSignal? = nil, make: @escaping Make
  ) {
    precondition(buffering > 0, "at least one item is buffered, not \(buffering)")
    self.tickets = tickets
    queue = pool.queue
    workerCount = max(pool.workerCount, 1)
    self.make = make
    // More than memory can hold, and few enough to be multiplied by the number of workers.
    self.buffering = min(buffering, 1 << 40)
    self.ticketCount = ticketCount
    self.team = team
    self.ending = ending
  }

  /// Has workers fill the buffer.
  func start() {
    monitor.lock()
    let jobCount = claimJobs()
    monitor.unlock()
    queueJobs(jobCount)
  }

  /// Ends the stream and releases what is buffered; what is being made is thrown away when it is done.
  func close() {
    ending?.give()
    monitor.lock()
    isClosed = true
    let made = slots.takeAll()
    readyCount = 0
    let waiters = wakeConsumer()
    monitor.unlock()
    waiters.resumeAll()
    withExtendedLifetime(made) {}
  }

  /// Ends the stream, on the thread that cancels the consumer's task. The task's own lock is held there, so that what is
  /// buffered is released by the task itself.
  func cancel() {
    ending?.give()
    let waiters = monitor.withLock {
      isClosed = true
      return wakeConsumer()
    }
    waiters.resumeAll()
  }

  /// How long the consumer and the workers have waited and worked so far.
  var measuredTimes: StreamTimes { monitor.withLock { times } }

  // MARK: Consumer

  /// The next item, after waiting for it, or for as long as `patience` lasts.
  func next(patience: Duration?) -> Delivered<Item> {
    let begin = ContinuousClock.now
    monitor.lock()
    while true {
      if let delivered = deliver() { return unlocked(delivered, since: begin) }
      if deliveredCount >= drawnCount, hasNoWorkers || patience == nil {
        help { run() }
      } else if let patience {
        if !monitor.wait(until: begin + patience) { return unlocked(giveUp(), since: begin) }
      } else if mayStartAnother, drawing.tryLock() {
        help { _ = makeItem(since: .now) }
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
  nonisolated(nonsending) func next(patience: Duration?) async -> Delivered<Item> {
    let begin = ContinuousClock.now
    let alarm = patience.map { scheduleWake(of: self, after: $0) }
    defer { alarm?.cancel() }
    while true {
      if Task.isCancelled { close() }
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
    case delivered(Delivered<Item>)
    case nobodyIsAtIt
    case notYet
  }

  private func poll(since begin: ContinuousClock.Instant) -> Poll {
    monitor.lock()
    if let delivered = deliver() { return .delivered(unlocked(delivered, since: begin)) }
    defer { monitor.unlock() }
    return deliveredCount >= drawnCount && hasNoWorkers ? .nobodyIsAtIt : .notYet
  }

  private func outOfPatience(since begin: ContinuousClock.Instant) -> Delivered<Item> {
    monitor.lock()
    return unlocked(deliver() ?? giveUp(), since: begin)
  }

  func wakeWaiter() {
    let waiters = monitor.withLock { wakeConsumer() }
    waiters.resumeAll()
  }

  func wakeWhenReady(_ continuation: Waiter, until time: ContinuousClock.Instant?) {
    monitor.lock()
    // From then on, the alarm may have gone off already, when there was nobody to wake.
    let isInTime = time.map { ContinuousClock.now < $0 } ?? true
    let mustWait =
      isInTime && !isClosed && !slots.contains(deliveredCount) && end.map { deliveredCount < $0 } ?? true
      && !(hasNoWorkers && deliveredCount >= drawnCount)
    if mustWait { waiters.append(continuation) }
    monitor.unlock()
    if !mustWait { continuation.resume() }
  }

  /// Called with the lock held.
  private func takeSpare() -> Made<Item> {
    guard let made = spares.popLast() else {
      allocationCount += 1
      return Made()
    }
    return unsafeDowncast(made, to: Made<Item>.self)
  }

  /// Whether another item may be started. Called with the lock held.
  private var hasRoom: Bool { !isClosed && end == nil && drawnCount < deliveredCount + buffering }

  /// Takes the next item out of its slot, or finds the end. Called, and left, with the lock held.
  private func deliver() -> Delivered<Item>? {
    if isClosed { return .end }
    if let end, deliveredCount >= end { return .end }
    guard let object = slots.take(deliveredCount) else { return nil }
    let made = unsafeDowncast(object, to: Made<Item>.self)
    readyCount -= 1
    deliveredCount += 1
    team?.noteDelivery()
    if let taken { spares.append(taken) }
    taken = made
    return .item(made)
  }

  /// Gives up the next item. Where only the tickets tell where the end is, and all workers may hang, its ticket is drawn
  /// here, unless a worker is at that. Called, and left, with the lock held, which is released meanwhile.
  private func giveUp() -> Delivered<Item> {
    let number = deliveredCount
    deliveredCount += 1
    while ticketCount.lowerBound < ticketCount.upperBound, drawnCount <= number, hasRoom, drawing.tryLock() {
      monitor.unlock()
      _ = makeItem(since: .now)
      monitor.lock()
    }
    if end == nil, number >= ticketCount.upperBound { end = number }
    return isClosed || end.map { number >= $0 } ?? false ? .end : .late(number: number)
  }

  /// Lets go of the lock, has workers fill the free slots, and notes how long the consumer has waited.
  private func unlocked(
    _ delivered: Delivered<Item>, since begin: ContinuousClock.Instant
  ) -> Delivered<Item> {
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
    let freeCount = end == nil ? buffering - buffered - queuedJobCount : 0
    let atItCount = buffered - readyCount - (isConsumerMaking ? 1 : 0) + queuedJobCount
    if atItCount == 0, freeCount < buffering / 4 {
      team?.noteIdleWorkers(0)
      return 0
    }
    let emptyCount = buffering - readyCount
    let wantedCount = (emptyCount * workerCount + buffering - 1) / buffering
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
    let waiters = wakeConsumer()
    monitor.unlock()
    waiters.resumeAll()
  }

  private func run(isQueued: Bool = false) {
    let begin = ContinuousClock.now
    var jobCount = isQueued ? 1 : 0
    while true {
      drawing.lock()
      switch makeItem(since: begin, endingJobs: jobCount) {
      case .made: return
      case .givenUp: jobCount = 0
      case .nothing:
        team?.help()
        return
      }
    }
  }

  private enum Making {
    case made
    /// The consumer no longer waits for the item.
    case givenUp
    /// There is no ticket, or no room for an item.
    case nothing
  }

  /// Draws a ticket, where there is room for an item, and makes the item. Called with `drawing` held, and releases it.
  private func makeItem(since begin: ContinuousClock.Instant, endingJobs jobCount: Int = 0) -> Making {
    guard let (number, made) = claimNumber(endingJobs: jobCount) else {
      drawing.unlock()
      return .nothing
    }
    guard let ticket = tickets.next() else {
      // Before another thread finds that there is no ticket.
      let waiters = endTickets(at: number)
      drawing.unlock()
      waiters.resumeAll()
      return .nothing
    }
    drawing.unlock()
    guard let made else { return .givenUp }
    made.item = make(ticket, number)
    keep(made, number: number, since: begin)
    return .made
  }

  /// Puts an item where the consumer looks for it, unless it has been given up.
  private func keep(_ made: Made<Item>, number: Int, since begin: ContinuousClock.Instant) {
    monitor.lock()
    times.workersWorked += .now - begin
    var waiters: [Waiter] = []
    if !isClosed, number >= deliveredCount {
      slots.put(made, at: number)
      readyCount += 1
      if number == deliveredCount { waiters = wakeConsumer() }
    }
    let jobCount = claimJobs()
    monitor.unlock()
    waiters.resumeAll()
    queueJobs(jobCount)
  }

  private func endTickets(at number: Int) -> [Waiter] {
    monitor.withLock {
      end = number
      return wakeConsumer()
    }
  }

  /// The number of the next item and what to put it in; nil where the consumer has given it up before anybody started it.
  private func claimNumber(endingJobs jobCount: Int) -> (number: Int, made: Made<Item>?)? {
    monitor.withLock {
      queuedJobCount -= jobCount
      guard hasRoom else { return nil }
      slots.makeRoom(behind: min(deliveredCount, drawnCount)..<drawnCount)
      drawnCount += 1
      return (drawnCount - 1, drawnCount > deliveredCount ? takeSpare() : nil)
    }
  }

  /// Wakes a thread that waits in `next`, or returns the tasks that do: to be resumed when no lock is held, since that
  /// waits for the task's own lock, which the thread that cancels it holds. Called with the lock held.
  private func wakeConsumer() -> [Waiter] {
    monitor.signal()
    defer { waiters = [] }
    return waiters
  }
}

/// How long the two ends of a stream have been at it.
struct StreamTimes {
  /// In `next`, making the next item itself included.
  var consumerWaited = Duration.zero
  /// Drawing tickets and making items, all threads together.
  var workersWorked = Duration.zero
}
