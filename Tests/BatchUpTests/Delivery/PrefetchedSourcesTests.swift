import BatchUp
import Testing

/// Every kind of source: the batches that workers prepare are, with their errors, those that the consumer makes.
@Suite struct PrefetchedSourcesTests {
  private static let workerCounts = [0, 1, 2, 3, 8, 64]
  private static let limit = 7

  @Test(arguments: workerCounts) func arrays(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for count in 0...5 {
      for repeats in [Repetition.times(1), .times(3), .forever] {
        let source = try numbers(0..<count, repeats: repeats)
        check(source, by: pool)
        check(source.indexed(), by: pool)
        check(source.padded(), by: pool)
        check(source.erased(), by: pool)
        check(source.failable(), by: pool)
        check(source.filter { $0 % 3 != 1 }, by: pool)
      }
    }
    let array = NDArray(Array(0..<9))
    for indices in [[], [3], [7, 2, 5, 2]] {
      check(try ArraySource(array, array, indices: indices, repeats: 2), by: pool)
    }
    for part in try numbers(0..<9).split(.counts([4, 0, 3]), shuffle: .seed(1)) { check(part, by: pool) }
    let parts = [3, 0, 2].map { NDArray(Array(0..<$0)) }
    check(try ArraySource(ConcatenatedSamples(arrays: parts)), by: pool)
  }

  @Test(arguments: workerCounts) func loaders(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for unreadable in [[], [0], [2, 5], [0, 1, 2, 3, 4, 5, 6]] as [Set<Int>] {
      let source = try loaded(0..<7, unreadable: unreadable)
      check(source, by: pool)
      check(source.map { $0.map { -$0 } }.indexed(), by: pool)
      check(zip(try numbers(0..<5, repeats: 2), source), by: pool)
      check(try ChoiceSource([source, loaded(100..<104, unreadable: [101])], selection: .stratified), by: pool)
      check(
        try ArraySource(makingLoader: { NumberLoader(numbers: 0..<7, unreadable: unreadable) }, Array(0..<7)), by: pool)
    }
    let loaders = [0..<3, 3..<3, 3..<7].map { NumberLoader(numbers: $0, unreadable: [4]) }
    check(try ArraySource(loading: ConcatenatedSamples(loaders: loaders)), by: pool)
  }

  @Test(arguments: workerCounts) func weighted(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    let array = NDArray(Array(0..<6))
    let weights = [0.5, 0, 2, 1, 0, 7]
    let samplers = try [
      WeightedSampler(weights: weights), WeightedSampler(weights: [1, 3], over: [4, 1], count: 7),
      WeightedSampler(weights: weights, replacing: false),
      WeightedSampler(weights: weights, replacing: false, count: 3),
      WeightedSampler(balancingClasses: [0, 1, 1, 0, 0, 2]),
    ]
    for sampler in samplers {
      let source = try ArraySource(array, sampler: sampler)
      check(source, by: pool)
      check(zip(source, try numbers(0..<5)), by: pool)
    }
  }

  @Test(arguments: workerCounts) func pairsAndMaps(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for (first, second) in [(0, 3), (3, 0), (3, 4), (5, 5), (5, 2)] {
      let (a, b) = try (numbers(0..<first, repeats: .forever), numbers(0..<second, repeats: 2))
      check(zip(a, b), by: pool)
      check(zip(b, zip(a, b).flattened()).indexed(), by: pool)
      check(zip(zip(a, b), b).flattened().map { a, _, b in (a.scalars, b) }, by: pool)
      check(
        zip(a, b).map(random: { generators, a, b in
          zip(a.scalars.indices, paired(a, b)).map { place, pair in
            var generator = generators[place]
            return "\(pair) \(generator.next())"
          }
        }), by: pool)
    }
  }

  @Test(arguments: workerCounts) func choices(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    let selections: [ChoiceSource<Numbers>.Selection] = [
      .untilFirstExhausted, .stratified, .sequential, .proportional([1, 2, 1]),
    ]
    for selection in selections {
      for counts in [[4, 3, 5], [3, 0, 2], [0, 0, 0], [1, 4, 2]] {
        let choice = ChoiceSource(try members(counts), selection: selection)
        check(choice, by: pool)
        check(ChoiceSource([choice, choice], selection: .stratified), by: pool)
        check(zip(choice, try numbers(0..<6)), by: pool)
      }
    }
  }

  @Test(arguments: workerCounts) func batchesInTurn(workerCount: Int) throws {
    let pool = WorkerPool(workerCount: workerCount)
    for batchSize in 1...3 {
      for buffering in [1, 2, 5] {
        func check<Source: BatchSource & Sendable>(_ make: () -> Source) {
          let expected = outcomes(make().batches(of: batchSize, shuffle: .seed(3)), limit: Self.limit)
          var iterator = make().batches(of: batchSize, shuffle: .seed(3)).prefetched(by: pool, buffering: buffering)
            .makeIterator()
          #expect(delivered { try iterator.nextBatch() } == expected.map(described))
        }
        check { generated(0..<5) }
        check { generated(0..<9, failing: [1, 2]) }
        check { SequenceSource([[1, 2, 3], [4], [], [5, 6]], sampleCount: .unknown) }
        check { zip(generated(0..<5), generated(0..<7)) }
      }
    }
  }

  private func check<Source: BatchSource & Sendable>(_ source: Source, by pool: WorkerPool) {
    for batchSize in 1...3 {
      for (number, buffering) in [1, 2, 5].enumerated() {
        let memory: ShuffleMemory = number == 0 ? .constant : .proportional
        let batches = source.batches(
          of: batchSize, shuffle: .seed(7, epoch: batchSize, memory: memory), remainder: number == 1 ? .drop : .keep)
        let expected = outcomes(batches, limit: Self.limit).map(described)
        var iterator = batches.prefetched(by: pool, buffering: buffering, onFailure: .stop).makeIterator()
        #expect(
          delivered { try iterator.nextBatch() } == expected,
          "\(Source.self), \(batchSize) a batch, \(buffering) buffered")
      }
    }
  }

  private func delivered<Batch>(_ nextBatch: () throws -> Batch?) -> [String] {
    var outcomes: [String] = []
    while outcomes.count < Self.limit {
      do {
        guard let batch = try nextBatch() else { break }
        outcomes.append("\(batch)")
      } catch { outcomes.append("failure") }
    }
    return outcomes
  }
}

private func described<Batch>(_ outcome: Result<Batch, any Error>) -> String {
  switch outcome {
  case .success(let batch): "\(batch)"
  case .failure: "failure"
  }
}
