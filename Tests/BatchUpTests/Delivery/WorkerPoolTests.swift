import BatchUp
import Foundation
import TestSupport
import Testing

/// Counts batches that are made and not delivered.
private struct Counted: SampleArray {
  let sampleCount = 200
  let peak: Peak

  func batch(at indices: BatchIndices) -> [Int] {
    peak.enter()
    return Array(indices)
  }
}

/// Entries of a directory of the process's own, such as its threads.
private func entryCount(_ path: String) -> Int? { try? FileManager.default.contentsOfDirectory(atPath: path).count }

@Suite(.serialized) struct WorkerPoolTests {
  @Test func theDefaultIsWhatTheProcessMayUse() {
    let pool = WorkerPool()
    #expect((1...ProcessInfo.processInfo.activeProcessorCount).contains(pool.workerCount))
    #expect(WorkerPool(workerCount: 0).workerCount == 0)
    #expect(WorkerPool(workerCount: 5).workerCount == 5)
  }

  /// As many threads as the system gives, up to a bound.
  @Test func aPoolOfAnyNumberOfWorkers() {
    let pool = WorkerPool(workerCount: .max)
    #expect((1...max(1_024, ProcessInfo.processInfo.processorCount)).contains(pool.workerCount))
    #expect(Array(pool.stream(0..<100) { 2 * $0 }) == (0..<100).map { 2 * $0 })
    pool.close()
    #expect(throws: WorkerProcessError.self) { try WorkerProcessPool(workerCount: .max) }
  }

