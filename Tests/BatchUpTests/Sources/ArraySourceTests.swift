import BatchUp
import Testing

@Suite struct ArraySourceTests {
  private let x = NDArray<Float>((0..<20).map(Float.init), shape: [10, 2])
  private let y = NDArray<Int32>((0..<10).map(Int32.init))

  @Test func anyNumberOfArraysOfAnyKind() throws {
    let names = (0..<10).map { "sample \($0)" }
    let bytes = RescaledBytes(NDArray<UInt8>((0..<10).map { UInt8($0) }), range: 0...255)
    let source = try ArraySource(x, names, y, bytes, NDArray(Array(0..<10)))
    var seen = 0
    for (a, b, c, d, e) in source.batches(of: 4, shuffle: .seed(5)) {
      for i in 0..<c.count {
        let k = Int(c[i])
        #expect(a[row: i] == x[row: k])
        #expect(b[i] == names[k])
        #expect(d[i] == Float(k))
        #expect(e[i] == k)
        seen += 1
      }
    }
    #expect(seen == 10)
  }

  @Test func isDescribedInOneLine() throws {
    #expect("\(try ArraySource(x, y))" == "ArraySource(10 samples, (NDArray<Float>, NDArray<Int32>))")
    #expect("\(try ArraySource(y, indices: [3]))" == "ArraySource(1 sample, NDArray<Int32>)")
    #expect("\(try ArraySource(y, repeats: .forever))" == "ArraySource(samples without end, NDArray<Int32>)")
  }

  @Test func oneArrayComesOutBare() throws {
    for batch in try ArraySource(y).batches(of: 5) {
      let labels: NDArray<Int32> = batch
      #expect(labels.count == 5)
    }
  }

  @Test func inOrderBatchesOfArraysAreNotCopied() throws {
    let start = x.withUnsafeBufferPointer { $0.baseAddress }
    for (number, batch) in try ArraySource(x).batches(of: 3).enumerated() {
      #expect(batch.withUnsafeBufferPointer { $0.baseAddress } == start.map { $0 + number * 6 })
    }
  }

