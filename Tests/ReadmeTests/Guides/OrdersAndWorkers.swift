import BatchUp
import Testing

extension GuideExamples {
  @Test func orders() throws {
    for epoch in 0..<10 {
      for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: epoch)) { train(x, y) }
    }

    let weights = (0..<1000).map { Double($0 % 7) }
    let thousandDraws = try WeightedSampler(weights: weights, count: 1000)
    let heavierFirst = try WeightedSampler(weights: weights, replacing: false)
    #expect(thousandDraws.sampleCount == .finite(1000))
    #expect(heavierFirst.sampleCount == .finite(weights.count { $0 > 0 }))
  }

  @Test func parts() throws {
    let parts = try source.split(.fractions([0.9, 0.1]), shuffle: .seed(1))
    let (training, validation) = (parts[0], parts[1])
    print(training.indices)  // places in the arrays
    let balanced = try training.balanced(by: trainY, count: 50_000)  // classes equally likely
    let steps = balanced.batches(of: 64, shuffle: .seed(12345)).batchCount  // 782; nil where there is no end
    #expect(steps == 782 && validation.indices.count == 100)
  }

  @Test func whoWaitedForWhom() {
    let pool = WorkerPool(workerCount: 2)
    var iterator = source.batches(of: 64, shuffle: .seed(1)).prefetched(by: pool).makeIterator()
    while let (x, y) = iterator.nextBatch() { train(x, y) }
    print(iterator.statistics.verdict)
    #expect(iterator.statistics.sampleCount == 1000)
  }
}
