import BatchUpSystem
import Synchronization

/// The threads of one iteration, which gather large batches together: whoever makes one opens it to those that have none
/// to make, and all take parts of neighbouring rows until none is left.
///
/// What is in a batch does not depend on who makes which part.
final class GatherTeam: Job, RowHelpers, @unchecked Sendable {
  /// Parts are large enough that taking them is no work, and enough that nobody waits long for somebody else's last one.
  private static let minimumPartByteCount = 128 << 10
  private static let maximumPartCount = 32
  /// Less is done before another thread has woken up.
  private static let minimumByteCount = 512 << 10

  private struct OpenGather {
    let number: Int
    let work: RowWork
    let partLength: Int
    var takenCount = 0
    /// Parts that others are at.
    var lentCount = 0

    mutating func takePart() -> Range<Int>? {
      if takenCount == work.count { return nil }
      let part = takenCount..<min(takenCount + partLength, work.count)
      takenCount = part.upperBound
      return part
    }
  }

  private let queue: JobQueue
  private let meter: StageMeter
  /// How many workers have no batch to make, but the consumer would have sooner what the others are making.
  private let idleWorkerCount = Atomic<Int>(0)
  private let queuedJobCount = Atomic<Int>(0)
  private let helpNanoseconds = Atomic<Int>(0)
  private let hasDelivered = Atomic<Bool>(false)

  // Guarded by the monitor; the oldest first.
  private let monitor = Monitor()
  private var open: [OpenGather] = []
  private var openedCount = 0
  private var borrowedPartCount = 0

  init(on queue: JobQueue, meter: StageMeter) {
    self.queue = queue
    self.meter = meter
  }

  /// How many parts were not made by who makes the batch.
  var helpedPartCount: Int { monitor.withLock { borrowedPartCount } }

  /// How long threads without a batch of their own, for which nobody else measures it, have helped with others'.
  var helpTime: Duration { .nanoseconds(helpNanoseconds.load(ordering: .relaxed)) }

  func noteIdleWorkers(_ count: Int) { idleWorkerCount.store(count, ordering: .relaxed) }

  /// From now on nobody puts off a batch to have the first one sooner.
  func noteDelivery() { hasDelivered.store(true, ordering: .relaxed) }

  /// Whether a batch is large enough, and there is or may be somebody who has nothing better to do.
  func isWorthSharing(rowCount: Int, rowByteCount: Int) -> Bool {
    rowCount > 1 && rowCount * rowByteCount >= Self.minimumByteCount
      && (idleWorkerCount.load(ordering: .relaxed) > 0 || !hasDelivered.load(ordering: .relaxed))
  }

  /// Whether somebody is at a batch that others help with, or could.
  var isGathering: Bool { monitor.withLock { !open.isEmpty } }

  /// Whether there is something to help with.
  var hasParts: Bool { monitor.withLock { open.contains { $0.takenCount < $0.work.count } } }

  /// Makes all rows of a batch, with the help of who has the time, and returns when they are done.
  func perform(_ work: RowWork) {
    let number = opened(work)
    inviteIdleWorkers()
    if !hasDelivered.load(ordering: .relaxed) { help(before: number) }
    while let part = ownPart(of: number) { work.makeRows(part) }
    close(number)
  }

  /// Takes part in what others make, the oldest first, as long as there is something left to take.
  func help(before number: Int = .max) {
    let begin = ContinuousClock.now
    var hasHelped = false
    while let lender = makePart(before: number) {
      giveBack(to: lender)
      hasHelped = true
    }
    // Whoever has a batch is measured while they are at that.
    guard hasHelped, number == .max else { return }
    meter.note(.gather, since: begin)
    helpNanoseconds.add((ContinuousClock.now - begin).nanoseconds, ordering: .relaxed)
  }

  /// Makes a part of another batch. Not inlined, so that the work, which must not outlive the batch, is released before
  /// the part is given back.
  @inline(never)
  private func makePart(before number: Int) -> Int? {
    guard let (lender, work, part) = borrowPart(before: number) else { return nil }
    work.makeRows(part)
    return lender
  }

  private func opened(_ work: RowWork) -> Int {
    monitor.withLock {
      openedCount += 1
      let partLength = max(Self.minimumPartByteCount / work.rowByteCount, work.count / Self.maximumPartCount, 1)
      open.append(OpenGather(number: openedCount, work: work, partLength: partLength))
      return openedCount
    }
  }

  private func ownPart(of number: Int) -> Range<Int>? {
    monitor.withLock { open[place(of: number)].takePart() }
  }

  private func borrowPart(before number: Int) -> (lender: Int, RowWork, part: Range<Int>)? {
    monitor.withLock {
      for i in open.indices where open[i].number < number {
        guard let part = open[i].takePart() else { continue }
        open[i].lentCount += 1
        borrowedPartCount += 1
        return (open[i].number, open[i].work, part)
      }
      return nil
    }
  }

  private func giveBack(to number: Int) {
    monitor.withLock {
      let place = place(of: number)
      open[place].lentCount -= 1
      if open[place].lentCount == 0 { monitor.broadcast() }
    }
  }

  /// Waits for the parts that others are at.
  private func close(_ number: Int) {
    // Released behind the lock.
    _ = monitor.withLock {
      while open[place(of: number)].lentCount > 0 { monitor.wait() }
      return open.remove(at: place(of: number))
    }
  }

  /// Called with the lock held, for a gather that is not closed.
  private func place(of number: Int) -> Int {
    guard let place = open.firstIndex(where: { $0.number == number }) else {
      preconditionFailure("a batch is open until all of its parts are done")
    }
    return place
  }

  // MARK: Workers

  private func inviteIdleWorkers() {
    let count = idleWorkerCount.load(ordering: .relaxed) - queuedJobCount.load(ordering: .relaxed)
    guard count > 0 else { return }
    queuedJobCount.add(count, ordering: .relaxed)
    queue.add(self, count: count)
  }

  func work() {
    queuedJobCount.subtract(1, ordering: .relaxed)
    help()
  }

  func wake() { queuedJobCount.subtract(1, ordering: .relaxed) }
}
