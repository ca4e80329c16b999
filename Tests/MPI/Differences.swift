#if MPI
  import BatchUp
  import BatchUpMPI
  import Foundation

  /// In everything that the ranks do together, the last rank has something else than the others: all get the error that
  /// names the ranks and what they have, continue together, and leave no file.
  func checkDifferences(_ world: MPIWorld, folder: String) throws {
    let isOther = world.isLast
    var values = [Float](repeating: 1, count: isOther ? 6 : 5)
    try expectDifference(world, "sum of 5 elements of Float", "sum of 6 elements of Float") { try world.sum(&values) }
    try expect(values.allSatisfy { $0 == 1 }, "\(values)")
    try expectDifference(world, "sum of 5 elements of Float", "sum of 5 elements of Double") {
      if isOther {
        var values = [Double](repeating: 1, count: 5)
        try world.sum(&values)
      } else {
        var values = [Float](repeating: 1, count: 5)
        try world.sum(&values)
      }
    }
    try expectDifference(world, "sum of 0 elements of Float", "sum of 1 elements of Float") {
      var values = [Float](repeating: 1, count: isOther ? 1 : 0)
      try world.sum(&values)
    }
    try expectDifference(world, "broadcast of Int from rank 0", "broadcast of String from rank 0") {
      if isOther { _ = try world.broadcast("") } else { _ = try world.broadcast(1) }
    }
    try expectDifference(world, "broadcast of Int from rank 0", "broadcast of Int from rank 1") {
      _ = try world.broadcast(1, from: isOther ? 1 : 0)
    }
    try expectDifference(world, "gather of Int", "gather of Array<Int>") {
      if isOther { _ = try world.gather([1]) } else { _ = try world.gather(1) }
    }
    try expectDifference(world, "wait", "agree") {
      if isOther { try world.agree {} } else { try world.wait() }
    }
    try expectDifference(world, "wait", "sum of 3 elements of Float") {
      var values: [Float] = [1, 2, 3]
      if isOther { try world.sum(&values) } else { try world.wait() }
    }
    try expectDifference(world, "seed 0", "seed 1") { try world.requireSame("seed \(isOther ? 1 : 0)") }
    try checkReductionDifferences(world)
    try checkPredictionDifferences(world, folder: folder)
    let sizes = try world.gather(world.size)
    try expect(sizes.allSatisfy { $0 == world.size }, "\(sizes)")
    if world.rank == 0 { print("\(world.size) ranks: all differences were found") }
  }

  extension MPIWorld {
    fileprivate var isLast: Bool { rank == size - 1 }
  }

  /// The error has what the first ranks have, and the last one.
  private func expectDifference(
    _ world: MPIWorld, _ first: String, _ last: String, line: Int = #line, _ body: () throws -> Void
  ) throws {
    do {
      try body()
    } catch let error as MPIError {
      let calls = Array(repeating: first, count: world.size - 1) + [last]
      try expect(error == .differentCalls(calls), "\(error)", line: line)
      let text = "ranks: different calls, expected \(first) as on rank 0, found \(last) on rank \(world.size - 1)"
      try expect("\(error)" == text, "\(error)", line: line)
      return
    }
    throw CheckFailure(what: "no error (line \(line))")
  }

  private func checkReductionDifferences(_ world: MPIWorld) throws {
    let isOther = world.isLast
    func source(_ count: Int) throws -> ArraySource<(NDArray<Double>, NDArray<Int32>), StandardSampler, Never> {
      try Samples(count: count).source
    }
    let (x, y) = (Samples(count: 9).x, Samples(count: 9).y)
    func dealt(_ count: Int, _ batchSize: Int) throws -> some BatchSequence<(NDArray<Double>, NDArray<Int32>)> {
      try source(count).dealt(over: world).batches(of: batchSize)
    }
    let nine = "over 9 samples in batches of 2"
    try expectDifference(world, "mean of Int \(nine)", "mean of Int over 8 samples in batches of 2") {
      _ = try world.mean(of: dealt(isOther ? 8 : 9, 2)) { x, _ in x.sampleCount }
    }
    try expectDifference(world, "mean of Int \(nine)", "mean of Int over 9 samples in batches of 3") {
      _ = try world.mean(of: dealt(9, isOther ? 3 : 2)) { x, _ in x.sampleCount }
    }
    try expectDifference(world, "mean of Int \(nine)", "mean of Int over 10 samples in batches of 2") {
      let batches = try source(isOther ? 10 : 9).map { $0 }.sharded(over: world, end: .uneven).batches(of: 2)
      _ = try world.mean(of: batches.prefetched(by: WorkerPool(workerCount: 1))) { batch in batch.0.sampleCount }
    }
    try expectDifference(world, "mean of Double \(nine)", "mean of NDArray<Double> \(nine)") {
      if isOther {
        _ = try world.mean(of: dealt(9, 2)) { x, _ in x.sum(axis: 0) }
      } else {
        _ = try world.mean(of: dealt(9, 2)) { x, _ in x.scalars.reduce(0, +) }
      }
    }
    try expectDifference(world, "sums of shape [3]", "sums of shape [2]") {
      _ = try world.mean(of: dealt(9, 2)) { x, _ in
        isOther ? NDArray(Array(x.sum(axis: 0).scalars.prefix(2)), shape: [2]) : x.sum(axis: 0)
      }
    }
    // The parts of ranks that have data of their own may have any number of samples.
    let own = try ArraySource(x[rows: 0..<(isOther ? 9 : 8)], y[rows: 0..<(isOther ? 9 : 8)])
    _ = try world.mean(of: own.batches(of: 3)) { x, _ in x.sampleCount }
    let rate = "evaluate ErrorRate of Double"
    try expectDifference(world, "\(rate) \(nine)", "\(rate) over 8 samples in batches of 2") {
      _ = try world.evaluate(dealt(isOther ? 8 : 9, 2), ErrorRate()) { ($0, $1) }
    }
    try expectDifference(world, "\(rate) \(nine)", "evaluate ErrorRate of Float \(nine)") {
      if isOther {
        _ = try world.evaluate(dealt(9, 2), ErrorRate()) { ($0.map { Float($0) }, $1) }
      } else {
        _ = try world.evaluate(dealt(9, 2), ErrorRate()) { ($0, $1) }
      }
    }
    try expectDifference(world, "scores of shape [3] for each sample", "scores of shape [4] for each sample") {
      _ = try world.evaluate(dealt(9, 2), ErrorRate()) { x, y in
        isOther ? (NDArray<Double>(repeating: 0, shape: [x.sampleCount, 4]), y) : (x, y)
      }
    }
  }

  private func checkPredictionDifferences(_ world: MPIWorld, folder: String) throws {
    let isOther = world.isLast
    func predict<Scalar: NPYScalar>(
      _ count: Int, batchSize: Int = 4, _ model: (NDArray<Double>) -> NDArray<Scalar>
    ) throws {
      try ArraySource(Samples(count: count).x)
        .predict(batchSize: batchSize, into: .npy("\(folder)/different.npy"), over: world) { model($0) }
    }
    let forty = "predict 40 samples in 10 batches of 4"
    try expectDifference(world, forty, "predict 41 samples in 11 batches of 4") {
      try predict(isOther ? 41 : 40) { $0 }
    }
    try expectDifference(world, forty, "predict 40 samples in 8 batches of 5") {
      try predict(40, batchSize: isOther ? 5 : 4) { $0 }
    }
    try expectDifference(world, "predict Double", "predict Float") {
      if isOther { try predict(40) { x in x.map { Float($0) } } } else { try predict(40) { $0 } }
    }
    try expectDifference(world, "predict Double", "wait") {
      if isOther { try world.wait() } else { try predict(40) { $0 } }
    }
    // Rows of another length: that rank has the error itself.
    do {
      try predict(40) { isOther ? NDArray<Double>(repeating: 0, shape: [$0.sampleCount, 2]) : $0 }
      throw CheckFailure(what: "no error")
    } catch let error as MPIError {
      guard case .rankFailed(world.size - 1, let reason) = error, !isOther else { throw error }
      try expect(reason.contains("[2]") && reason.contains("[3]"), reason)
    } catch let error as PredictionError {
      try expect(isOther, "\(error)")
    }
    try world.wait()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    try expect(!files.contains { $0.contains("different") || $0.hasPrefix(".batchup") }, "left over: \(files)")
    try world.wait()
  }

  /// The last rank has nothing more to do, while the others wait for it.
  func endEarly(_ world: MPIWorld) throws {
    if world.rank == world.size - 1 { return }
    try world.wait()
  }
#endif
