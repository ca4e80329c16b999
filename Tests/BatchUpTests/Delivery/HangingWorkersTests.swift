import BatchUp
import TestSupport
import Testing

/// No worker ever comes back, and the consumer has a deadline.
@Suite struct HangingWorkersTests {
  /// Loads nothing before its gate is open.
  private struct Stuck: SampleLoader {
    var sampleCount = 20
    let gate: Gate
    func batch(at indices: BatchIndices) throws(CancellationError) -> [Int] {
      gate.pass()
      return Array(indices)
    }
  }

  private static let deadline = Duration.milliseconds(10)

  /// Calls `next` until the iteration ends, or for one batch more than there are: which batches were late.
  private func lateBatches(of count: Int, _ next: () async throws -> [Int]?) async -> [Int] {
    var late: [Int] = []
    for _ in 0...count {
      do {
        guard try await next() != nil else { return late }
        Issue.record("a batch that nothing makes")
      } catch {
        if let failure = error as? BatchFailure, case .deadlineExceeded(Self.deadline) = failure.cause {
          late.append(failure.batch)
        } else {
          Issue.record(error)
        }
      }
    }
    Issue.record("more errors than batches")
    return late
  }

  /// Closing a pool, and leaving its scope, give up on threads that hang; those are left to the loader.
  @Test(arguments: [1, 3]) func aPoolIsClosedWhileItsThreadsHang(workerCount: Int) async throws {
    let gate = Gate()
    for isLeft in [false, true] {
      var pool: WorkerPool? = WorkerPool(workerCount: workerCount, closeDeadline: Self.deadline)
      let batches = try ArraySource(loading: Stuck(gate: gate)).batches(of: 1)
      var iterator = pool.map { batches.prefetched(by: $0, buffering: 6).makeIterator() }
      await onOwnThread { gate.waitForArrivals(isLeft ? 2 * workerCount : workerCount) }
      iterator?.close()
      if !isLeft { #expect(pool?.close() == workerCount && pool?.close() == 0) }
      iterator = nil
      pool = nil
    }
    gate.open()
  }

  @Test func aThreadThatIsLeftBehindIsSaid() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      let gate = Gate()
      let pool = WorkerPool(workerCount: 1, closeDeadline: .milliseconds(10))
      let iterator = try ArraySource(loading: Stuck(gate: gate)).batches(of: 1).prefetched(by: pool).makeIterator()
      gate.waitForArrivals(1)
      iterator.close()
      pool.close()
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(
      text.contains("batchup: a worker thread is still at a batch 0.01 seconds after closing the pool"), "\(text)")
  }

  @Test(arguments: [1, 2, 5]) func theIterationEndsBehindAsManyErrorsAsBatches(workerCount: Int) async throws {
    let gate = Gate()
    let pool = WorkerPool(workerCount: workerCount)
    let source = try ArraySource(loading: Stuck(gate: gate))
    for buffering in [1, 3, 50] {
      let batches = source.batches(of: 2, shuffle: .seed(1)).accounted()
      let prefetched = batches.prefetched(by: pool, buffering: buffering, deadline: Self.deadline)
      var iterator = prefetched.makeIterator()
      #expect(await lateBatches(of: 10) { try iterator.nextBatch() } == Array(0..<10))
      #expect(try iterator.nextBatch() == nil)
      #expect(iterator.statistics.batchCount == 0 && iterator.digest?.sampleCount == 0)
      #expect(iterator.state.batchCount == 10)
      #expect(try batches.resuming(iterator.state).sampleCount == .finite(0))
      var later = prefetched.async.makeAsyncIterator()
      #expect(await lateBatches(of: 10) { try await later.next() } == Array(0..<10))
      #expect(try await later.next() == nil)
      #expect(later.state.batchCount == 10)
    }
    gate.open()
    pool.close()
  }

  /// The numbers of samples do not tell how many batches there are.
  @Test func sourcesWhoseBatchesMayAllBeShort() async throws {
    let gate = Gate()
    let pool = WorkerPool(workerCount: 2)
    let members = try [3, 5].map { try ArraySource(loading: Stuck(sampleCount: $0, gate: gate)) }
    var iterator = members.concatenated().batches(of: 2).prefetched(by: pool, deadline: Self.deadline).makeIterator()
    #expect(await lateBatches(of: 5) { try iterator.nextBatch() } == Array(0..<5))
    let part = members[1].sharded(rank: 1, of: 2, end: .uneven).batches(of: 2, shuffle: .seed(1))
    var later = part.prefetched(by: pool, deadline: Self.deadline).async.makeAsyncIterator()
    #expect(await lateBatches(of: 3) { try await later.next() } == Array(0..<3))
    gate.open()
    pool.close()
  }

