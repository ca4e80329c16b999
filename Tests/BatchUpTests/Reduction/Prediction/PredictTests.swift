import BatchUp
import TestSupport
import Testing

@Suite struct PredictTests {
  /// A row of two for each sample: the sample and its square.
  private func squares(_ x: NDArray<Int>) -> NDArray<Int> {
    NDArray(x.scalars.flatMap { [$0, $0 * $0] }, shape: [x.sampleCount, 2])
  }

  private let pools: [WorkerPool?] = [
    nil, WorkerPool(workerCount: 0), WorkerPool(workerCount: 1), WorkerPool(workerCount: 3),
  ]

  @Test func everySampleHasItsRowForEveryBatchSizeAndNumberOfWorkers() throws {
    for count in 0...9 {
      let source = try numbers(10..<10 + count)
      let expected = squares(NDArray(Array(10..<10 + count)))
      let expectedDoubles: [Double] = (10..<10 + count).map { Double(2 * $0) }
      for batchSize in 1...10 {
        for pool in pools {
          let rows = try source.predict(batchSize: batchSize, workers: pool, squares)
          #expect(rows.scalars == expected.scalars)
          #expect(rows.shape == (count == 0 ? [0] : [count, 2]))

          let (same, doubled) = try source.predict(batchSize: batchSize, workers: pool) { x in
            (squares(x), x.map { Double(2 * $0) })
          }
          #expect(same == rows)
          #expect(doubled.scalars == expectedDoubles)

          var into = NDArray(repeating: -1, shape: [count, 2])
          let kept = into
          try source.predict(batchSize: batchSize, workers: pool, into: &into, squares)
          #expect(into.scalars == expected.scalars)
          #expect(kept.scalars == Array(repeating: -1, count: 2 * count))

          let padded = try source.padded().predict(batchSize: batchSize, workers: pool) { x, mask in
            #expect(x.sampleCount == batchSize && mask.shape == [batchSize])
            #expect(mask.scalars.count { $0 } == Set(x.scalars).count)
            return squares(x)
          }
          #expect(padded == rows)
        }
      }
    }
  }

  @Test func everyKindOfSource() throws {
    func check<Source: InOrderSource & Sendable>(_ source: Source, _ value: @Sendable (Source.Batch) -> [Int])
      throws
    {
      for batchSize in 1...12 {
        let batches = source.batches(of: batchSize)
        let expected = try batches.concatenated { value($0) }
        for pool in pools {
          let rows = try source.predict(batchSize: batchSize, workers: pool) { NDArray(value($0)) }
          #expect(rows.scalars == expected, "\(Source.self) \(batchSize)")
        }
      }
    }
    try check(try ArraySource(NDArray(Array(0..<20)), indices: [7, 3, 3, 19])) { $0.scalars }
    try check(try numbers(0..<5, repeats: .times(3))) { $0.scalars }
    try check(zip(try numbers(0..<9), try numbers(100..<111))) { zip($0.scalars, $1.scalars).map { $0 * $1 } }
    // Short batches in the middle, where a member ends.
    try check(ChoiceSource(try members([4, 7, 5]), selection: .stratified)) { $0.scalars }
    try check(try members([4, 7, 5]).concatenated()) { $0.scalars }
    try check(try loaded(0..<7)) { $0 }
    try check(try numbers(0..<11).map { x in x.map { $0 + 1 } }) { $0.scalars }
    try check(try numbers(0..<11).indexed()) { i, x in zip(i, x.scalars).map { $0 + $1 } }
  }

  @Test func paddingRepeatsTheLastSampleOfAShortBatch() throws {
    let batches = Array(try numbers(0..<5).padded().batches(of: 3))
    #expect(batches.map(\.0.scalars) == [[0, 1, 2], [3, 4, 4]])
    #expect(batches.map(\.1.scalars) == [[true, true, true], [true, true, false]])
    #expect(try numbers(0..<5).padded().sampleCount == .finite(5))
    let shuffled = Array(try numbers(0..<5).padded().batches(of: 4, shuffle: .seed(1)))
    #expect(shuffled.allSatisfy { $0.0.sampleCount == 4 })
    #expect(zip(shuffled, [4, 1]).allSatisfy { batch, count in batch.1.scalars.count { $0 } == count })
    let erased = try numbers(0..<5).padded().erased().predict(batchSize: 3) { x, _ in x }
    #expect(erased.scalars == [0, 1, 2, 3, 4])
    // The mask keeps samples from being counted twice.
    let sum = try numbers(0..<5).padded().batches(of: 3).mean { x, mask in
      zip(x.scalars, mask.scalars).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
    }
    #expect(sum == 2)
  }

