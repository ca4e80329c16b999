#if MPI
  import BatchUp
  import BatchUpMPI
  import Foundation

  struct CheckFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { "failed: \(what)" }
  }

  func expect(_ condition: Bool, _ what: @autoclosure () -> String, line: Int = #line) throws {
    if !condition { throw CheckFailure(what: "\(what()) (line \(line))") }
  }

  /// The checks of one run, for all small numbers of samples and for one that is larger.
  func check(_ world: MPIWorld, folder: String) throws {
    for sampleCount in Array(0...9) + [211] {
      for batchSize in [1, 2, 3, 4, 7, 16] {
        let samples = Samples(count: sampleCount)
        try checkUnion(world, samples, batchSize: batchSize)
        try checkDealing(world, samples, batchSize: batchSize)
        if sampleCount > 0 {
          try checkMeans(world, samples, batchSize: batchSize)
          try checkMetrics(world, samples, batchSize: batchSize)
        }
      }
    }
    for (sampleCount, batchSize) in [(0, 4), (1, 4), (3, 1), (9, 2), (211, 16), (211, 300)] {
      try checkPrediction(world, Samples(count: sampleCount), batchSize: batchSize, folder: folder)
    }
    try checkBroadcast(world)
    try checkSums(world)
    if world.rank == 0 { print("\(world.size) ranks: all checks passed") }
  }

  /// Numbers whose sums depend on the order in which they are added.
  struct Samples {
    let x: NDArray<Double>
    let y: NDArray<Int32>

    init(count: Int) {
      var generator = SeededGenerator(seed: 7)
      let numbers = (0..<count * 3).map { _ in
        let magnitude = Double(sign: .plus, exponent: Int.random(in: 0...40, using: &generator), significand: 1)
        return Double.random(in: -1...1, using: &generator) * magnitude
      }
      x = NDArray(numbers, shape: [count, 3])
      y = NDArray((0..<count).map { Int32($0 % 3) })
    }

    var source: ArraySource<(NDArray<Double>, NDArray<Int32>), StandardSampler, Never> {
      get throws { try ArraySource(x, y) }
    }
  }

  /// In each step, the parts of the ranks one after the other are the batch of a single process.
  func checkUnion(_ world: MPIWorld, _ samples: Samples, batchSize: Int) throws {
    let shuffle = Shuffle.seed(12345, epoch: 3)
    let source = try samples.source.indexed()
    let whole = source.batches(of: batchSize, shuffle: shuffle).map { Array($0.0) }
    var iterator = source.sharded(over: world, end: .uneven).batches(of: batchSize, shuffle: shuffle).accounted()
      .makeIterator()
    var parts: [[Int]] = []
    while let (indices, _) = iterator.nextBatch() { parts.append(Array(indices)) }
    let ofRanks = try world.gather(parts)
    try expect(ofRanks.allSatisfy { $0.count == whole.count }, "\(ofRanks.map(\.count)) steps, not \(whole.count)")
    for (step, batch) in whole.enumerated() {
      let union = ofRanks.flatMap { $0[step] }
      try expect(union == batch, "step \(step) of \(samples.y.count) by \(batchSize): \(union), not \(batch)")
    }
    var alone = source.batches(of: batchSize, shuffle: shuffle).accounted().makeIterator()
    while alone.nextBatch() != nil {}
    let digest = try world.merged(iterator.digest ?? SampleDigest())
    try expect(digest == alone.digest, "digest \(digest)")
  }

  /// The batches of the ranks in turn are those of a single process, and the ranks' digests add up to its own.
  func checkDealing(_ world: MPIWorld, _ samples: Samples, batchSize: Int) throws {
    let source = try samples.source.indexed()
    let whole = source.batches(of: batchSize, shuffle: .seed(5)).map { Array($0.0) }
    let batches = source.dealt(over: world).batches(of: batchSize, shuffle: .seed(5)).accounted()
    var iterator = batches.makeIterator()
    var own: [[Int]] = []
    while let (indices, _) = iterator.nextBatch() { own.append(Array(indices)) }
    try expect(batches.sampleCount == .finite(own.reduce(0) { $0 + $1.count }), "\(batches.sampleCount)")
    let ofRanks = try world.gather(own)
    for (step, batch) in whole.enumerated() {
      try expect(ofRanks[step % world.size][step / world.size] == batch, "batch \(step) of \(batchSize)")
    }
    try expect(ofRanks.reduce(0) { $0 + $1.count } == whole.count, "\(ofRanks.map(\.count)) batches")
    var alone = source.batches(of: batchSize, shuffle: .seed(5)).accounted().makeIterator()
    while alone.nextBatch() != nil {}
    let digest = try world.merged(iterator.digest ?? SampleDigest())
    try expect(digest == alone.digest, "digest \(digest)")
  }

  func checkMeans(_ world: MPIWorld, _ samples: Samples, batchSize: Int) throws {
    let source = try samples.source
    func sum(_ x: NDArray<Double>) -> Double { x.scalars.reduce(0, +) }
    let alone = try source.batches(of: batchSize).mean { x, y in (sum(x), x.sum(axis: 0), y.scalars.count { $0 == 1 }) }
    let dealt = source.dealt(over: world).batches(of: batchSize)
    let means = try world.mean(of: dealt) { x, y in (sum(x), x.sum(axis: 0), y.scalars.count { $0 == 1 }) }
    try expect(means.0.bitPattern == alone.0.bitPattern, "mean \(means.0), not \(alone.0)")
    try expect(
      means.1.scalars.map(\.bitPattern) == alone.1.scalars.map(\.bitPattern), "means \(means.1), not \(alone.1)")
    try expect(means.2 == alone.2, "mean \(means.2), not \(alone.2)")
    let one = try world.mean(of: dealt.prefetched(by: WorkerPool(workerCount: 1))) { x, _ in sum(x) }
    try expect(one.bitPattern == alone.0.bitPattern, "mean \(one), not \(alone.0)")
  }

  func checkMetrics(_ world: MPIWorld, _ samples: Samples, batchSize: Int) throws {
    let source = try samples.source
    let alone = try source.batches(of: batchSize).evaluate(
      MeanLoss.softmaxCrossEntropy(), ErrorRate(), ConfusionMatrix(classCount: 3)
    ) { ($0, $1) }
    let together = try world.evaluate(
      source.dealt(over: world).batches(of: batchSize), MeanLoss.softmaxCrossEntropy(), ErrorRate(),
      ConfusionMatrix(classCount: 3)
    ) { ($0, $1) }
    try expect(together.0.bitPattern == alone.0.bitPattern, "loss \(together.0), not \(alone.0)")
    try expect(together.1 == alone.1 && together.2 == alone.2, "metrics \(together), not \(alone)")
  }

  /// The files have the same bytes. The model's results depend on the whole batch.
  func checkPrediction(_ world: MPIWorld, _ samples: Samples, batchSize: Int, folder: String) throws {
    func model(_ x: NDArray<Double>) -> NDArray<Double> {
      let total = x.scalars.reduce(0, +)
      return x.map { $0 / total }
    }
    let source = try ArraySource(samples.x)
    let paths = ["\(folder)/alone.npy", "\(folder)/together.npy"]
    if world.rank == 0 { try source.predict(batchSize: batchSize, into: .npy(paths[0])) { model($0) } }
    for workers in [nil, WorkerPool(workerCount: 1)] {
      try source.predict(batchSize: batchSize, workers: workers, into: .npy(paths[1]), over: world) { model($0) }
      try compare(paths)
      // Nobody begins to write again before all have read.
      try world.wait()
    }
    try source.padded().predict(batchSize: batchSize, into: .npy(paths[1]), over: world) { x, _ in x }
    if world.rank == 0 { try source.predict(batchSize: batchSize, into: .npy(paths[0])) { $0 } }
    try world.wait()
    try compare(paths)
    try world.wait()
  }

  private func compare(_ paths: [String]) throws {
    let files = paths.map { FileManager.default.contents(atPath: $0) }
    try expect(files[0] != nil && files[0] == files[1], "the files \(paths) are not the same")
  }

  func checkBroadcast(_ world: MPIWorld) throws {
    for root in 0..<world.size {
      let value = try world.broadcast("from \(world.rank)", from: root)
      try expect(value == "from \(root)", value)
    }
    let numbers = try world.broadcast([Double.infinity, -.infinity, 0.1, -0.0])
    try expect(numbers.map(\.bitPattern) == [Double.infinity, -.infinity, 0.1, -0.0].map(\.bitPattern), "\(numbers)")
    let source = try Samples(count: 20).source
    var iterator = source.batches(of: 3, shuffle: .seed(9)).makeIterator()
    for _ in 0...world.rank { _ = iterator.nextBatch() }
    let state = try world.broadcast(iterator.state, from: world.size - 1)
    try expect(state.batchCount == world.size, "\(state.batchCount) batches")
    do {
      _ = try world.broadcast(failing(), from: world.size - 1)
      throw CheckFailure(what: "no error")
    } catch let error as MPIError {
      try expect(error == .rankFailed(rank: world.size - 1, reason: "failed: deliberately"), "\(error)")
    } catch {
      try expect(world.rank == world.size - 1 && "\(error)" == "failed: deliberately", "\(error)")
    }
  }

  private func failing() throws -> Int { throw CheckFailure(what: "deliberately") }

  /// Sums have the bits of adding in the order of the ranks, for lengths that do not divide among them too.
  func checkSums(_ world: MPIWorld) throws {
    for count in Array(0...9) + [1001] {
      let ofRanks = (0..<world.size).map { rank in
        var generator = SeededGenerator(seed: UInt64(rank))
        return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
      }
      var sum = ofRanks[world.rank]
      try world.sum(&sum)
      let expected = (0..<count).map { i in ofRanks.dropFirst().reduce(ofRanks[0][i]) { $0 + $1[i] } }
      try expect(sum.map(\.bitPattern) == expected.map(\.bitPattern), "a sum of \(count) elements")
    }
  }
#endif
