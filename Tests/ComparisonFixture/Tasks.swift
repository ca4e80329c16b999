import BatchUp
import BatchUpImages
import COpenBLAS

/// What prepares each task, outside of what is measured, and returns one run of it. `compare.py` says what they are.
let tasks: [String: @Sendable (Setting) throws -> () throws -> Run] = [
  "epoch-60000x784": { try epochs(of: pattern(60_000, 784), $0) },
  "epoch-50000x3072-bytes": { try epochs(of: RescaledBytes(bytePattern(50_000, 3072)), $0) },
  "epoch-1000000x16": { try epochs(of: pattern(1_000_000, 16), $0) },
  "epoch-10000x5": { try epochs(of: pattern(10_000, 5), $0) },
  "mapped-60000x784": { try mappedEpochs($0) },
  "images-224": { try imageEpochs($0) },
  "permutation-1e6": { _ in permutations(of: 1_000_000) },
  "permutation-1e7": { _ in permutations(of: 10_000_000) },
  "permutation-1e8": { _ in permutations(of: 100_000_000) },
  "randomstate-permutation-1e6": { _ in numPyPermutations(of: 1_000_000) },
  "weighted-1e6": { _ in try weightedBatches(of: 1_000_000) },
  "weighted-2^24+1": { _ in try weightedBatches(of: 1 << 24 + 1) },
  "prediction-60000x784": { try predictions($0) },
  "mean-loss-100000x10": { try meanLosses($0) },
  "resume-1000000x16": { _ in try resumptions() },
  "copy-60000x784": { _ in copies(byteCount: 60_000 * 784 * 4) },
]

private let batchSize = 256

// Numbers and labels that are easy to make again elsewhere.

private func pattern(_ rows: Int, _ columns: Int) -> NDArray<Float> {
  NDArray((0..<rows * columns).map { Float($0 % 251) / 250 }, shape: [rows, columns])
}

private func bytePattern(_ rows: Int, _ columns: Int) -> NDArray<UInt8> {
  NDArray((0..<rows * columns).map { UInt8($0 % 251) }, shape: [rows, columns])
}

private func labels(_ count: Int) -> NDArray<Int32> { NDArray((0..<count).map { Int32($0 % 10) }) }

private func epochs<Samples: SampleArray & Sendable>(of samples: Samples, _ setting: Setting) throws -> () throws -> Run
where Samples.Batch == NDArray<Float> {
  epochs(over: try ArraySource(samples, labels(samples.sampleCount)), batchSize: batchSize, setting)
}

private func mappedEpochs(_ setting: Setting) throws -> () throws -> Run {
  let images = try MappedArray<Float>(npyFile: setting.path("60000x784.npy"))
  return epochs(over: try ArraySource(loading: images, labels(60_000)), batchSize: batchSize, setting)
}

private func imageEpochs(_ setting: Setting) throws -> () throws -> Run {
  let folder = try ImageFolder(setting.path("photographs"), width: 224, height: 224)
  let source = try ArraySource(loading: folder, folder.labels).map { x, y in (RescaledBytes(x).converted(), y) }
  return epochs(over: source, batchSize: 32, setting)
}

/// Another one with each run.
private func epochs<Source: BatchSource & Sendable>(
  over source: Source, batchSize: Int, _ setting: Setting
) -> () throws -> Run where Source.Batch == (NDArray<Float>, NDArray<Int32>) {
  let pool = setting.pool
  var epoch = 0
  return {
    epoch += 1
    return try drained(source.batches(of: batchSize, shuffle: .seed(1, epoch: epoch)), by: pool)
  }
}

/// As the only batch of so many indices.
private func permutations(of count: Int) -> () throws -> Run {
  var epoch = 0
  return {
    epoch += 1
    let source = try ArraySource(Positions(sampleCount: count))
    let watch = Stopwatch()
    var batches = source.batches(of: count, shuffle: .seed(1, epoch: epoch)).makeIterator()
    let permutation = batches.nextBatch()
    return Run(seconds: watch.seconds, count: permutation?.count ?? 0)
  }
}

/// The indices themselves.
private struct Positions: SampleArray {
  let sampleCount: Int

  func batch(at indices: BatchIndices) -> BatchIndices { indices }
}

