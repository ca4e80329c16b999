import BatchUpSystem
import TestSupport
import Testing

@testable import BatchUp

private struct UnreadableRow: Error, Equatable {
  let index: Int
}

/// Row i is i, again and again; counts how often each is loaded.
private final class CountingRows: RowLoader, Sendable {
  typealias Failure = UnreadableRow

  let sampleCount: Int
  let rowShape: [Int]
  let unreadable: Set<Int>
  let loads = Guarded<[Int: Int]>([:])

  init(count: Int, rowLength: Int, unreadable: Set<Int> = []) {
    sampleCount = count
    rowShape = [rowLength]
    self.unreadable = unreadable
  }

  func load(_ index: Int, into row: UnsafeMutableBufferPointer<Int32>) throws(UnreadableRow) {
    loads.withLock { $0[index, default: 0] += 1 }
    if unreadable.contains(index) { throw UnreadableRow(index: index) }
    row.initialize(repeating: Int32(index))
  }
}

@Suite struct RowLoaderTests {
  private func rows(_ indices: some Sequence<Int>, length: Int) -> [Int32] {
    indices.flatMap { Array(repeating: Int32($0), count: length) }
  }

  @Test func rowsStandInTheOrderOfTheirIndices() throws {
    for length in 0...3 {
      for indices in [[], [0], [4, 1, 1, 3], Array(0..<5)] as [[Int]] {
        let batch = try CountingRows(count: 5, rowLength: length).batch(at: BatchIndices(indices))
        #expect(batch.shape == [indices.count, length] && batch.scalars == rows(indices, length: length))
      }
    }
  }

  @Test func theFirstFailureInTheBatchIsThrown() {
    let loader = CountingRows(count: 9, rowLength: 1, unreadable: [2, 7])
    #expect(throws: UnreadableRow(index: 7)) { try loader.batch(at: [1, 7, 2, 3]) }
  }

  @Test(arguments: [0, 2]) func aFailedRowIsFoundWithoutLoadingTheOthersAgain(workerCount: Int) throws {
    let loader = CountingRows(count: 8, rowLength: 2, unreadable: [3])
    let pool = WorkerPool(workerCount: workerCount)
    let batches = try ArraySource(loading: loader).batches(of: 8).prefetched(by: pool, onFailure: .stop)
    var iterator = batches.makeIterator()
    let failure = #expect(throws: BatchFailure.self) { try iterator.nextBatch() }
    #expect(failure?.sampleIndices == [3])
    #expect(loader.loads.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 1) }))
  }

  @Test(arguments: [FailurePolicy.skipBatch, .skipSample, .replace])
  func failedRowsAreTreatedAsThePolicySays(policy: FailurePolicy) throws {
    let loader = CountingRows(count: 12, rowLength: 2, unreadable: [1, 6])
    let source = try zip(ArraySource(loading: loader), ArraySource(loading: NDArray((0..<12).map(Int32.init))))
    var iterator = source.batches(of: 4).prefetched(by: WorkerPool(workerCount: 1), onFailure: policy).makeIterator()
    let expected: [[Int]] =
      switch policy {
      case .stop: []
      case .skipBatch: [[8, 9, 10, 11]]
      case .skipSample: [[0, 2, 3], [4, 5, 7], [8, 9, 10, 11]]
      case .replace: [[0, 2, 2, 3], [4, 5, 7, 7], [8, 9, 10, 11]]
      }
    for indices in expected {
      let batch = try iterator.nextBatch()
      #expect(batch?.0.scalars == rows(indices, length: 2) && batch?.1.scalars == indices.map(Int32.init))
    }
    #expect(try iterator.nextBatch() == nil)
    #expect(iterator.skipped.map(\.sampleIndices) == [[1, 1], [6, 6]])
    #expect(loader.loads.withLock { $0[1] == 1 && $0[6] == 1 })
  }

  @Test func severalWorkersMakeOneBatch() throws {
    let loader = CountingRows(count: 64, rowLength: 4_096, unreadable: [50])
    let pool = WorkerPool(workerCount: 3)
    for _ in 0..<10 {
      let batches = try ArraySource(loading: loader).batches(of: 40, shuffle: .seed(1))
      let order = try ArraySource(NDArray(Array(0..<64))).batches(of: 40, shuffle: .seed(1)).map(\.scalars)
      var iterator = batches.prefetched(by: pool, buffering: 1, onFailure: .skipSample).makeIterator()
      for indices in order {
        #expect(try iterator.nextBatch()?.scalars == rows(indices.filter { $0 != 50 }, length: 4_096))
      }
    }
  }

  /// The part of a rank without samples is padded with a row that may fail, too.
  @Test(arguments: [FailurePolicy.stop, .skipBatch, .skipSample, .replace])
  func aRowOfPaddingFailsWithItsBatch(policy: FailurePolicy) throws {
    let loader = CountingRows(count: 5, rowLength: 1, unreadable: [4])
    let part = try ArraySource(loading: loader).sharded(rank: 1, of: 4, end: .pad)
    var iterator = part.batches(of: 4).prefetched(by: WorkerPool(workerCount: 1), onFailure: policy).makeIterator()
    #expect(try iterator.nextBatch()?.0.scalars == [1])
    if policy == .stop {
      #expect(throws: BatchFailure.self) { try iterator.nextBatch() }
    }
    let end = try iterator.nextBatch()
    #expect(end == nil)
    #expect(iterator.skipped.map(\.batch) == (policy == .stop ? [] : [1]))
  }

  @Test func arraysAreRowLoaders() {
    let array = NDArray((0..<12).map(Int32.init), shape: [4, 3])
    let loaded = NDArray<Int32>(unsafeUninitializedShape: [3, 3]) {
      array.loadRows(at: [3, 0, 3], into: $0) { _, _ in }
    }
    #expect(loaded == array.batch(at: [3, 0, 3]))
    let rescaled = RescaledBytes(NDArray((0..<12).map(UInt8.init), shape: [4, 3]))
    let row = NDArray<Float>(unsafeUninitializedShape: [1, 3]) { rescaled.load(2, into: $0) }
    #expect(row == rescaled.batch(at: [2]))
  }
}
