#if MPI
  import BatchUp
  import BatchUpMPI
  import Foundation

  /// The last rank throws, while the others wait for it.
  func failAmongOthers(_ world: MPIWorld) throws {
    if world.rank == world.size - 1 { throw CheckFailure(what: "deliberately") }
    try world.wait()
    throw CheckFailure(what: "the others went on")
  }

  /// The model fails on the last rank: all get an error, and no file is left.
  func failTogether(_ world: MPIWorld, folder: String) throws {
    let source = try ArraySource(NDArray<Double>(repeating: 1, shape: [40, 2]))
    var batchCount = 0
    do {
      try source.predict(batchSize: 2, into: .npy("\(folder)/failed.npy"), over: world) { x in
        batchCount += 1
        if world.rank == world.size - 1 && batchCount == 3 { throw CheckFailure(what: "deliberately") }
        return x
      }
    } catch {
      let expected =
        world.rank == world.size - 1
        ? "failed: deliberately"
        : "rank \(world.size - 1) has failed: failed: deliberately"
      try expect("\(error)" == expected, "\(error)")
      try world.wait()
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      try expect(!files.contains { $0.contains("failed") || $0.hasPrefix(".batchup") }, "left over: \(files)")
      return
    }
    throw CheckFailure(what: "no error")
  }

  /// The last rank is killed in the middle of a prediction.
  func beKilled(_ world: MPIWorld, folder: String) throws {
    let source = try ArraySource(NDArray<Double>(repeating: 1, shape: [4000, 2]))
    var batchCount = 0
    try source.predict(batchSize: 2, into: .npy("\(folder)/killed.npy"), over: world) { x in
      batchCount += 1
      if world.rank == world.size - 1 && batchCount == 50 { kill(getpid(), SIGKILL) }
      return x
    }
  }
#endif
