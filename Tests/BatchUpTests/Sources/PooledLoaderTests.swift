import BatchUp
import Synchronization
import TestSupport
import Testing

/// Breaks where two threads use it at once.
private final class Fragile: SampleLoader {
  struct Shared: Error {}
  let sampleCount = 100
  private let users = Atomic<Int>(0)

  func batch(at indices: BatchIndices) throws(Shared) -> [Int] {
    if users.add(1, ordering: .relaxed).newValue > 1 { throw Shared() }
    defer { users.subtract(1, ordering: .relaxed) }
    return Array(indices)
  }
}

@Suite struct PooledLoaderTests {
  @Test func noLoaderIsUsedByTwoThreadsAtOnce() throws {
    let made = ReleaseCounter()
    let y = NDArray(Array(0..<100))
    let source = try ArraySource(
      makingLoader: {
        made.count()
        return Fragile()
      }, y, repeats: .times(20))
    let pool = WorkerPool(workerCount: 4)
    var iterator = source.batches(of: 3, shuffle: .seed(1)).prefetched(by: pool).makeIterator()
    var count = 0
    while let (x, y) = try iterator.nextBatch() {
      #expect(x == y.scalars)
      count += x.count
    }
    #expect(count == 2000)
    #expect((1...5).contains(made.value))  // four workers and the consumer
  }

  @Test func theFingerprintIsThatOfTheLoader() throws {
    let array = NDArray<Int>(repeating: 0, shape: [6, 2])
    #expect(try PooledLoader(making: { array }).fingerprint == array.fingerprint)
  }

  @Test func aLoaderThatCannotBeMadeIsAnError() {
    struct Missing: Error {}
    #expect(throws: Missing.self) { try ArraySource(makingLoader: { () throws -> Fragile in throw Missing() }) }
    let made = ReleaseCounter()
    #expect(throws: Missing.self) {
      let loader = try PooledLoader { () throws -> Blocking in
        made.count()
        if made.value > 1 { throw Missing() }
        return Blocking()
      }
      // The first loader is in use while the second is asked for.
      _ = try loader.batch(at: [0], in: BatchContext())
      Blocking.inner.withLock { $0 = loader }
      defer { Blocking.inner.withLock { $0 = nil } }
      _ = try loader.batch(at: [1])
    }
  }
}

/// Asks for a batch of the loader that it is in.
private struct Blocking: SampleLoader {
  static let inner = Mutex<PooledLoader<Blocking>?>(nil)
  let sampleCount = 2

  func batch(at indices: BatchIndices) throws -> [Int] {
    if let loader = Blocking.inner.withLock({ $0 }) { return try loader.batch(at: indices) }
    return Array(indices)
  }
}
