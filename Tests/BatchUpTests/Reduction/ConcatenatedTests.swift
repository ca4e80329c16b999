import BatchUp
import Testing

@Suite struct ConcatenatedTests {
  @Test func resultsComeInTheOrderOfTheSamplesForEveryBatchSize() throws {
    for count in 0...9 {
      let x = NDArray((0..<count * 2).map(Float.init), shape: [count, 2])
      let source = try ArraySource(x, NDArray(Array(0..<count)))
      for batchSize in 1...10 {
        let batches = source.batches(of: batchSize)
        let doubled = try batches.concatenated { x, _ in NDArray(x.scalars.map { $0 * 2 }, shape: x.shape) }
        #expect(doubled.scalars == x.scalars.map { $0 * 2 })
        #expect(count == 0 || doubled.shape == [count, 2])
        let (rows, names) = try batches.concatenated { x, i in (x, i.scalars.map(String.init)) }
        #expect(rows.scalars == x.scalars)
        #expect(names == (0..<count).map(String.init))
      }
    }
  }

  @Test func endlessSourcesNeedALimit() throws {
    let endless = try ArraySource(NDArray([1, 2, 3]), repeats: .forever).batches(of: 2)
    #expect(throws: ReductionError.endless) { try endless.concatenated { $0 } }
    #expect(throws: ReductionError.endless) { try endless.concatenated { ($0, $0) } }
    #expect(try endless.prefix(4).concatenated { $0 } == [1, 2, 3, 1, 2, 3, 1, 2])
  }

  @Test func failuresOfTheModelAndOfTheLoaderPassThrough() throws {
    struct ModelError: Error {}
    let source = try ArraySource(loading: Squares(sampleCount: 4, unreadable: [3]))
    #expect(throws: UnreadableSample.self) { try source.batches(of: 2).concatenated { $0 } }
    #expect(throws: ModelError.self) {
      try source.batches(of: 2).concatenated { _ -> [Int] in throw ModelError() }
    }
  }
}