  @Test func arraysOfDifferentLengths() {
    #expect(throws: SourceError.unequalSampleCounts(array: 1, expected: 10, found: 3)) {
      try ArraySource(x, [1, 2, 3])
    }
    #expect(throws: SourceError.unequalSampleCounts(array: 2, expected: 10, found: 11)) {
      try ArraySource(loading: x, y, NDArray(Array(0..<11)), indices: [1])
    }
    #expect(
      "\(SourceError.unequalSampleCounts(array: 1, expected: 10, found: 3))"
        == "array 1 has 3 samples, but array 0 has 10")
  }

  @Test func anArrayOfRankZero() {
    let scalar = NDArray<Float>([1], shape: [])
    #expect(throws: SourceError.noSampleAxis(array: 0)) { try ArraySource(scalar) }
    #expect(throws: SourceError.noSampleAxis(array: 1)) { try ArraySource(x, scalar, indices: [1]) }
    #expect("\(SourceError.noSampleAxis(array: 1))".contains("rank 0"))
  }

  @Test func indicesOutsideTheArrays() {
    for bad in [10, -1, .max, .min, 1 << 40] {
      for position in 0...3 {
        var indices = [0, 9, 5]
        indices.insert(bad, at: position)
        #expect(throws: SourceError.indexOutOfRange(position: position, index: bad, sampleCount: 10)) {
          try ArraySource(x, y, indices: indices)
        }
      }
    }
    for count in [0, 9, 11] {
      #expect(throws: SourceError.unequalSamplerCount(expected: 10, found: count)) {
        try ArraySource(x, sampler: StandardSampler(count: count))
      }
    }
  }

  @Test func lessThanOnePass() async {
    for count in [0, -1] {
      #expect(throws: SourceError.noRepeats(found: count)) { try ArraySource(x, repeats: .times(count)) }
      #expect(throws: SourceError.noRepeats(found: count)) { try ArraySource(x, indices: [1], repeats: .times(count)) }
      #expect(throws: SourceError.noRepeats(found: count)) { try ArraySource(loading: x, repeats: .times(count)) }
      #expect(throws: SourceError.noRepeats(found: count)) {
        try ArraySource(loading: x, indices: [1], repeats: .times(count))
      }
    }
    await #expect(processExitsWith: .failure) { _ = StandardSampler(count: 3, repeats: 0) }
  }

  /// A loader that returns one sample more or less than it is asked for.
  private struct WrongLoader: SampleLoader {
    let sampleCount = 10
    let excess: Int

    func batch(at indices: BatchIndices) throws -> NDArray<Int> {
      NDArray(Array(repeating: 7, count: max(indices.count + excess, 0)))
    }
  }

  @Test func loadersThatReturnOtherNumbersOfSamples() throws {
    for excess in [-4, -1, 1, 3] {
      let found = 4 + excess
      let source = try ArraySource(loading: x, WrongLoader(excess: excess))
      let error = SourceError.wrongBatchLength(array: 1, expected: 4, found: found)
      var iterator = source.batches(of: 4).makeIterator()
      #expect(throws: error) { try iterator.nextBatch() }
      #expect(throws: error) { try source.predict(batchSize: 4) { _, y in y } }
      let parts = ConcatenatedSamples(loaders: [WrongLoader(excess: excess), WrongLoader(excess: 0)])
      for count in [4, 15] {
        var whole = try ArraySource(loading: parts).batches(of: count, shuffle: .seed(1)).makeIterator()
        #expect(throws: SourceError.self) { try whole.nextBatch() }
      }
    }
    let message = "\(SourceError.wrongBatchLength(array: 1, expected: 4, found: 3))"
    #expect(message == "array 1 returned a batch of 3 samples, but was asked for 4")
  }

  @Test func batchesAreCounted() throws {
    let source = try ArraySource(x, repeats: 2)
    #expect(source.batches(of: 3).batchCount == 7)
    #expect(source.batches(of: 3, remainder: .drop).batchCount == 6)
    #expect(source.batches(of: 3).prefix(4).batchCount == 4)
    #expect(source.batches(of: 3).prefix(8).batchCount == 7)
    #expect(try ArraySource(x, repeats: .forever).batches(of: 3).batchCount == nil)
    #expect(try ArraySource(x, repeats: .forever).batches(of: 3).prefix(5).batchCount == 5)
    let rank = source.sharded(rank: 1, of: 3, end: .uneven).batches(of: 8).prefix(2)
    #expect(rank.batchCount == 2)
    #expect(rank.sampleCount == .finite(6))
    #expect(rank.map { $0.sampleCount } == [3, 3])
  }

  @Test func emptyArraysGiveNoBatches() throws {
    let empty = NDArray<Float>([], shape: [0, 3])
    for repeats: Repetition in [1, 2, .forever] {
      #expect(Array(try ArraySource(empty, [Int](), repeats: repeats).batches(of: 4)).isEmpty)
      #expect(Array(try ArraySource(empty, repeats: repeats).batches(of: 4, shuffle: .random)).isEmpty)
      #expect(Array(try ArraySource(x, indices: [], repeats: repeats).batches(of: 4)).isEmpty)
    }
  }

  @Test func samplesWithoutElements() throws {
    let hollow = NDArray<Float>([], shape: [5, 0])
    #expect(try ArraySource(hollow).batches(of: 2, shuffle: .random).map(\.shape) == [[2, 0], [2, 0], [1, 0]])
  }

  @Test func aSamplerThatNamesAMissingSampleIsMisuse() async {
    await #expect(processExitsWith: .failure) {
      struct Wrong: InOrderSampler {
        var sampleCount: SampleCount { .unknown }
        func indices(over ranges: BatchRanges, order: SampleOrder) -> some IteratorProtocol<BatchIndices> {
          [BatchIndices([3, 10])].makeIterator()
        }
      }
      for _ in try ArraySource(NDArray(Array(0..<10)), sampler: Wrong()).batches(of: 2) {}
    }
  }
}
