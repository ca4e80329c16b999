import BatchUp
import TestSupport
import Testing

/// Sources are values that several threads may go through at once.
@Suite struct SourceThreadsTests {
  private func checkOnThreads<Source: BatchSource & Sendable>(
    _ source: Source, _ samples: @escaping @Sendable (Source.Batch) -> [Int]
  ) async where Source.Failure == Never {
    @Sendable func delivered(_ seed: Int) -> [[Int]] {
      source.batches(of: 3, shuffle: .seed(seed)).prefix(50).map(samples)
    }
    await withTaskGroup(of: (Int, [[Int]]).self) { group in
      for task in 0..<8 { group.addTask { (task % 2, delivered(task % 2)) } }
      let expected = [delivered(0), delivered(1)]
      for await (seed, batches) in group { #expect(batches == expected[seed]) }
    }
  }

  @Test func eachThreadGetsTheBatchesOfItsOrder() async throws {
    let array = try numbers(0..<40, repeats: 2)
    await checkOnThreads(array) { $0.scalars }
    await checkOnThreads(array.map { $0.map { -$0 } }.erased()) { $0.scalars }
    try await checkOnThreads(zip(array, numbers(0..<70))) { paired($0, $1) }
    try await checkOnThreads(ChoiceSource([array, numbers(50..<60)], selection: .stratified)) { $0.scalars }
    await checkOnThreads(generated(0..<30)) { $0 }
    await checkOnThreads(SequenceSource([NDArray([1, 2]), NDArray([3])])) { $0.scalars }
    let parts = [NDArray([1, 2]), NDArray([3, 4, 5])]
    try await checkOnThreads(ArraySource(ConcatenatedSamples(arrays: parts))) { $0.scalars }
  }

  @Test func positionsOfOneIterationOnSeveralThreads() async throws {
    let source = try zip(members([20, 30]).concatenated(), numbers(0..<60)).map { paired($0, $1) }
    let order = SampleOrder.shuffled(ShuffleKey(seed: 3))
    let expected = source.batches(of: 4, shuffle: .seed(3)).map { $0 }
    var positions = source.positions(over: BatchRanges(batchSize: 4), order: order)
    await withTaskGroup(of: (Int, [Int]).self) { group in
      var number = 0
      while let position = positions.next() {
        group.addTask { [number] in (number, source.batch(at: position)) }
        number += 1
      }
      #expect(number == expected.count)
      for await (number, batch) in group { #expect(batch == expected[number]) }
    }
  }

  @Test func oneNumPyGeneratorForSeveralThreads() async throws {
    let source = try numbers(0..<50)
    let state = NumPyRandomState(seed: 1)
    await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<8 { group.addTask { source.batches(of: 7, shuffle: .numPy(state)).flatMap(\.scalars) } }
      for await samples in group { #expect(samples.sorted() == Array(0..<50)) }
    }
  }
}
