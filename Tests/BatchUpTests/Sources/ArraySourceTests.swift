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
    #expect(throws: SourceError.tooManySamples(expected: 10, found: 11)) {
      try ArraySource(x, sampler: StandardSampler(count: 11))
    }
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
