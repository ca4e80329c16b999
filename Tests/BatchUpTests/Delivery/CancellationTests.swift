import BatchUp
import Foundation
import Synchronization
import TestSupport
import Testing

/// A task that waits for batches is cancelled. What hangs would hang the tests, so that each runs in a process that an
/// alarm ends.
@Suite struct CancellationTests {
  /// `BATCHUP_STRESS_CANCELLATIONS` makes them more, for a soak.
  private static var roundCount: Int {
    ProcessInfo.processInfo.environment["BATCHUP_STRESS_CANCELLATIONS"].flatMap { Int($0) } ?? 20_000
  }
  private static let timeLimit: UInt32 = 900

  /// Batches that take some looks at the clock, which differ.
  private struct Uneven: SampleLoader {
    let sampleCount = 1 << 20
    func batch(at indices: BatchIndices) throws(CancellationError) -> [Int] {
      spin(indices[0] % 7 * 10)
      return Array(indices)
    }
  }

  /// Batches that are there when a signal is given.
  private struct Told: SampleLoader {
    let sampleCount = 100
    let signal: Signal
    func batch(at indices: BatchIndices) throws(CancellationError) -> [Int] {
      while !signal.isGiven.load(ordering: .acquiring) { sched_yield() }
      return Array(indices)
    }
  }

  private final class Signal: Sendable {
    let isGiven: Atomic<Bool>

    init(isGiven: Bool = false) { self.isGiven = Atomic(isGiven) }
  }

  private static func consuming<Loader: SampleLoader & Sendable>(
    _ loader: Loader, on pool: WorkerPool, deadline: Duration?, round: Int, using generator: inout SeededGenerator
  ) throws -> Task<Void, Never> {
    let batches = try ArraySource(loading: loader).batches(of: 1, shuffle: .seed(round)).prefetched(
      by: pool, buffering: Int.random(in: 1...3, using: &generator), deadline: deadline)
    return Task {
      var iterator = batches.async.makeAsyncIterator()
      var isOver = false
      while !isOver {
        do { isOver = try await iterator.next() == nil } catch {}
      }
    }
  }

  /// About when a batch is ready.
  private static func cancelWhenReady(deadline: Duration?, seed: UInt64) async throws {
    let pool = WorkerPool(workerCount: 2)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<roundCount {
      let signal = Signal()
      let task = try consuming(
        Told(signal: signal), on: pool, deadline: deadline, round: round, using: &generator)
      for _ in 0..<Int.random(in: 0...2, using: &generator) { await Task.yield() }
      spin(Int.random(in: 0...200, using: &generator))
      signal.isGiven.store(true, ordering: .releasing)
      spin(Int.random(in: 0...100, using: &generator))
      task.cancel()
      await task.value
    }
  }

  /// Each batch goes to one of two tasks that wait at once.
  @MainActor private static func share(_ batches: [Int], workerCount: Int) async throws {
    let source = try ArraySource(NDArray(batches)).map { batch in
      spin(20)
      return batch
    }
    let iterator = source.batches(of: 1).prefetched(by: WorkerPool(workerCount: workerCount), buffering: 2).async
      .makeAsyncIterator()
    var delivered: [Int] = []
    @MainActor func consume() async {
      var iterator = iterator
      while let batch = await iterator.next() { delivered.append(batch[0]) }
    }
    let tasks = (0..<2).map { _ in Task { @MainActor in await consume() } }
    for task in tasks { await task.value }
    precondition(delivered.sorted() == batches)
  }

  /// An iteration that can throw says that it was cancelled, once, where the others end.
  @Test(arguments: [0, 1, 2]) func aCancelledIterationThrows(workerCount: Int) async throws {
    let pool = WorkerPool(workerCount: workerCount)
    let source = try ArraySource(loading: Told(signal: Signal(isGiven: true)))
    try await Task { () async throws in
      var iterator = source.batches(of: 10).prefetched(by: pool).async.makeAsyncIterator()
      #expect(try await iterator.next()?.count == 10)
      withUnsafeCurrentTask { $0?.cancel() }
      await #expect(throws: CancellationError.self) { try await iterator.next() }
      #expect(iterator.state.batchCount == 1)
      #expect(try await iterator.next() == nil)
    }.value
  }

  /// What was exhausted before has nothing to throw, and what cannot throw ends.
  @Test func anIterationThatIsOverDoesNotThrow() async throws {
    let pool = WorkerPool(workerCount: 1)
    let source = try ArraySource(loading: Told(signal: Signal(isGiven: true)))
    try await Task {
      var iterator = source.batches(of: 100).prefetched(by: pool).async.makeAsyncIterator()
      while try await iterator.next() != nil {}
      withUnsafeCurrentTask { $0?.cancel() }
      #expect(try await iterator.next() == nil)
      let numbers = try ArraySource(NDArray([1, 2, 3]))
      for await _ in numbers.batches(of: 1).prefetched(by: pool).async { Issue.record("a batch of a cancelled task") }
    }.value
  }

