import BatchUp
import TestSupport
import Testing

/// Batches of some classes with `samplesPerClass` samples each, as many classes as fill the batch: a sampler as a user
/// of the library would write it.
private struct ClassesSampler: Sampler {
  let samplesOfClasses: [[Int]]
  let samplesPerClass: Int

  init(labels: [Int], samplesPerClass: Int) {
    samplesOfClasses = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
    self.samplesPerClass = samplesPerClass
  }

  var sampleCount: SampleCount { .infinite }

  func indices(over ranges: BatchRanges, order: SampleOrder) -> Iterator {
    let batchSize = ranges.batchSize
    precondition(batchSize % samplesPerClass == 0, "a batch has \(samplesPerClass) samples of each of its classes")
    return Iterator(sampler: self, classCount: batchSize / samplesPerClass, generator: order.makeGenerator())
  }

  struct Iterator: IteratorProtocol {
    let sampler: ClassesSampler
    let classCount: Int
    var generator: (any RandomNumberGenerator)?

    mutating func next() -> BatchIndices? {
      guard var generator else { return nil }
      var batch: [Int] = []
      for samples in sampler.samplesOfClasses.shuffled(using: &generator).prefix(classCount) {
        batch += samples.shuffled(using: &generator).prefix(sampler.samplesPerClass)
      }
      self.generator = generator
      return BatchIndices(batch)
    }
  }
}

@Suite(.namingCases) struct ClassesSamplerTests {
  private let labels = [0, 1, 2, 0, 1, 2, 3, 3, 0, 1, 3, 3, 2]
  private var sampler: ClassesSampler { ClassesSampler(labels: labels, samplesPerClass: 3) }

  private var source: ArraySource<NDArray<Int>, ClassesSampler, Never> {
    get throws { try ArraySource(NDArray(Array(labels.indices)), sampler: sampler) }
  }

  @Test func keepsTheContractsOfSources() throws {
    try checkSource(source, traits: .orderDependsOnBatchSize, batchSizes: [3, 6, 9, 12]) { $0.scalars }
    try checkSource(
      zip(source, ArraySource(Array(0..<40))).flattened(), traits: .orderDependsOnBatchSize, batchSizes: [3, 6, 12]
    ) { paired($0.scalars, $1) }
  }

  @Test func batchesHaveSomeClassesWithAsManySamplesEach() throws {
    let shuffles: [Shuffle] = [.seed(1), .seed(1, epoch: 7), .random, .numPy(NumPyRandomState(seed: 1))]
    try withEvery("shuffle", in: shuffles) { shuffle in
      try withEvery("classCount", in: 1...4) { classCount in
        withEvery("batch", in: try source.batches(of: 3 * classCount, shuffle: shuffle).prefix(20)) { batch in
          #expect(Set(batch.scalars).count == 3 * classCount)
          let numbers = Dictionary(grouping: batch.scalars) { labels[$0] }.mapValues(\.count)
          #expect(numbers.count == classCount)
          #expect(numbers.values.allSatisfy { $0 == 3 })
        }
      }
    }
  }

  @Test func classesAndTheirSamplesAreEquallyLikely() throws {
    // One class in each batch: 4 classes; and of the classes with 4 samples, 4 triples: 100 and more expected of each.
    var classes = [Int](repeating: 0, count: 4)
    var triples: [[Int]: Int] = [:]
    for batch in try source.batches(of: 3, shuffle: .seed(9)).prefix(1_600) {
      classes[labels[batch[0]]] += 1
      if labels[batch[0]] == 3 { triples[batch.scalars.sorted(), default: 0] += 1 }
    }
    #expect(chiSquared(classes) < chiSquaredBound(degreesOfFreedom: 3))
    #expect(triples.count == 4)
    #expect(chiSquared(triples.values) < chiSquaredBound(degreesOfFreedom: 3))
  }
}