  /// What follows those that were given up is delivered when the workers are back.
  @Test func batchesBehindThoseGivenUpAreWhole() throws {
    let gate = Gate()
    let pool = WorkerPool(workerCount: 2)
    let batches = try ArraySource(loading: Stuck(gate: gate)).batches(of: 2)
    let expected = try ArraySource(NDArray(Array(0..<20))).batches(of: 2).map(\.scalars)
    var iterator = batches.prefetched(by: pool, buffering: 2, deadline: Self.deadline).makeIterator()
    for number in 0..<4 {
      #expect(throws: BatchFailure.self, "\(number)") { try iterator.nextBatch() }
    }
    let state = iterator.state
    gate.open()
    var resumed = try batches.resuming(state).prefetched(by: pool).makeIterator()
    for batch in expected.dropFirst(4) { #expect(try resumed.nextBatch() == batch) }
    #expect(try resumed.nextBatch() == nil)
    // Which others are late depends on the threads' turns.
    var number = 4
    while number <= 10 {
      do {
        guard let batch = try iterator.nextBatch() else { break }
        #expect(batch == expected[number])
      } catch {
        #expect(error.batch == number)
      }
      number += 1
    }
    #expect(number == 10 && iterator.state.batchCount == 10)
    pool.close()
  }

  /// The workers of the pool wait for batches that other iterations want of it.
  @Test(arguments: [1, 2]) func nestedOnTheSamePool(workerCount: Int) async throws {
    let gate = Gate()
    let pool = WorkerPool(workerCount: workerCount)
    let inner = try ArraySource(loading: Stuck(sampleCount: 6, gate: gate)).batches(of: 2)
    let outer = try ArraySource(loading: NDArray(Array(0..<8))).map { _ throws(any Error) in
      var iterator = inner.prefetched(by: pool).makeIterator()
      return try iterator.nextBatch() ?? []
    }
    let prefetched = outer.batches(of: 2).prefetched(by: pool, deadline: Self.deadline)
    var iterator = prefetched.makeIterator()
    #expect(await lateBatches(of: 4) { try iterator.nextBatch() } == Array(0..<4))
    var later = prefetched.async.makeAsyncIterator()
    #expect(await lateBatches(of: 4) { try await later.next() } == Array(0..<4))
    gate.open()
    pool.close()
  }

  @Test(arguments: [1, 2]) func nestedIterationsWithADeadlineOfTheirOwn(workerCount: Int) async throws {
    let gate = Gate()
    let pool = WorkerPool(workerCount: workerCount)
    let inner = try ArraySource(loading: Stuck(sampleCount: 6, gate: gate)).batches(of: 2)
    let outer = try ArraySource(NDArray(Array(0..<3))).map { _ in
      var iterator = inner.prefetched(by: pool, deadline: Self.deadline).makeIterator()
      var errorCount = 0
      while errorCount < 4 {
        do {
          if try iterator.nextBatch() == nil { break }
        } catch {
          errorCount += 1
        }
      }
      return errorCount
    }
    #expect(await onOwnThread { Array(outer.batches(of: 1).prefetched(by: pool)) } == [3, 3, 3])
    gate.open()
    pool.close()
  }

  /// Delivers samples one by one, until it hangs.
  private struct StuckSampler: InOrderSampler {
    let sampleCount: SampleCount
    let gate: Gate

    func indices(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<BatchIndices> {
      var number = 0
      return AnyIterator {
        number += 1
        if number == 3 { gate.pass() }
        return [number - 1]
      }
    }
  }

  /// Nothing but the number of samples tells where the end is.
  @Test func samplersThatHang() async throws {
    let gate = Gate()
    let pools = (0..<4).map { _ in WorkerPool(workerCount: 2) }
    func source(_ count: SampleCount) throws -> ArraySource<[Int], StuckSampler, any Error> {
      try ArraySource(loading: NumberLoader(numbers: 0..<100), sampler: StuckSampler(sampleCount: count, gate: gate))
    }
    for (count, pool) in Swift.zip([SampleCount.finite(6), .unknown, .infinite], pools) {
      var iterator = try source(count).batches(of: 1)
        .prefetched(by: pool, buffering: 1, deadline: Self.deadline).makeIterator()
      // Which of the first two are late depends on the threads' turns.
      for number in 0..<(count == .finite(6) ? 6 : 20) {
        do {
          #expect(try iterator.nextBatch() == [number])
        } catch {
          #expect(error.batch == number)
        }
      }
      if count == .finite(6) { #expect(try iterator.nextBatch() == nil) }
    }
    gate.open()
    for pool in pools { pool.close() }
  }
}
