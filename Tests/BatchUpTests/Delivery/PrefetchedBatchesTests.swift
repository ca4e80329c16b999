import BatchUp
import Synchronization
import TestSupport
import Testing

private let workerCounts = [0, 1, 2, 3, 8, 64]

@Suite(.namingCases) struct PrefetchedBatchesTests {
  private let x = NDArray((0..<300).map { Float($0) }, shape: [100, 3])
  private let y = NDArray((0..<100).map { Int32($0) })

  private func expectSameBatches<Source: BatchSource & Sendable>(
    _ source: Source, _ pool: WorkerPool, limit: Int = 12
  ) where Source.Failure == Never {
    withEvery("batchSize", in: [1, 2, 5, 11]) { batchSize in
      withEvery("buffering", in: [1, 3]) { buffering in
        withEvery("remainder", in: [Remainder.keep, .drop]) { remainder in
          let batches = source.batches(of: batchSize, shuffle: .seed(7, epoch: batchSize), remainder: remainder)
            .prefix(limit)
          #expect(
            batches.prefetched(by: pool, buffering: buffering).map { "\($0)" } == batches.map { "\($0)" },
            "\(Source.self) \(batchSize) \(buffering)")
        }
      }
    }
  }

  @Test(arguments: workerCounts)
  func theBatchesOfEverySourceAreThoseWithoutWorkers(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for count in [0, 1, 2, 3, 5, 9] {
      for repeats in [Repetition.times(1), .times(3), .forever] {
        let array = try ArraySource(x[rows: 0..<count], y[rows: 0..<count], repeats: repeats)
        expectSameBatches(array, pool)
        expectSameBatches(array.indexed().map { i, batch in (Array(i), batch.0.scalars) }, pool)
        let other = try ArraySource(NDArray(Array(0..<7)))
        expectSameBatches(zip(array, other), pool)
        expectSameBatches(zip(other, zip(array, other).flattened()), pool)
        expectSameBatches(array.map(random: { g, x, _ in (x.scalars, (0..<g.count).map { g[$0].first }) }), pool)
        expectSameBatches(array.erased(), pool)
      }
      let parts = try [3, count].map { try ArraySource(x[rows: 0..<$0]) }
      expectSameBatches(ChoiceSource(parts), pool)
      expectSameBatches(ChoiceSource(parts, selection: .stratified), pool)
      expectSameBatches(parts.concatenated(), pool)
    }
    let weights = (0..<100).map { Double($0 % 5) }
    expectSameBatches(try ArraySource(x, y, sampler: WeightedSampler(weights: weights)), pool)
  }

  @Test(arguments: workerCounts)
  func theBatchesOfGeneratedSourcesComeInTurn(workerCount: Int) {
    let pool = WorkerPool(workerCount: workerCount)
    let source = GeneratedSource { batchSize, _ in
      (0..<50).lazy.map { NDArray(Array(repeating: $0, count: batchSize)) }
    }
    let batches = source.batches(of: 3)
    #expect(batches.prefetched(by: pool, buffering: 4).map(\.scalars) == batches.map(\.scalars))
    #expect(batches.prefix(7).prefetched(by: pool, buffering: 4).map(\.scalars) == batches.prefix(7).map(\.scalars))
  }

  @Test(arguments: workerCounts)
  func numPysGeneratorIsLeftAsWithoutWorkers(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    let source = try ArraySource(y, repeats: 3)
    let (one, two) = (NumPyRandomState(seed: 3), NumPyRandomState(seed: 3))
    for _ in 0..<3 {
      #expect(
        source.batches(of: 7, shuffle: .numPy(one)).prefetched(by: pool).map(\.scalars)
          == source.batches(of: 7, shuffle: .numPy(two)).map(\.scalars))
    }
  }

  @Test(arguments: workerCounts)
  func asynchronousBatchesAreTheSame(workerCount: Int) async throws {
    let pool = WorkerPool(workerCount: workerCount)
    let batches = try ArraySource(x, y, repeats: .times(3)).batches(of: 7, shuffle: .seed(7))
    for buffering in [1, 3, 20] {
      var found: [String] = []
      for await batch in batches.prefetched(by: pool, buffering: buffering).async { found.append("\(batch)") }
      #expect(found == batches.map { "\($0)" })
    }
  }

  @Test func keptBatchesStayAndDroppedOnesAreReused() throws {
    let pool = WorkerPool(workerCount: 2)
    let batches = try ArraySource(x, y, repeats: .times(40)).batches(of: 10, shuffle: .seed(1))
    let kept = Array(batches.prefetched(by: pool, buffering: 4))
    #expect(kept.map { "\($0)" } == batches.map { "\($0)" })
    for buffering in [1, 4, 20] {
      var iterator = batches.prefetched(by: pool, buffering: buffering).makeIterator()
      while let (x, y) = iterator.nextBatch() { #expect(x.sampleCount == y.count) }
      // Two arrays for each batch in the buffer, for that of the consumer, and for one that was just taken.
      #expect(iterator.statistics.allocationCount <= 2 * (buffering + 2))
      #expect(iterator.statistics.byteCount == 400 * 10 * (3 * 4 + 4))
    }
  }

  @Test func theSourceCanBeIteratedOverSeveralTimesAtOnce() throws {
    let pools = [WorkerPool(workerCount: 1), WorkerPool(workerCount: 3)]
    let source = try ArraySource(x, y, repeats: .times(5))
    let expected = source.batches(of: 9, shuffle: .seed(2)).map { "\($0)" }
    var iterators = (0..<6).map { i in
      source.batches(of: 9, shuffle: .seed(2)).prefetched(by: pools[i % 2], buffering: i + 1).makeIterator()
    }
    for batch in expected {
      for i in iterators.indices { #expect(iterators[i].nextBatch().map { "\($0)" } == batch) }
    }
    for i in iterators.indices { #expect(iterators[i].nextBatch() == nil) }
  }

  @Test func aWorkerMayItselfConsumePrefetchedBatches() throws {
    let pool = WorkerPool(workerCount: 1)
    let inner = try ArraySource(y).batches(of: 10)
    let expected = inner.map(\.scalars)
    let outer = try ArraySource(NDArray(Array(0..<20))).map { _ in
      inner.prefetched(by: pool, buffering: 3).map(\.scalars)
    }
    for found in outer.batches(of: 1).prefetched(by: pool) { #expect(found == expected) }
  }

  @Test func noBufferIsMisuse() async {
    await #expect(processExitsWith: .failure) {
      let source = try ArraySource(NDArray([1, 2, 3]))
      _ = source.batches(of: 1).prefetched(by: WorkerPool(workerCount: 1), buffering: 0).makeIterator()
    }
  }
}

extension SeededGenerator {
  /// The first number.
  fileprivate var first: UInt64 {
    var generator = self
    return generator.next()
  }
}
