import BatchUp
import Testing
import TestSupport

@Suite struct PrefetchedBatchesTests {
  private let x = NDArray((0..<300).map { Float($0) }, shape: [100, 3])
  private let y = NDArray((0..<100).map { Int32($0) })

  @Test(arguments: [0, 1, 2, 3, 8, 64])
  func theBatchesAreThoseWithoutWorkers(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    let source = try ArraySource(x, y, repeats: .times(3))
    for batchSize in [1, 7, 64, 100, 301] {
      for buffering in [1, 2, 20] {
        let batches = source.batches(of: batchSize, shuffle: .seed(7, epoch: batchSize))
        let expected = batches.map { "\($0)" }
        #expect(batches.prefetched(by: pool, buffering: buffering).map { "\($0)" } == expected)
      }
    }
  }

  @Test func asynchronously() async throws {
    let pool = WorkerPool(workerCount: 2)
    let source = try ArraySource(x, y, repeats: .times(3))
    let batches = source.batches(of: 7, shuffle: .seed(7))
    let expected = batches.map { "\($0)" }
    var found: [String] = []
    for await batch in batches.prefetched(by: pool, buffering: 3).async { found.append("\(batch)") }
    #expect(found == expected)
  }

  @Test func deadlines() async throws {
    struct Slow: SampleLoader {
      let sampleCount: Int
      let gate: ReleaseCounter
      func batch(at indices: BatchIndices) throws(CancellationError) -> [Int] {
        if indices.contains(2) { while gate.value == 0 {} }
        return Array(indices)
      }
    }
    let gate = ReleaseCounter()
    let pool = WorkerPool(workerCount: 2)
    let source = try ArraySource(loading: Slow(sampleCount: 6, gate: gate))
    var iterator = source.batches(of: 2).prefetched(by: pool, deadline: .milliseconds(50)).makeIterator()
    #expect(try iterator.nextBatch() == [0, 1])
    #expect(throws: BatchFailure.self) { try iterator.nextBatch() }
    #expect(try iterator.nextBatch() == [4, 5])
    #expect(try iterator.nextBatch() == nil)
    var later = source.batches(of: 2).prefetched(by: WorkerPool(workerCount: 1), deadline: .milliseconds(50)).async.makeAsyncIterator()
    #expect(try await later.next() == [0, 1])
    await #expect(throws: BatchFailure.self) { try await later.next() }
    gate.count()
  }
}
