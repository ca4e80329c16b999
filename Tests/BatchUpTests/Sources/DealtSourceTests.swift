import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct DealtSourceTests {
  /// The batches of the ranks in turn are those of the source, for all small numbers and for all kinds of orders.
  @Test(arguments: 0...9) func turns(count: Int) throws {
    let source = try numbers(0..<count)
    withEvery("rankCount", in: 1...4) { rankCount in
      withEvery("batchSize", in: 1...5) { batchSize in
        withEvery("shuffle", in: [nil, .seed(3), .seed(3, memory: .constant)] as [Shuffle?]) { shuffle in
          withEvery("remainder", in: [Remainder.keep, .drop]) { remainder in
            let whole = batches(source, batchSize, shuffle, remainder)
            let parts = (0..<rankCount).map {
              batches(source.dealt(rank: $0, of: rankCount), batchSize, shuffle, remainder)
            }
            #expect(whole.indices.map { parts[$0 % rankCount][$0 / rankCount] } == whole)
            #expect(parts.reduce(0) { $0 + $1.count } == whole.count)
          }
        }
      }
    }
  }

  private func batches(
    _ source: some InOrderSource<NDArray<Int>, Never> & Sendable, _ batchSize: Int, _ shuffle: Shuffle?,
    _ remainder: Remainder
  ) -> [[Int]] {
    func scalars(_ batches: some Sequence<NDArray<Int>>) -> [[Int]] { batches.map { Array($0.scalars) } }
    guard let shuffle else { return scalars(source.batches(of: batchSize, remainder: remainder)) }
    return scalars(source.batches(of: batchSize, shuffle: shuffle, remainder: remainder))
  }

  /// What ranks compare before they reduce their batches together.
  @Test func partsKnowTheWhole() throws {
    let source = try numbers(0..<9)
    func whole(_ batches: some BatchSequence) -> String? { batches.whole?.description }
    #expect(whole(source.batches(of: 2)) == nil)
    let expected = "9 samples in batches of 2"
    let dealt = source.dealt(rank: 1, of: 3)
    #expect(whole(dealt.batches(of: 2)) == expected)
    #expect(whole(dealt.batches(of: 2, shuffle: .seed(1)).prefetched(by: WorkerPool(workerCount: 1))) == expected)
    #expect(whole(dealt.map { $0.scalars.count }.batches(of: 2)) == expected)
    #expect(whole(dealt.erased().batches(of: 2)) == expected)
    #expect(whole(zip(dealt, dealt).batches(of: 2)) == expected)
    #expect(whole(source.sharded(rank: 1, of: 3, end: .drop).batches(of: 2)) == expected)
    #expect(whole(source.sharded(rank: 1, of: 3, end: .pad).batches(of: 2)) == expected)
  }

  @Test func sampleCounts() throws {
    try withEvery("count", in: 0...13) { count in
      try withEvery("rankCount", in: 1...4) { rankCount in
        try withEvery("batchSize", in: 1...5) { batchSize in
          try withEvery("remainder", in: [Remainder.keep, .drop]) { remainder in
            try withEvery("rank", in: 0..<rankCount) { rank in
              let batches = try numbers(0..<count).dealt(rank: rank, of: rankCount)
                .batches(of: batchSize, remainder: remainder)
              #expect(batches.sampleCount == .finite(batches.reduce(0) { $0 + $1.count }))
            }
          }
        }
      }
    }
    #expect(try numbers(0..<3, repeats: .forever).dealt(rank: 1, of: 2).batches(of: 2).sampleCount == .infinite)
  }

  /// A rank goes on where it was, and its states are no other rank's.
  @Test func stopping() throws {
    for rank in 0..<3 {
      let batches = try numbers(0..<23).dealt(rank: rank, of: 3).batches(of: 2, shuffle: .seed(5))
      let whole = batches.map { Array($0.scalars) }
      for stop in 0...whole.count {
        var iterator = batches.makeIterator()
        for _ in 0..<stop { _ = iterator.nextBatch() }
        #expect(try batches.resuming(iterator.state).map { Array($0.scalars) } == Array(whole[stop...]))
        let other = try numbers(0..<23).dealt(rank: (rank + 1) % 3, of: 3).batches(of: 2, shuffle: .seed(5))
        #expect(throws: IterationStateError.otherData) { try other.resuming(iterator.state) }
      }
    }
  }

  /// The digests of the ranks add up to that of one process, the one that depends on the order too.
  @Test func digests() throws {
    for rankCount in 1...4 {
      for stop in [0, 2] {
        let source = try numbers(0..<23)
        var sum = SampleDigest()
        for rank in 0..<rankCount {
          let batches = source.dealt(rank: rank, of: rankCount).batches(of: 3, shuffle: .seed(5)).accounted()
          var iterator = batches.makeIterator()
          for _ in 0..<stop { _ = iterator.nextBatch() }
          var rest = try batches.resuming(iterator.state).makeIterator()
          while rest.nextBatch() != nil {}
          sum += try #require(rest.digest)
        }
        var whole = source.batches(of: 3, shuffle: .seed(5)).accounted().makeIterator()
        while whole.nextBatch() != nil {}
        #expect(sum == whole.digest)
      }
    }
  }

  @Test func paddedBatchesAndWorkers() throws {
    let source = try numbers(0..<10)
    let pool = WorkerPool(workerCount: 2)
    #expect(
      try source.padded().dealt(rank: 0, of: 2).predict(batchSize: 4) { x, _ in x }.scalars == [0, 1, 2, 3, 8, 9])
    let prefetched = source.dealt(rank: 1, of: 2).batches(of: 3).prefetched(by: pool).map { Array($0.scalars) }
    #expect(prefetched == [[3, 4, 5], [9]])
  }
}
