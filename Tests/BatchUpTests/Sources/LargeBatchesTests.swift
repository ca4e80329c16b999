import BatchUp
import Testing

/// Batch sizes, counts and buffers as large as numbers are: what samples do not fill costs nothing, and what cannot be
/// filled is refused with its size.
@Suite struct LargeBatchesTests {
  private static let batchSizes = [1 << 31, 1 << 40, .max - 1, .max]
  private let source: Numbers

  init() throws { source = try numbers(0..<10) }

  private func expectOneBatch<Source: BatchSource & Sendable>(
    _ source: Source, _ batchSize: Int, _ count: Int = 10
  ) where Source.Failure == Never {
    let pool = WorkerPool(workerCount: 2)
    for remainder in [Remainder.keep, .drop] {
      let batches = source.batches(of: batchSize, shuffle: .seed(1), remainder: remainder)
      var (iterator, prefetched) = (batches.accounted().makeIterator(), batches.prefetched(by: pool).makeIterator())
      for _ in 0..<(remainder == .keep ? 1 : 0) {
        #expect(iterator.nextBatch() != nil && prefetched.nextBatch() != nil)
        #expect(iterator.lastSampleCount == count && prefetched.lastSampleCount == count)
        #expect(iterator.state.batchCount == 1 && prefetched.state.batchCount == 1)
      }
      #expect(iterator.nextBatch() == nil && prefetched.nextBatch() == nil)
      #expect(batches.prefix(3).sampleCount == batches.sampleCount)
    }
  }