  @Test func wrongResultsNameTheirRows() throws {
    let source = try numbers(0..<7)
    func expect(_ error: PredictionError, _ model: (NDArray<Int>) throws -> NDArray<Int>) {
      #expect(throws: error) { try source.predict(batchSize: 3, model) }
    }
    expect(.wrongRowCount(output: 0, rows: 3..<6, expected: 3, found: 2)) { $0[0] == 3 ? [1, 2] : $0 }
    expect(.wrongRowCount(output: 0, rows: 0..<3, expected: 3, found: 4)) { _ in [1, 2, 3, 4] }
    expect(.noRows(output: 0, rows: 6..<7)) { $0[0] == 6 ? NDArray([1], shape: []) : $0 }
    expect(.wrongRowShape(output: 0, rows: 3..<6, expected: [], found: [1])) {
      $0[0] == 3 ? $0.reshaped([3, 1]) : $0
    }
    #expect(throws: PredictionError.wrongRowCount(output: 1, rows: 0..<3, expected: 3, found: 1)) {
      try source.predict(batchSize: 3) { ($0, [1] as NDArray<Float>) }
    }
    #expect(throws: PredictionError.wrongRowCount(output: 0, rows: 6..<7, expected: 3, found: 1)) {
      try source.padded().predict(batchSize: 3) { x, mask in mask[1] ? x : x[rows: 0..<1] }
    }
    var array = NDArray(repeating: 0, shape: [6])
    #expect(throws: PredictionError.wrongResultCount(expected: 7, found: 6)) {
      try source.predict(batchSize: 3, into: &array) { $0 }
    }
    #expect(array == [0, 0, 0, 0, 0, 0])
    var columns = NDArray(repeating: 0, shape: [7, 2])
    #expect(throws: PredictionError.wrongRowShape(output: 0, rows: 0..<3, expected: [2], found: [])) {
      try source.predict(batchSize: 3, into: &columns) { $0 }
    }
    let endless = try numbers(0..<7, repeats: .forever)
    #expect(throws: ReductionError.endless) { try endless.predict(batchSize: 3) { $0 } }
  }

  @Test func viewsAndSharedArraysAreWrittenWithoutTheirHolders() throws {
    let source = try numbers(0..<7)
    for pool in pools {
      let whole = NDArray(repeating: -1, shape: [12, 1])
      var view = whole[rows: 3..<10]
      try source.predict(batchSize: 3, workers: pool, into: &view) { $0.reshaped([$0.count, 1]) }
      #expect(view.scalars == Array(0..<7) && view.shape == [7, 1])
      #expect(whole.scalars == Array(repeating: -1, count: 12))
      var alone = NDArray(repeating: -1, shape: [12])[rows: 5..<12]
      try source.predict(batchSize: 2, workers: pool, into: &alone) { $0 }
      #expect(alone.scalars == Array(0..<7))
      // An array that the model reads.
      var own = NDArray(Array(0..<7))
      let held = own
      try source.predict(batchSize: 2, workers: pool, into: &own) { x in x.map { 2 * held[$0] } }
      #expect(own.scalars == (0..<7).map { 2 * $0 } && held.scalars == Array(0..<7))
      var empty = NDArray<Int>([], shape: [7, 0])
      try source.predict(batchSize: 2, workers: pool, into: &empty) { NDArray([], shape: [$0.count, 0]) }
      #expect(empty.shape == [7, 0])
    }
  }

  @Test func aFirstBatchThatCannotBeLoaded() throws {
    let source = try loaded(0..<9, unreadable: [1])
    let folder = try FileFolder()
    let path = folder.path("p.npy")
    for pool in pools {
      func expectFailure(_ body: () throws -> Void) {
        if pool == nil {
          #expect(throws: UnreadableSample.self) { try body() }
        } else {
          let failure = #expect(throws: BatchFailure.self) { try body() }
          #expect(failure?.batch == 0 && failure?.sampleIndices == [1])
        }
      }
      expectFailure { _ = try source.predict(batchSize: 2, workers: pool) { NDArray($0) } }
      var array = NDArray(repeating: -1, shape: [9])
      expectFailure { try source.predict(batchSize: 2, workers: pool, into: &array) { NDArray($0) } }
      #expect(array.scalars == Array(repeating: -1, count: 9))
      expectFailure { try source.predict(batchSize: 2, workers: pool, into: .npy(path)) { NDArray($0) } }
      expectFailure { try source.predict(batchSize: 2, workers: pool, into: .npy(path, resuming: [1])) { NDArray($0) } }
      #expect(folder.names == [])
    }
  }

  @Test func paddingGoesThroughMaps() throws {
    let padded = try numbers(10..<17).padded()
    for pool in pools {
      let mapped = padded.map { x, mask in (x.map { 2 * $0 }, mask) }
      let rows = try mapped.predict(batchSize: 3, workers: pool) { x, _ in x }
      #expect(rows.scalars == (10..<17).map { 2 * $0 })
      #expect(
        try padded.map { x, _ in x }.failable().predict(batchSize: 4, workers: pool) { $0 }.scalars == Array(10..<17))
      #expect(try padded.indexed().predict(batchSize: 4, workers: pool) { $1.0 }.scalars == Array(10..<17))
      let random = padded.map(random: { _, x, _ in x })
      #expect(try random.predict(batchSize: 4, workers: pool) { $0 }.scalars == Array(10..<17))
    }
  }

  @Test func paddedBatchesAreTrimmedAndSkipSamples() throws {
    let pairs = Array(zip(try numbers(0..<7).padded(), try numbers(10..<15)).batches(of: 3))
    #expect(pairs.map { $0.0.0.scalars } == [[0, 1, 2], [3, 4, 4]])
    #expect(pairs.map { $0.0.1.scalars } == [[true, true, true], [true, true, false]])
    #expect(pairs.map { $0.1.scalars } == [[10, 11, 12], [13, 14]])
    var skipping = try loaded(0..<6, unreadable: [1]).padded().batches(of: 3)
      .prefetched(by: WorkerPool(workerCount: 1), onFailure: .skipSample).makeIterator()
    let (first, mask) = try #require(try skipping.nextBatch())
    #expect(first == [0, 2, 2] && mask.scalars == [true, true, false] && skipping.lastSampleCount == 2)
    #expect(try skipping.nextBatch()?.0 == [3, 4, 5])
    #expect(skipping.skipped.flatMap(\.sampleIndices) == [1])
  }

  /// A sampler of somebody else may deliver no sample, or more than the batch size.
  @Test func paddingOfBatchesOfAnyLength() throws {
    struct Uneven: InOrderSampler {
      var sampleCount: SampleCount { .finite(6) }
      func indices(over ranges: BatchRanges, order: SampleOrder) -> some IteratorProtocol<BatchIndices> {
        [0..<0, 0..<1, 1..<1, 1..<5, 5..<6].map { BatchIndices($0) }.makeIterator()
      }
    }
    let source = try ArraySource(NDArray(Array(0..<6)), sampler: Uneven()).padded()
    let batches = Array(source.batches(of: 2))
    #expect(batches.map { $0.0.scalars } == [[], [0, 0], [], [1, 2, 3, 4], [5, 5]])
    #expect(batches.map { $0.1.scalars.count } == [0, 2, 0, 4, 2])
    for pool in pools {
      #expect(try source.predict(batchSize: 2, workers: pool) { x, _ in x }.scalars == Array(0..<6))
    }
  }

  @Test func rowsBeforeAnErrorStayInTheArray() throws {
    struct ModelError: Error {}
    var array = NDArray(repeating: -1, shape: [7])
    #expect(throws: ModelError.self) {
      try numbers(0..<7).predict(batchSize: 3, into: &array) { x throws in
        if x[0] == 6 { throw ModelError() }
        return x
      }
    }
    #expect(array == [0, 1, 2, 3, 4, 5, -1])
  }

  @Test func failuresOfLoadersNameTheSampleWithWorkers() throws {
    let source = try loaded(0..<9, unreadable: [4])
    #expect(throws: UnreadableSample.self) { try source.predict(batchSize: 2) { NDArray($0) } }
    let failure = #expect(throws: BatchFailure.self) {
      try source.predict(batchSize: 2, workers: WorkerPool(workerCount: 2)) { NDArray($0) }
    }
    #expect(failure?.sampleIndices == [4])
  }

  @Test func progressCountsSamples() throws {
    var states: [ProgressState] = []
    let observer = ProgressHandler { states.append($0) }
    let source = try numbers(0..<7)
    let running = [0, 3, 6, 7].map { ProgressState(completedCount: $0, totalCount: 7) }
    let finished = [ProgressState(completedCount: 7, totalCount: 7, phase: .finished)]
    _ = try source.predict(batchSize: 3, progress: observer) { $0 }
    #expect(states == running + finished)
    states = []
    _ = try source.batches(of: 3).mean(progress: observer) { $0.count }
    #expect(states == running + finished)
    states = []
    _ = try source.batches(of: 3).prefetched(by: WorkerPool(workerCount: 2)).concatenated(progress: observer) { $0 }
    #expect(states == running + finished)
    states = []
    _ = try? source.predict(batchSize: 3, progress: observer) { x in NDArray(Array(0..<min(x.count, 2))) }
    #expect(states.map(\.phase) == [.running, .abandoned])
  }

  @Test func meansAreTheSameToTheLastBitForAnyNumberOfWorkers() throws {
    let values = NDArray((0..<1_000).map { 1 / Double($0 + 1) })
    let source = try ArraySource(values)
    for batchSize in [1, 3, 64, 1_000] {
      let batches = source.batches(of: batchSize, shuffle: .seed(1))
      let expected = try batches.mean { $0.scalars.reduce(0, +) }
      for workerCount in [1, 2, 8] {
        let pool = WorkerPool(workerCount: workerCount)
        #expect(try batches.prefetched(by: pool).mean { $0.scalars.reduce(0, +) } == expected)
      }
    }
  }
}
