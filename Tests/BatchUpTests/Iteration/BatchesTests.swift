import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct BatchesTests {
  private func source(_ count: Int, _ repeats: Repetition) throws -> ArraySource<
    (NDArray<Int>, NDArray<Float>), StandardSampler, Never
  > {
    let rows = (0..<count * 3).map { Float($0) }
    return try ArraySource(NDArray(Array(0..<count)), NDArray(rows, shape: [count, 3]), repeats: repeats)
  }

  /// The indices in each batch, having checked that all members of the batch are about the same samples.
  private func indices<S: Sequence>(_ batches: S, limit: Int = 40) -> [[Int]]
  where S.Element == (NDArray<Int>, NDArray<Float>) {
    var result: [[Int]] = []
    for (index, rows) in batches {
      #expect(rows.shape == [index.count, 3])
      #expect(rows.scalars == index.scalars.flatMap { i in (0..<3).map { Float(i * 3 + $0) } })
      result.append(index.scalars)
      if result.count == limit { break }
    }
    return result
  }

  @Test func everySmallCaseInOrder() throws {
    try withEverySmallCase { count, batchSize, repeats, remainder in
      let expected = definedBatches(
        ofPasses: { _ in Array(0..<count) }, sampleCount: count, batchSize: batchSize, repeats: repeats,
        remainder: remainder)
      let batches = try source(count, repeats).batches(of: batchSize, remainder: remainder)
      #expect(indices(batches) == expected)
      #expect(indices(batches) == expected)
      if repeats != .forever {
        #expect(batches.sampleCount == .finite(expected.joined().count))
      } else {
        #expect(batches.sampleCount == (count == 0 ? .finite(0) : .infinite))
      }
    }
  }

  @Test func everySmallCaseShuffled() throws {
    try withEverySmallCase { count, batchSize, repeats, remainder in
      let source = try source(count, repeats)
      let single = indices(source.batches(of: 1, shuffle: .seed(9, epoch: 4)), limit: 410).map { $0[0] }
      for start in stride(from: 0, to: single.count - count + 1, by: max(count, 1)) {
        #expect(single[start..<start + count].sorted() == Array(0..<count))
      }
      let expected = definedBatches(
        ofPasses: { Array(single[$0 * count..<($0 + 1) * count]) }, sampleCount: count, batchSize: batchSize,
        repeats: repeats, remainder: remainder)
      let batches = source.batches(of: batchSize, shuffle: .seed(9, epoch: 4), remainder: remainder)
      #expect(indices(batches) == expected)
      #expect(indices(batches) == expected)
    }
  }

  @Test func twoIteratorsDoNotDisturbEachOther() throws {
    try withEverySmallCase { count, batchSize, repeats, remainder in
      let batches = try source(count, repeats).batches(of: batchSize, shuffle: .seed(1), remainder: remainder)
      let expected = indices(batches, limit: 12)
      var one = batches.makeIterator()
      var two = batches.makeIterator()
      var fromOne: [[Int]] = []
      var fromTwo: [[Int]] = []
      while fromOne.count < 12, let batch = one.next() {
        fromOne.append(batch.0.scalars)
        if fromOne.count.isMultiple(of: 2), let other = two.next() { fromTwo.append(other.0.scalars) }
        #expect(batch.0.scalars == fromOne.last)
      }
      while fromTwo.count < 12, let other = two.next() { fromTwo.append(other.0.scalars) }
      #expect(fromOne == expected)
      #expect(fromTwo == expected)
    }
  }

  @Test func prefixes() throws {
    let source = try source(5, .forever)
    for limit in 0...7 {
      let batches = source.batches(of: 3).prefix(limit)
      #expect(indices(batches).count == limit)
      #expect(batches.sampleCount == .finite(3 * limit))
    }
    #expect(indices(source.batches(of: 3).prefix(4).prefix(2)).count == 2)
    #expect(try indices(self.source(5, 1).batches(of: 3).prefix(9)) == [[0, 1, 2], [3, 4]])
  }

  @Test func randomOrdersDifferEachTime() throws {
    let batches = try source(50, 1).batches(of: 50, shuffle: .random)
    let orders = Set((0..<20).map { _ in indices(batches)[0] })
    #expect(orders.count == 20)
  }

  @Test func aGeneratorGivesOneKey() throws {
    let source = try source(20, 1)
    var one = SeededGenerator(seed: 12345)
    var two = SeededGenerator(seed: 12345)
    let first = source.batches(of: 6, shuffledUsing: &one)
    let second = source.batches(of: 6, shuffledUsing: &one, remainder: .drop)
    #expect(indices(first) == indices(first))
    #expect(indices(first).prefix(3) != indices(second).prefix(3))
    #expect(indices(first) == indices(source.batches(of: 6, shuffle: .seed(two.next()))))
    #expect(indices(second) == indices(source.batches(of: 6, shuffle: .seed(two.next()), remainder: .drop)))
    #expect(one.next() == two.next())
  }

  @Test func epochsAreIndependentOfTheBatchSize() throws {
    let source = try source(1_000, 1)
    for epoch in 0..<3 {
      let expected = indices(source.batches(of: 1_000, shuffle: .seed(4, epoch: epoch)))[0]
      for batchSize in [1, 7, 64, 999, 1_001] {
        let batches = source.batches(of: batchSize, shuffle: .seed(4, epoch: epoch))
        #expect(indices(batches, limit: .max).flatMap { $0 } == expected)
      }
    }
  }

  @Test func indexedBatchesNameTheirSamples() throws {
    for (indices, (index, _)) in try source(10, 2).indexed().batches(of: 4, shuffle: .random) {
      #expect(Array(indices) == index.scalars)
    }
    for (indices, (index, _)) in try source(10, 2).indexed().batches(of: 4) {
      #expect(Array(indices) == index.scalars)
    }
  }

  @Test func mappedBatches() throws {
    let doubled = try source(5, 1).map { index, rows in (index.scalars.map { $0 * 2 }, rows.sampleCount) }
    #expect(doubled.batches(of: 3).map(\.0) == [[0, 2, 4], [6, 8]])
    #expect(doubled.batches(of: 3, remainder: .drop).map(\.1) == [3])
  }

  @Test func anEmptyBatchSizeIsMisuse() async {
    await #expect(processExitsWith: .failure) { _ = try ArraySource(NDArray([1])).batches(of: 0) }
    await #expect(processExitsWith: .failure) { _ = try ArraySource(NDArray([1])).batches(of: -3, shuffle: .random) }
    await #expect(processExitsWith: .failure) { _ = try ArraySource(NDArray([1])).batches(of: 1).prefix(-1) }
  }
}
