import BatchUp
import Synchronization
import TestSupport
import Testing

@Suite struct GeneratedSourceTests {
  @Test func theClosureIsCalledForEachIterationWhenItsFirstBatchIsAskedFor() throws {
    let calls = Mutex<[Int]>([])
    let source = GeneratedSource(sampleCount: .finite(3)) { batchSize, order in
      calls.withLock { $0.append(batchSize) }
      return [[1, 2], [3]]
    }
    let batches = source.batches(of: 2)
    var iterator = batches.makeIterator()
    #expect(calls.withLock { $0 } == [])
    #expect(iterator.next() == [1, 2])
    #expect(iterator.next() == [3])
    #expect(iterator.next() == nil)
    #expect(Array(source.batches(of: 5, shuffle: .random)) == [[1, 2], [3]])
    #expect(calls.withLock { $0 } == [2, 5])
  }

  @Test func theClosureThatMakesBatchesIsNotCalledAfterTheEnd() throws {
    let calls = Mutex(0)
    let source = GeneratedSource(loading: { _, _ in
      { () throws(NoBatch) in
        calls.withLock {
          $0 += 1
          return $0 == 3 ? nil : [$0]
        }
      }
    })
    var iterator = source.batches(of: 1).makeIterator()
    var delivered: [Int] = []
    for _ in 0..<9 { delivered += try iterator.nextBatch() ?? [] }
    #expect(delivered == [1, 2])
    #expect(calls.withLock { $0 } == 3)
  }

  @Test func theOrderComesWithItsRandomNumbers() throws {
    let source = generated(0..<20)
    let seeded = Array(source.batches(of: 7, shuffle: .seed(1)))
    #expect(Array(source.batches(of: 7, shuffle: .seed(1))) == seeded)
    #expect(Array(source.batches(of: 7, shuffle: .seed(1, epoch: 1))) != seeded)
    #expect(Array(source.batches(of: 7)).flatMap { $0 } == Array(0..<20))
    let state = NumPyRandomState(seed: 3)
    let epochs = (0..<2).map { _ in source.batches(of: 7, shuffle: .numPy(state)).flatMap { $0 } }
    let again = NumPyRandomState(seed: 3)
    #expect(epochs == (0..<2).map { _ in source.batches(of: 7, shuffle: .numPy(again)).flatMap { $0 } })
    #expect(epochs[0] != epochs[1])
  }

  @Test func batchesOfSeveralParts() throws {
    let source = GeneratedSource(sampleCount: .unknown) { batchSize, _ in
      (1...3).map { n in
        (
          NDArray<Float>(repeating: 0, shape: [n, 2]), Array(repeating: "x", count: n), NDArray([n, n, n])[rows: 0..<n]
        )
      }
    }
    let sizes = source.batches(of: 2).map { [$0.shape[0], $1.count, $2.count] }
    #expect(sizes == [[1, 1, 1], [2, 2, 2], [3, 3, 3]])
    #expect(source.batches(of: 2, remainder: .drop).map(\.1.count) == [2, 3])
    let trimmed = try zip(source, numbers(0..<6)).batches(of: 2).map { ($0.0.shape, $0.1.count, $0.2.count, $1.count) }
    #expect(trimmed.map(\.0) == [[1, 2], [2, 2], [2, 2]])
    #expect(trimmed.map { [$0.1, $0.2, $0.3] } == [[1, 1, 1], [2, 2, 2], [2, 2, 2]])
  }

  @Test func noiseAsInTheDocumentation() throws {
    let noise = GeneratedSource(sampleCount: .infinite) { batchSize, order in
      sequence(state: SeededGenerator(seed: 12345)) { generator in
        NDArray((0..<batchSize).map { _ in Float.random(in: 0..<1, using: &generator) })
      }
    }
    let batches = Array(noise.batches(of: 8).prefix(4))
    #expect(batches.map(\.count) == [8, 8, 8, 8])
    #expect(Set(batches.flatMap(\.scalars)).count == 32)
    #expect(Array(noise.batches(of: 8).prefix(4)) == batches)
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .failure) {
      let uneven = GeneratedSource { _, _ in [([1, 2], [1, 2]), ([1, 2], [1])] }
      for _ in uneven.batches(of: 2) {}
    }
  }
}
