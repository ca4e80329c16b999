import BatchUp
import TestSupport
import Testing

@Suite struct ConcatenatedSamplesTests {
  private func parts(_ counts: [Int]) -> [NDArray<Int>] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return NDArray((start..<start + count).flatMap { [$0, -$0] }, shape: [count, 2])
    }
  }

  private func withEveryParts(_ body: ([Int]) throws -> Void) rethrows {
    for code in 0..<4 * 4 * 4 { try body([code % 4, code / 4 % 4, code / 16]) }
    for counts in [[0], [5], [0, 0, 0, 2, 0, 1, 0], [1, 2, 3, 4, 5]] { try body(counts) }
  }

  @Test func samplesAreThoseOfTheWhole() throws {
    try withEveryParts { counts in
      let total = counts.reduce(0, +)
      let whole = try ConcatenatedSamples(arrays: parts(counts))
      #expect(whole.sampleCount == total)
      let lists =
        (0...total).flatMap { lower in (lower...total).map { Array(lower..<$0) } }
        + (0..<6).map { seed in
          var generator = SeededGenerator(seed: UInt64(seed))
          return total == 0 ? [] : (0..<5).map { _ in Int.random(in: 0..<total, using: &generator) }
        }
      for list in lists {
        let batch = whole.batch(at: BatchIndices(list))
        #expect(batch.shape == [list.count, 2])
        #expect(batch.scalars == list.flatMap { [$0, -$0] })
      }
    }
  }

  @Test func aShuffleGoesOverTheSamplesOfAll() throws {
    let source = try ArraySource(
      ConcatenatedSamples(arrays: parts([4, 3, 5])), ConcatenatedSamples(loaders: [[0, 1], Array(2..<12)]))
    let plain = try numbers(0..<12)
    for batchSize in 1...13 {
      let batches = source.batches(of: batchSize, shuffle: .seed(6))
      let expected = plain.batches(of: batchSize, shuffle: .seed(6))
      #expect(batches.map(\.1) == expected.map(\.scalars))
      for (rows, numbers) in batches { #expect(rows.scalars == numbers.flatMap { [$0, -$0] }) }
    }
  }

  @Test func neighboursOfOnePartAreNotCopied() throws {
    let parts = parts([4, 6])
    let whole = try ConcatenatedSamples(arrays: parts)
    for (indices, part, offset) in [(0..<4, 0, 0), (1..<3, 0, 1), (4..<10, 1, 0), (7..<9, 1, 3)] {
      let address = whole.batch(at: BatchIndices(indices)).withUnsafeBufferPointer(\.baseAddress)
      #expect(address == parts[part].withUnsafeBufferPointer(\.baseAddress).map { $0 + 2 * offset })
    }
  }

  @Test func partsOfOtherKinds() throws {
    let bytes = [NDArray<UInt8>([0, 255]), NDArray<UInt8>([255])].map { RescaledBytes($0, range: -1...1) }
    #expect(ConcatenatedSamples(loaders: bytes).batch(at: [2, 0, 1]).scalars == [1, -1, 1])
    let nested = try ConcatenatedSamples(loaders: [
      ConcatenatedSamples(arrays: parts([2, 1])), ConcatenatedSamples(arrays: parts([3])),
    ])
    #expect(nested.batch(at: [5, 0, 2, 3]).scalars == [2, -2, 0, 0, 2, -2, 0, 0])
  }

  @Test func aFailureOfAPartIsThatOfItsBatch() throws {
    let loaders = [NumberLoader(numbers: 0..<4, unreadable: [2]), NumberLoader(numbers: 10..<13, unreadable: [12])]
    let source = try ArraySource(loading: ConcatenatedSamples(loaders: loaders))
    #expect(outcomes(source.batches(of: 2)).map { try? $0.get() } == [[0, 1], nil, [10, 11], nil])
    #expect(throws: UnreadableSample(index: 12)) { try ConcatenatedSamples(loaders: loaders).batch(at: [0, 6]) }
  }

  @Test func rowsOfOtherShapes() throws {
    let (wide, narrow) = (NDArray(repeating: 0, shape: [2, 3]), NDArray(repeating: 0, shape: [2, 2]))
    let error = SourceError.unequalRowShapes(array: 2, expected: [3], found: [2])
    #expect(throws: error) { try ConcatenatedSamples(arrays: [wide, wide, narrow]) }
    #expect("\(error)" == "array 2 has rows of shape [2], but array 0 of shape [3]")
    let scalar = NDArray([1], shape: [])
    #expect(throws: SourceError.noSampleAxis(array: 0)) {
      try ArraySource(ConcatenatedSamples(arrays: [scalar, scalar]))
    }
    #expect(throws: SourceError.unequalSampleCounts(array: 1, expected: 4, found: 3)) {
      try ArraySource(ConcatenatedSamples(arrays: [wide, wide]), [1, 2, 3])
    }
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .failure) { _ = ConcatenatedSamples(loaders: [[Int]]()) }
    await #expect(processExitsWith: .failure) { _ = ConcatenatedSamples(loaders: [[1], [2]]).batch(at: [2]) }
    await #expect(processExitsWith: .failure) { _ = ConcatenatedSamples(loaders: [[1], [2]]).batch(at: [-1, 0]) }
  }
}