private func numPyPermutations(of count: Int) -> () throws -> Run {
  {
    let state = NumPyRandomState(seed: 1)
    let watch = Stopwatch()
    let permutation = state.permutation(of: count)
    return Run(seconds: watch.seconds, count: permutation.count, result: Double(permutation[count / 2]))
  }
}

/// Batches of 64, by the thousand; the first batch counts from the weights on.
private func weightedBatches(of count: Int) throws -> () throws -> Run {
  let weights = NDArray((0..<count).map { Double(1 + $0 % 1000) })
  let values = pattern(count, 1)
  let labels = labels(count)
  let made = Stopwatch()
  let source = try ArraySource(values, labels, sampler: WeightedSampler(weights: weights))
  var firstBatch: Double? = nil
  for (x, _) in source.batches(of: 64, shuffle: .seed(1)).prefix(1) {
    keep(x)
    firstBatch = made.seconds
  }
  var epoch = 0
  return {
    epoch += 1
    let watch = Stopwatch()
    var batchCount = 0
    for (x, _) in source.batches(of: 64, shuffle: .seed(1, epoch: epoch)).prefix(1000) {
      keep(x)
      batchCount += 1
    }
    return Run(seconds: watch.seconds, firstBatch: firstBatch, count: batchCount)
  }
}

/// Samples in order through one layer of a network, all outputs in one array.
private func predictions(_ setting: Setting) throws -> () throws -> Run {
  let source = try ArraySource(pattern(60_000, 784))
  let weights = (0..<784 * 10).map { Float($0 % 10) / 784 }
  let pool = setting.pool
  return {
    let watch = Stopwatch()
    let outputs = try source.predict(batchSize: batchSize, workers: pool) { x in product(x, weights) }
    return Run(seconds: watch.seconds, count: outputs.sampleCount, result: outputs.mean())
  }
}

private func product(_ x: NDArray<Float>, _ weights: [Float]) -> NDArray<Float> {
  let (rows, inner, columns) = (x.sampleCount, x.rowLength, weights.count / x.rowLength)
  return NDArray(unsafeUninitializedShape: [rows, columns]) { outputs in
    x.withUnsafeBufferPointer {
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(inner), 1, $0.baseAddress,
        blasint(inner), weights, blasint(columns), 0, outputs.baseAddress, blasint(columns))
    }
  }
}

private func meanLosses(_ setting: Setting) throws -> () throws -> Run {
  let source = try ArraySource(pattern(100_000, 10), labels(100_000))
  let pool = setting.pool
  return {
    let watch = Stopwatch()
    let batches = source.batches(of: batchSize)
    let loss =
      if let pool {
        try batches.prefetched(by: pool).evaluate(MeanLoss.softmaxCrossEntropy()) { x, y in (x, y) }
      } else {
        try batches.evaluate(MeanLoss.softmaxCrossEntropy()) { x, y in (x, y) }
      }
    return Run(seconds: watch.seconds, count: 100_000, result: loss)
  }
}

/// From the state behind 2,000 of 3,907 batches to the next batch.
private func resumptions() throws -> () throws -> Run {
  let source = try ArraySource(pattern(1_000_000, 16), labels(1_000_000))
  var stopped = source.batches(of: batchSize, shuffle: .seed(1)).makeIterator()
  while stopped.state.batchCount < 2_000, stopped.nextBatch() != nil {}
  let state = stopped.state
  return {
    let watch = Stopwatch()
    var resumed = try source.batches(of: batchSize, shuffle: .seed(1), resuming: state).makeIterator()
    keep(resumed.nextBatch())
    return Run(seconds: watch.seconds, count: 1)
  }
}

/// The limit: as many bytes in order, to a place that stays in a cache.
private func copies(byteCount: Int) -> () throws -> Run {
  let pieceSize = 1 << 20
  let source = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
  source.initializeMemory(as: UInt8.self, repeating: 1)
  let piece = UnsafeMutableRawPointer.allocate(byteCount: pieceSize, alignment: 4096)
  return {
    let watch = Stopwatch()
    for start in stride(from: 0, to: byteCount, by: pieceSize) {
      piece.copyMemory(from: source.baseAddress! + start, byteCount: min(pieceSize, byteCount - start))
    }
    keep(piece)
    return Run(seconds: watch.seconds, count: byteCount)
  }
}