  @Test(arguments: batchSizes) func whatIsFiniteIsOneBatch(batchSize: Int) throws {
    expectOneBatch(source, batchSize)
    expectOneBatch(try numbers(0..<10, repeats: 3), batchSize, 30)
    expectOneBatch(source.indexed(), batchSize)
    expectOneBatch(source.map(random: { generators, x in generators.count + x.count }), batchSize)
    expectOneBatch(source.erased(), batchSize)
    expectOneBatch(source.dealt(rank: 0, of: 2), batchSize)
    expectOneBatch(zip(source, try numbers(0..<12)), batchSize)
    expectOneBatch(ChoiceSource([source]), batchSize)
    expectOneBatch(ChoiceSource([source], selection: .stratified), batchSize)
    expectOneBatch([source].concatenated(), batchSize)
    expectOneBatch(try ArraySource(ConcatenatedSamples(arrays: [NDArray([1, 2]), NDArray([3])])), batchSize, 3)
    let array = NDArray(Array(0..<10))
    let weights = Array(repeating: 1.0, count: 10)
    expectOneBatch(try ArraySource(array, sampler: WeightedSampler(weights: weights, count: 10)), batchSize)
    expectOneBatch(try ArraySource(array, sampler: WeightedSampler(weights: weights, replacing: false)), batchSize)
    expectOneBatch(try ArraySource(array, sampler: DynamicWeightedSampler(weights: weights, count: 10)), batchSize)
    #expect(source.batches(of: batchSize, shuffle: .numPy(NumPyRandomState(seed: 1))).map(\.count) == [10])
    #expect(
      source.batches(of: batchSize, shuffle: .seed(1, memory: .blocks(of: .max, window: .max))).map(\.count) == [10])
    #expect(source.batches(of: batchSize, shuffle: .seed(1, memory: .constant)).map(\.count) == [10])
    #expect(source.sharded(rank: 1, of: 2, end: .uneven).batches(of: batchSize).map(\.count) == [5])
    #expect(source.sharded(rank: 1, of: 2, end: .drop).batches(of: batchSize).map(\.count) == [])
    #expect(generated(0..<10).batches(of: batchSize).prefix(.max).map(\.count).reduce(0, +) == 10)
  }

  @Test(arguments: batchSizes) func whatIsReducedIsOneBatch(batchSize: Int) throws {
    let pool = WorkerPool(workerCount: 1)
    #expect(try source.predict(batchSize: batchSize) { $0 } == NDArray(Array(0..<10)))
    #expect(try source.predict(batchSize: batchSize, workers: pool) { $0 } == NDArray(Array(0..<10)))
    #expect(try source.batches(of: batchSize).concatenated { $0 } == NDArray(Array(0..<10)))
    #expect(throws: ClassQuotaError.batchTooSmall(expected: .max, found: 1)) {
      try ClassQuotaSampler(labels: [0, 1], quotas: .stratified(atLeast: .max)).requireBatchSize(1)
    }
  }

  /// What needs memory for as many samples as a batch has.
  enum Endless: String, CaseIterable, Codable {
    case repeats, shuffledRepeats, weights, dynamicWeights, quotas, padding, paddedShards, choice, pairs, prefetched
    case predictions

    func run(batchSize: Int) throws {
      let (x, weights) = (NDArray([1, 2, 3]), [1.0, 2.0, 3.0])
      let source = try ArraySource(x)
      let endless = try ArraySource(x, repeats: .forever)
      func first<S: BatchSource>(_ source: S) throws {
        var iterator = source.batches(of: batchSize, shuffle: .seed(1)).makeIterator()
        _ = try iterator.nextBatch()
      }
      switch self {
      case .repeats:
        var iterator = endless.batches(of: batchSize).makeIterator()
        _ = iterator.nextBatch()
      case .shuffledRepeats: try first(endless)
      case .weights: try first(ArraySource(x, sampler: WeightedSampler(weights: weights)))
      case .dynamicWeights: try first(ArraySource(x, sampler: DynamicWeightedSampler(weights: weights)))
      case .quotas: try first(ArraySource(x, sampler: ClassQuotaSampler(labels: [0, 1, 1], quotas: .stratified())))
      case .padding: try first(source.padded())
      case .paddedShards: try first(source.sharded(rank: 0, of: 2, end: .pad))
      case .choice: try first(ChoiceSource([endless, endless]))
      case .pairs: try first(zip(endless, source))
      case .prefetched:
        var iterator = endless.batches(of: batchSize).prefetched(by: WorkerPool(workerCount: 2)).makeIterator()
        _ = iterator.nextBatch()
      case .predictions: _ = try source.padded().predict(batchSize: batchSize) { batch, _ in batch }
      }
    }
  }

  @Test(arguments: Endless.allCases, [1 << 40, .max]) func whatIsEndlessNamesItsSize(endless: Endless, batchSize: Int)
    async
  {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [endless, batchSize] in
      try endless.run(batchSize: batchSize)
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.contains(" samples takes ") && text.contains(" bytes of memory"), "\(text)")
  }

  /// A loader of more samples than memory has room for the numbers of.
  private struct Vast: SampleArray {
    var sampleCount = 1 << 40
    func batch(at indices: BatchIndices) -> [Int] { Array(indices.prefix(4)) }
  }

  @Test func shufflesOfMoreSamplesThanMemoryHasRoomFor() async throws {
    let vast = try ArraySource(Vast())
    #expect(vast.batches(of: 4).prefix(2).map { $0 } == [[0, 1, 2, 3], [4, 5, 6, 7]])
    #expect(vast.batches(of: .max).map { $0 } == [[0, 1, 2, 3]])
    #expect(Set(vast.batches(of: 4, shuffle: .seed(1, memory: .constant)).prefix(9).joined()).count == 36)
    #expect(throws: SplitError.self) { try vast.split(.fractions([0.5]), shuffle: .seed(1)) }
    #expect(throws: SplitError.self) { try vast.folds(5, shuffle: .seed(1)) }
    let part = try ArraySource(Vast(), indices: 5..<1 << 39)
    #expect(part.sampleCount == .finite(1 << 39 - 5))
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      for _ in try ArraySource(Vast()).batches(of: 4, shuffle: .seed(1)) { break }
    }
    let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(text.contains("a shuffle of 1099511627776 samples takes 8796093022208 bytes of memory"), "\(text)")
    #expect(text.contains("use memory: .constant"), "\(text)")
  }

  @Test func listsOfBatchesAndArraysThatDoNotFit() async {
    let choice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parts = try [1, 2].map { try ArraySource(NDArray([$0])) }
      for _ in ChoiceSource(parts, selection: .proportional([.max, 1])).batches(of: 1, shuffle: .seed(1)) { break }
    }
    let array = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = NDArray(repeating: 1.0, shape: [1 << 40, 1 << 40])
    }
    func text(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    }
    #expect(text(choice).contains("batches takes 9223372036854775807 bytes"), "\(text(choice))")
    #expect(text(array).contains("an array of 9223372036854775807 bytes"), "\(text(array))")
  }

  /// Shuffled, a round is a list; in order it is worked out batch by batch, whatever its length.
  @Test func roundsOfAnyLengthTakeNoMemoryInOrder() throws {
    func members(of proportions: [Int], count: Int) throws -> [Int] {
      let parts = try proportions.indices.map { try numbers($0..<$0 + 1, repeats: .forever) }
      return ChoiceSource(parts, selection: .proportional(proportions)).batches(of: 1).prefix(count).map { $0[0] }
    }
    #expect(try members(of: [.max, 1], count: 1_000) == Array(repeating: 0, count: 1_000))
    #expect(try members(of: [.max, .max], count: 4).reduce(0, +) == 2)
    let chosen = try members(of: [30_000_000, 5_000_000], count: 70_000)
    #expect(chosen.reduce(0, +) == 10_000)
    for end in stride(from: 7, through: 70_000, by: 7) { #expect(chosen[end - 7..<end].reduce(0, +) == 1) }

    let endless = try [1, 3].map { try numbers(0..<$0, repeats: .times(.max)) }
    let stratified = ChoiceSource(endless, selection: .stratified).indexed().batches(of: 1)
    #expect(stratified.prefix(4).map(\.indices.member) == [0, 1, 0, 1])
  }

  @Test func squaresThatDoNotFit() async {
    let matrix = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ConfusionMatrix(classCount: 1 << 32)
    }
    let folds = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try numbers(0..<4_000_000).folds(4_000_000, shuffle: .seed(1))
    }
    let draws = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = NumPyRandomState(seed: 1).choice(from: 10, count: .max)
    }
    for (result, use) in [(matrix, "a confusion matrix"), (folds, "4000000 folds"), (draws, "a choice")] {
      let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
      #expect(text.contains(use) && text.contains("bytes of memory"), "\(text)")
    }
  }

  @Test func buffersGrowAsTheyAreNeeded() async throws {
    let pool = WorkerPool(workerCount: 2)
    for buffering in [10_000_000, 1_000_000_000, .max] {
      let batches = try numbers(0..<300).batches(of: 1, shuffle: .seed(1))
      #expect(batches.prefetched(by: pool, buffering: buffering).map(\.scalars) == batches.map(\.scalars))
      #expect(Array(pool.stream(0..<300, buffering: buffering) { $0 }) == Array(0..<300))
      var later = batches.prefetched(by: pool, buffering: buffering).async.makeAsyncIterator()
      for batch in batches { #expect(await later.next() == batch) }
      var loaded = try loaded(0..<300).batches(of: 7).prefetched(by: pool, buffering: buffering).makeIterator()
      var count = 0
      while let batch = try loaded.nextBatch() { count += batch.count }
      #expect(count == 300)
      #expect(try batches.prefetched(by: pool, buffering: buffering).mean { Double($0[0]) } == 149.5)
    }
  }
}
