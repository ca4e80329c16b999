import BatchUp
import Testing

struct Windows: SampleArray {
  let series: NDArray<Float>
  let length: Int
  var sampleCount: Int { series.count - length + 1 }

  func batch(at indices: BatchIndices) -> NDArray<Float> {
    NDArray(unsafeUninitializedShape: [indices.count, length]) { elements in
      var place = 0
      for index in indices {
        for step in 0..<length {
          elements.initializeElement(at: place, to: series[index + step])
          place += 1
        }
      }
    }
  }
}

struct Ramps: RowLoader {
  typealias Failure = Never

  let sampleCount: Int
  var rowShape: [Int] { [100] }

  func load(_ index: Int, into row: UnsafeMutableBufferPointer<Float>) {
    for step in row.indices { row.initializeElement(at: step, to: Float(index * step)) }
  }
}

struct PairPosition: BatchPosition {
  let first: BatchIndices
  let second: BatchIndices
  var sampleCount: Int { first.count }

  func selecting(_ places: [Int]) -> PairPosition {
    PairPosition(first: first.selecting(places), second: second.selecting(places))
  }

  func sampleIndices(at place: Int) -> [Int] { [first[place], second[place]] }
}

struct SameClassPairs: BatchSource {
  let images: NDArray<Float>
  let classes: [Int]
  let members: [Int: [Int]]
  let sampler: StandardSampler
  var traits: SourceTraits { SourceTraits(sampleCount: sampler.sampleCount) }

  init(_ images: NDArray<Float>, classes: [Int]) {
    self.images = images
    self.classes = classes
    members = Dictionary(grouping: classes.indices, by: { classes[$0] })
    sampler = StandardSampler(count: classes.count)
  }

  func positions(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<PairPosition> {
    var firsts = sampler.indices(over: ranges, order: order)
    var generator = order.ofMember(1).makeGenerator() ?? SeededGenerator(seed: 0)
    return AnyIterator {
      guard let first = firsts.next() else { return nil }
      let second = first.map { members[classes[$0], default: []].randomElement(using: &generator) ?? $0 }
      return PairPosition(first: first, second: BatchIndices(second))
    }
  }

  func batch(at position: PairPosition, in context: BatchContext) -> (NDArray<Float>, NDArray<Float>) {
    (images.batch(at: position.first, in: context), images.batch(at: position.second, in: context))
  }
}

extension GuideExamples {
  @Test func windowsOfASeries() throws {
    let windows = Windows(series: NDArray((0..<100).map { Float($0) }), length: 10)
    for x in try ArraySource(windows).batches(of: 16, shuffle: .seed(1)) { print(x.shape) }
    for (indices, x) in try ArraySource(windows).indexed().batches(of: 16, shuffle: .seed(1)) {
      for (row, index) in indices.enumerated() { #expect(x[row, 9] == Float(index + 9)) }
    }
  }

  @Test func rowsOneByOne() async throws {
    let pool = WorkerPool(workerCount: 2)
    let ramps = try ArraySource(loading: Ramps(sampleCount: 1000), trainY)
    for try await (x, y) in ramps.batches(of: 64).prefetched(by: pool).async { train(x, y) }
    #expect(Ramps(sampleCount: 9).batch(at: [3, 8])[1, 99] == 8 * 99)
  }

  @Test func aSamplerInASource() throws {
    let similar = try ArraySource(trainX, trainY, sampler: SimilarLengths(byLength: Array((0..<1000).reversed())))
    for (x, y) in similar.batches(of: 12, shuffle: .seed(1)) { train(x, y) }
  }

  @Test func pairsOfAClass() throws {
    let pool = WorkerPool(workerCount: 2)
    let pairs = SameClassPairs(trainX, classes: trainY.scalars.map(Int.init))
    for (x, partner) in pairs.batches(of: 64, shuffle: .seed(12345)).prefetched(by: pool) {
      print(x.shape, partner.shape)
    }

    let numbers = NDArray<Float>((0..<1000).map { Float($0) })
    let numbered = SameClassPairs(numbers, classes: trainY.scalars.map(Int.init))
    func all(_ batches: some Sequence<(NDArray<Float>, NDArray<Float>)>) -> [[Float]] {
      batches.flatMap { x, partner in zip(x.scalars, partner.scalars).map { [$0, $1] } }
    }
    let delivered = all(numbered.batches(of: 64, shuffle: .seed(1)))
    #expect(delivered.map { $0[0] }.sorted() == numbers.scalars)
    #expect(delivered.allSatisfy { Int($0[0]) % 10 == Int($0[1]) % 10 })
    #expect(delivered == all(numbered.batches(of: 64, shuffle: .seed(1)).prefetched(by: pool)))

    // Stopped and resumed, and shared among ranks, it delivers the same pairs.
    var iterator = numbered.batches(of: 64, shuffle: .seed(1)).makeIterator()
    _ = iterator.next()
    let rest = try numbered.batches(of: 64, shuffle: .seed(1)).resuming(iterator.state)
    #expect(all(rest) == Array(delivered.dropFirst(64)))
    var parts: [[Float]] = []
    for rank in 0..<2 {
      parts += all(numbered.sharded(rank: rank, of: 2, end: .uneven).batches(of: 64, shuffle: .seed(1)))
    }
    func sorted(_ pairs: [[Float]]) -> [[Float]] { pairs.sorted { $0[0] < $1[0] } }
    #expect(sorted(parts) == sorted(delivered))
  }
}