  #if os(Linux)
    @Test func aPoolUnderALimitOnMemory() async {
      await #expect(processExitsWith: .success) {
        // Room for some stacks, and not for all.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        limit.rlim_cur = try mappedByteCount() + 1 << 30
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let pool = WorkerPool(workerCount: .max)
        #expect((1..<1_024).contains(pool.workerCount))
        #expect(Array(pool.stream(0..<100) { 2 * $0 }) == (0..<100).map { 2 * $0 })
      }
    }
  #endif

  @Test func noMoreIsPreparedThanTheBufferHolds() throws {
    for workerCount in [0, 1, 3, 8] {
      let pool = WorkerPool(workerCount: workerCount)
      for buffering in [1, 2, 5, 20] {
        let peak = Peak()
        let source = try ArraySource(Counted(peak: peak))
        var found = 0
        for batch in source.batches(of: 3).prefetched(by: pool, buffering: buffering) {
          found += batch.count
          peak.leave()
        }
        #expect(found == 200)
        // The one that the consumer holds has left the buffer, but has not been counted out yet.
        #expect(peak.peak <= buffering + 1, "\(workerCount) workers, buffer \(buffering)")
      }
    }
  }

  @Test func preparingStartsWithTheIterator() throws {
    let gate = Gate()
    let source = try ArraySource(NDArray(Array(0..<8))).map { batch in
      gate.pass()
      return batch.scalars
    }
    let pool = WorkerPool(workerCount: 2)
    var iterator = source.batches(of: 1).prefetched(by: pool).makeIterator()
    gate.waitForArrivals(2)  // hangs where nothing is prepared before the first batch is asked for
    gate.open()
    #expect(iterator.nextBatch() == [0])
  }

  /// Also with fewer workers, and though nobody takes anything.
  @Test func theBufferIsFilledBeforeAnythingIsTaken() throws {
    for workerCount in 1...3 {
      for buffering in 1...4 {
        let gate = Gate()
        gate.open()
        let source = try ArraySource(NDArray(Array(0..<20))).map { batch in
          gate.pass()
          return batch.scalars
        }
        let pool = WorkerPool(workerCount: workerCount)
        var iterator = source.batches(of: 1).prefetched(by: pool, buffering: buffering).makeIterator()
        gate.waitForArrivals(buffering)  // hangs where it is not
        #expect(iterator.nextBatch() == [0])
      }
    }
  }

  /// Consumers whose next batch waits for a worker that is busy with something else make it when the pool is closed.
  @Test func aPoolClosedWhileItsWorkersAreBusyElsewhere() async throws {
    for round in 0..<10 {
      let gate = Gate()
      let pool = WorkerPool(workerCount: 1)
      var busy = try ArraySource(NDArray([1])).map { batch in
        gate.pass()
        return batch.scalars
      }.batches(of: 1).prefetched(by: pool).makeIterator()
      gate.waitForArrivals(1)
      let batches = try ArraySource(NDArray(Array(0..<6))).batches(of: 2)
      let task = Task {
        var found: [[Int]] = []
        for await batch in batches.prefetched(by: pool, buffering: 2).async { found.append(batch.scalars) }
        return found
      }
      let patient = Thread.detached {
        var iterator = batches.prefetched(by: pool, deadline: .seconds(1_000)).makeIterator()
        var found: [[Int]] = []
        while let batch = try? iterator.nextBatch() { found.append(batch.scalars) }
        return found
      }
      work(for: .microseconds(300 * round))  // so that they wait already in some of the rounds
      let closer = Thread.detached {
        pool.close()
        return []
      }
      #expect(await task.value == [[0, 1], [2, 3], [4, 5]])
      #expect(patient.value == [[0, 1], [2, 3], [4, 5]])
      gate.open()
      #expect(closer.value == [])
      #expect(busy.nextBatch() == [1])
    }
  }

  @Test func aPoolThatIsClosedLeavesTheWorkToTheConsumer() async throws {
    for workerCount in [0, 1, 4] {
      let pool = WorkerPool(workerCount: workerCount)
      let batches = try ArraySource(NDArray(Array(0..<100))).batches(of: 3, shuffle: .seed(1))
      let expected = batches.map(\.scalars)
      var iterator = batches.prefetched(by: pool, buffering: 4).makeIterator()
      var later = batches.prefetched(by: pool, buffering: 4).async.makeAsyncIterator()
      var (found, foundLater) = ([[Int]](), [[Int]]())
      for _ in 0..<5 {
        if let batch = iterator.nextBatch() { found.append(batch.scalars) }
        if let batch = await later.next() { foundLater.append(batch.scalars) }
      }
      pool.close()
      pool.close()
      while let batch = iterator.nextBatch() { found.append(batch.scalars) }
      while let batch = await later.next() { foundLater.append(batch.scalars) }
      #expect(found == expected)
      #expect(foundLater == expected)
      #expect(batches.prefetched(by: pool).map(\.scalars) == expected)
    }
  }

  @Test func aPoolClosedWhileConsumersWait() async throws {
    for _ in 0..<100 {
      let pool = WorkerPool(workerCount: 2)
      let batches = try ArraySource(NDArray(Array(0..<60))).batches(of: 2, shuffle: .seed(1))
      let expected = batches.map(\.scalars)
      let consumers = (0..<3).map { _ in
        Thread.detached { batches.prefetched(by: pool, buffering: 2).map(\.scalars) }
      }
      let task = Task {
        var found: [[Int]] = []
        for await batch in batches.prefetched(by: pool, buffering: 2).async { found.append(batch.scalars) }
        return found
      }
      pool.close()
      for consumer in consumers { #expect(consumer.value == expected) }
      #expect(await task.value == expected)
    }
  }

  /// In a process of its own, since other tests have threads and files, too.
  @Test func manyPoolsLeaveNothingBehind() async {
    await #expect(processExitsWith: .success) {
      let batches = try ArraySource(NDArray(Array(0..<50))).batches(of: 3)
      func use() {
        let pool = WorkerPool(workerCount: 3)
        var iterator = batches.prefetched(by: pool, buffering: 5).makeIterator()
        _ = iterator.nextBatch()
      }
      use()
      let (threads, files) = (entryCount("/proc/self/task"), entryCount("/proc/self/fd"))
      for _ in 0..<2_000 { use() }
      // A few threads of the runtime may start or end meanwhile.
      if let threads, let now = entryCount("/proc/self/task") { #expect(now <= threads + 10) }
      if let files, let now = entryCount("/proc/self/fd") { #expect(now <= files + 10) }
    }
  }

  /// `BATCHUP_STRESS_EPOCHS` makes them fewer, for sanitizers.
  @Test func tenThousandShortEpochsWithExitsFailuresAndDelays() async throws {
    let epochCount = ProcessInfo.processInfo.environment["BATCHUP_STRESS_EPOCHS"].flatMap { Int($0) } ?? 10_000
    struct Fault: Error {}
    struct Loader: SampleLoader {
      let sampleCount = 23
      let seed: Int
      func batch(at indices: BatchIndices) throws(Fault) -> [Int] {
        var generator = SeededGenerator(seed: UInt64(seed * 1000 + (indices.first ?? 0)))
        let dice = generator.next()
        if dice % 64 == 0 { work(for: .microseconds(Int(dice >> 32 % 200))) }
        if dice % 17 == 0 { throw Fault() }
        return Array(indices)
      }
    }
    let pools = [WorkerPool(workerCount: 2), WorkerPool(workerCount: 5)]
    var generator = SeededGenerator(seed: 9)
    for epoch in 0..<epochCount {
      let source = try ArraySource(loading: Loader(seed: epoch))
      let batches = source.batches(of: 1 + epoch % 5, shuffle: .seed(epoch))
      let exit = Int.random(in: 0...24, using: &generator)
      var inline = batches.makeIterator()
      func next(_ body: () throws -> [Int]?) -> [Int]? { do { return try body() } catch { return [-1] } }
      let buffering = Int.random(in: 1...6, using: &generator)
      if epoch % 3 == 0 {
        var later = batches.prefetched(by: pools[epoch % 2], buffering: buffering).async.makeAsyncIterator()
        for _ in 0..<exit {
          let found: [Int]?
          do { found = try await later.next() } catch { found = [-1] }
          let expected = next { try inline.nextBatch() }
          #expect(found == expected)
          if expected == nil { break }
        }
      } else {
        var iterator = batches.prefetched(by: pools[epoch % 2], buffering: buffering).makeIterator()
        for _ in 0..<exit {
          let expected = next { try inline.nextBatch() }
          #expect(next { try iterator.nextBatch() } == expected)
          if expected == nil { break }
        }
        if epoch % 7 == 0 {
          iterator.close()
          #expect(next { try iterator.nextBatch() } == nil)
        }
      }
    }
  }

  @Test func aCancelledTaskEndsItsIteration() async throws {
    let pool = WorkerPool(workerCount: 2)
    let endless = try ArraySource(NDArray(Array(0..<10)), repeats: .forever).batches(of: 3)
    let gate = Gate()
    let task = Task {
      var count = 0
      for await _ in endless.prefetched(by: pool, buffering: 3).async {
        count += 1
        if count == 5 {
          gate.open()
          gate.pass()
        }
      }
      return count
    }
    await onOwnThread { gate.waitForArrivals(1) }
    task.cancel()
    #expect(await task.value >= 5)  // hangs where cancelling does not end it
    // One that waits for a batch that does not come, in some of the rounds already when it is cancelled.
    for round in 0..<10 {
      let stuck = Gate()
      let slow = try ArraySource(NDArray([1])).map { batch in
        stuck.pass()
        return batch.scalars
      }
      let waiting = Task { () -> [Int]? in
        var iterator = slow.batches(of: 1).prefetched(by: pool).async.makeAsyncIterator()
        return await iterator.next()
      }
      await onOwnThread { stuck.waitForArrivals(1) }
      work(for: .microseconds(300 * round))
      waiting.cancel()
      #expect(await waiting.value == nil)
      stuck.open()
    }
  }

  @Test func statisticsCountWhatWasDone() throws {
    struct Slow: SampleLoader {
      let sampleCount = 30
      func batch(at indices: BatchIndices) throws(CancellationError) -> [Int] {
        work(for: .milliseconds(2))
        return Array(indices)
      }
    }
    let pool = WorkerPool(workerCount: 2)
    let slow = try ArraySource(loading: Slow()).map { batch in
      work(for: .milliseconds(1))
      return batch
    }
    var iterator = slow.batches(of: 1).prefetched(by: pool).makeIterator()
    while try iterator.nextBatch() != nil {}
    let statistics = iterator.statistics
    #expect(statistics.batchCount == 30 && statistics.sampleCount == 30 && statistics.workerCount == 2)
    #expect(statistics.loading >= .milliseconds(60) && statistics.mapping >= .milliseconds(30))
    #expect(statistics.gathering == .zero && statistics.byteCount == 0)
    #expect(statistics.workersWorked >= statistics.loading + statistics.mapping)
    #expect(statistics.consumerWaited <= statistics.elapsed)
    #expect(iterator.statistics.elapsed == statistics.elapsed)  // the iteration has ended
  }
}

#if os(Linux)
  /// The address space that the process takes.
  private func mappedByteCount() throws -> UInt {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (text.split(separator: " ").first.flatMap { UInt($0) } ?? 0) * UInt(sysconf(Int32(_SC_PAGESIZE)))
  }
#endif

/// Keeps the thread busy.
private func work(for duration: Duration) {
  let end = ContinuousClock.now + duration
  while ContinuousClock.now < end {}
}

/// The result of a closure that runs on a thread of its own.
private final class Thread: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private var result: [[Int]] = []

  static func detached(_ body: @escaping @Sendable () -> [[Int]]) -> Thread {
    let thread = Thread()
    Foundation.Thread.detachNewThread {
      thread.result = body()
      thread.done.signal()
    }
    return thread
  }

  var value: [[Int]] {
    done.wait()
    return result
  }
}
