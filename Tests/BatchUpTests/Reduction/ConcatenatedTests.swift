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

  @Test func resultsThatCannotBeJoined() throws {
    let batches = try ArraySource(NDArray(Array(0..<5))).batches(of: 2)
    #expect(throws: ReductionError.unequalRows(expected: [1], found: [])) {
      try batches.concatenated { $0[0] == 0 ? $0.reshaped([2, 1]) : $0 }
    }
    #expect(throws: ReductionError.noRows) {
      try batches.concatenated { (NDArray([$0[0]]), $0[0] == 4 ? NDArray([4], shape: []) : $0) }
    }
    #expect("\(ReductionError.unequalRows(expected: [1], found: [2, 3]))".contains("[2, 3]; those before have [1]"))
  }

  /// One result for many samples takes no memory for all of them.
  @Test func memoryIsTakenForWhatTheFirstBatchGives() throws {
    let source = try ArraySource(
      NDArray<UInt8>(repeating: 1, shape: [2048]),
      sampler: Announcing(announced: .finite(1 << 36), delivered: 2048))
    let (counts, names) = try source.batches(of: 1024).concatenated { (NDArray([$0.count]), ["\($0.count)"]) }
    #expect(counts == [1024, 1024] && names == ["1024", "1024"])
    // And results of another number of rows than samples come in order.
    let numbers = try ArraySource(NDArray(Array(0..<7))).batches(of: 3)
    #expect(try numbers.concatenated { $0[rows: 0..<1] } == [0, 3, 6])
    #expect(try numbers.concatenated { x in NDArray(x.scalars + x.scalars) }.count == 14)
    #expect(try numbers.concatenated { x in NDArray(Array(0..<x[0])) } == [0, 1, 2, 0, 1, 2, 3, 4, 5])
    #expect(try numbers.concatenated { x in Array(0..<x[0]) } == [0, 1, 2, 0, 1, 2, 3, 4, 5])
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