  /// Passing over the batches before a state ends with the task, and the iteration does not seem exhausted.
  @Test func aCancelledResumptionThrows() async throws {
    let pool = WorkerPool(workerCount: 1)
    let part = try ArraySource(loading: Told(signal: Signal(isGiven: true)), repeats: 100)
    let batches = [part, part].concatenated().batches(of: 1)
    var first = batches.prefetched(by: pool).makeIterator()
    for _ in 0..<2_000 { _ = try first.nextBatch() }
    let resumed = try batches.resuming(first.state).prefetched(by: pool)
    try await Task { () async throws in
      withUnsafeCurrentTask { $0?.cancel() }
      var iterator = resumed.async.makeAsyncIterator()
      await #expect(throws: CancellationError.self) { try await iterator.next() }
      #expect(try await iterator.next() == nil)
    }.value
  }

  @Test func tasksThatShareAnIteration() async {
    await #expect(processExitsWith: .success) {
      alarm(Self.timeLimit)
      for round in 0..<200 { try await Self.share(Array(0..<30), workerCount: 1 + round % 3) }
    }
  }

  @Test func twentyThousandCancellations() async {
    await #expect(processExitsWith: .success) {
      alarm(Self.timeLimit)
      try await Self.cancelWhenReady(deadline: nil, seed: 1)
    }
  }

  @Test func twentyThousandCancellationsWithADeadlineThatDoesNotPass() async {
    await #expect(processExitsWith: .success) {
      alarm(Self.timeLimit)
      try await Self.cancelWhenReady(deadline: .seconds(1_000), seed: 1)
    }
  }

  /// Batches are given up all the time.
  @Test func twentyThousandCancellationsWithADeadlineThatPasses() async {
    await #expect(processExitsWith: .success) {
      alarm(Self.timeLimit)
      let pool = WorkerPool(workerCount: 2)
      var generator = SeededGenerator(seed: 2)
      for round in 0..<Self.roundCount {
        let task = try Self.consuming(
          Uneven(), on: pool, deadline: .microseconds(50), round: round, using: &generator)
        for _ in 0..<Int.random(in: 0...2, using: &generator) { await Task.yield() }
        spin(Int.random(in: 0...400, using: &generator))
        task.cancel()
        await task.value
      }
    }
  }

  /// What is released when an iteration ends may come back to it, or to its task.
  @Test func releasedBatchesMayCancelTheTaskAndCloseTheIteration() async {
    await #expect(processExitsWith: .success) {
      alarm(Self.timeLimit)
      let pool = WorkerPool(workerCount: 2)
      for round in 0..<200 {
        let ends = Ends()
        let source = try ArraySource(NDArray(Array(0..<50))).map { _ in Meddler(ends: ends) }
        var iterator = source.batches(of: 1).prefetched(by: pool, buffering: 4).makeIterator()
        _ = iterator.nextBatch()
        ends.iterator = iterator
        let task = Task {
          var later = source.batches(of: 1).prefetched(by: pool, buffering: 4).async.makeAsyncIterator()
          while await later.next() != nil {}
        }
        ends.task = task
        spin(round)
        task.cancel()
        await task.value
        iterator.close()
        ends.iterator = nil
      }
    }
  }
}

/// What the batches of a test cancel and close.
private final class Ends: @unchecked Sendable {
  private let lock = NSLock()
  // Guarded by `lock`.
  private var ends: (task: Task<Void, Never>?, iterator: PrefetchedBatches<Meddler, Never>.Iterator?)

  var task: Task<Void, Never>? {
    get { lock.withLock { ends.task } }
    set { lock.withLock { ends.task = newValue } }
  }

  var iterator: PrefetchedBatches<Meddler, Never>.Iterator? {
    get { lock.withLock { ends.iterator } }
    set {
      let old = lock.withLock {
        defer { ends.iterator = newValue }
        return ends.iterator
      }
      withExtendedLifetime(old) {}
    }
  }
}

private final class Meddler: Sendable {
  let ends: Ends

  init(ends: Ends) { self.ends = ends }

  deinit {
    ends.task?.cancel()
    ends.iterator?.close()
  }
}

/// Keeps the thread busy by looking at the clock `turnCount` times.
private func spin(_ turnCount: Int) { for _ in 0..<turnCount { _ = ContinuousClock.now } }
