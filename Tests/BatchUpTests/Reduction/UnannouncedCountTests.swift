import BatchUp
import TestSupport
import Testing

/// Delivers another number of samples than it says.
struct Announcing: InOrderSampler {
  let announced: SampleCount
  let delivered: Int

  var sampleCount: SampleCount { announced }

  func indices(over ranges: BatchRanges, order: SampleOrder) -> PassIterator {
    StandardSampler(count: delivered).indices(over: ranges, order: order)
  }
}

@Suite(.namingCases) struct UnannouncedCountTests {
  private func source(
    _ announced: SampleCount, _ delivered: Int
  ) throws -> ArraySource<NDArray<Int32>, Announcing, Never> {
    try ArraySource(
      NDArray((0..<Int32(delivered)).map { $0 + 5 }), sampler: Announcing(announced: announced, delivered: delivered))
  }

  private let pools: [WorkerPool?] = [nil, WorkerPool(workerCount: 2)]

  @Test func memoryHoldsWhatIsDelivered() throws {
    for announced in [SampleCount.finite(0), .finite(3), .finite(40), .finite(.max), .unknown] {
      for delivered in 0...6 {
        let expected = (0..<Int32(delivered)).map { $0 + 5 }
        for batchSize in 1...4 {
          let source = try source(announced, delivered)
          for pool in pools {
            #expect(try source.predict(batchSize: batchSize, workers: pool) { $0 }.scalars == expected)
          }
          let batches = source.batches(of: batchSize)
          let (rows, texts) = try batches.concatenated { ($0, $0.scalars.map { "\($0)" }) }
          #expect(rows.scalars == expected && texts == expected.map { "\($0)" })
          if delivered > 0 { #expect(try batches.mean { $0.scalars.count } == 1) }
        }
      }
    }
  }

  @Test func arraysHaveARowForEachSampleThatIsDelivered() throws {
    try withEvery("announced", in: 0...6) { announced in
      try withEvery("delivered", in: 0...6) { delivered in
        try withEvery("batchSize", in: 1...4) { batchSize in
          try withEvery("pool", in: pools) { pool in
            var array = NDArray<Int32>(repeating: -1, shape: [announced])
            let source = try source(.finite(announced), delivered)
            func predict() throws { try source.predict(batchSize: batchSize, workers: pool, into: &array) { $0 } }
            if delivered == announced {
              try predict()
            } else {
              let error = #expect(throws: PredictionError.self) { try predict() }
              // Where there are too many, as far as it went.
              let last = delivered < announced ? delivered : (announced / batchSize + 1) * batchSize
              #expect(error == .wrongResultCount(expected: min(last, delivered), found: announced))
            }
            #expect(array.sampleCount == announced)
            let whole = delivered > announced ? announced / batchSize * batchSize : delivered
            #expect(array[rows: 0..<whole].scalars == (0..<Int32(whole)).map { $0 + 5 })
          }
        }
      }
    }
    // Of a number that nobody knows, the array tells.
    var array = NDArray<Int32>(repeating: -1, shape: [5])
    try source(.unknown, 5).predict(batchSize: 2, into: &array) { $0 }
    #expect(array == [5, 6, 7, 8, 9])
    for delivered in [4, 6] {
      #expect(throws: PredictionError.wrongResultCount(expected: delivered, found: 5)) {
        try source(.unknown, delivered).predict(batchSize: 2, into: &array) { $0 }
      }
    }
  }

  @Test func filesAreCompleteOrAbsent() throws {
    let folder = try FileFolder()
    let path = folder.path("p.npy")
    withEvery("announced", in: 0...4) { announced in
      withEvery("delivered", in: (0...5).filter { $0 != announced }) { delivered in
        withEvery("pool", in: pools) { pool in
          #expect(throws: NPYOutputError.self) {
            try source(.finite(announced), delivered).predict(batchSize: 2, workers: pool, into: .npy(path)) { $0 }
          }
          #expect(folder.names == [])
        }
      }
    }
    #expect(throws: PredictionError.unknownSampleCount(path: path)) {
      try source(.unknown, 3).predict(batchSize: 2, into: .npy(path)) { $0 }
    }
    #expect(throws: ReductionError.endless) {
      try source(.infinite, 3).predict(batchSize: 2, into: .npy(path)) { $0 }
    }
    var array = NDArray<Int32>([1, 2])
    #expect(throws: ReductionError.endless) {
      try source(.infinite, 3).predict(batchSize: 2, into: &array) { $0 }
    }
    #expect(array == [1, 2])
  }
}
