import BatchUp

#if MPI
  import BatchUpMPI
#endif

/// The processes that share the work of a command: this one alone, or those that `mpirun` has started.
struct Ranks {
  #if MPI
    private var world: MPIWorld?
  #endif

  /// This process.
  static var alone: Ranks { Ranks() }

  private init() {}

  /// Calls `body` for this process alone, or over MPI.
  ///
  /// - Throws: `ToolError` where this program was built without MPI. What `body` throws over MPI ends all ranks.
  static func run(overMPI: Bool, _ body: (Ranks) throws -> Void) throws {
    guard overMPI else { return try body(.alone) }
    #if MPI
      try MPIWorld.run { world in
        var ranks = Ranks()
        ranks.world = world
        try body(ranks)
      }
    #else
      throw ToolError(
        "--mpi: this program was built without MPI; install libopenmpi-dev and openmpi-bin, and build it with "
          + "swift build -c release --traits MPI --product batchup")
    #endif
  }

  /// The number of this rank.
  var rank: Int {
    #if MPI
      if let world { return world.rank }
    #endif
    return 0
  }

  var count: Int {
    #if MPI
      if let world { return world.size }
    #endif
    return 1
  }

  /// Whether this rank reports and saves.
  var isFirst: Bool { rank == 0 }

  /// An observer on the first rank, and nobody on the others.
  func progress(_ label: String) -> any ProgressObserver {
    isFirst ? TerminalProgress(label: label) : ProgressHandler { _ in }
  }

  /// Adds up the arrays of all ranks, in the order of the ranks.
  func sum<Scalar: BinaryFloatingPoint & BitwiseCopyable>(_ values: inout [Scalar]) throws {
    #if MPI
      try world?.sum(&values)
    #endif
  }

  /// What each rank has, in the order of the ranks.
  func gather(_ number: Double) throws -> [Double] {
    #if MPI
      if let world { return try world.gather(number) }
    #endif
    return [number]
  }

  /// The digest of what all ranks have been delivered.
  func merged(_ digest: SampleDigest) throws -> SampleDigest {
    #if MPI
      if let world { return try world.merged(digest) }
    #endif
    return digest
  }

  /// Waits for all ranks to come here.
  func wait() throws {
    #if MPI
      try world?.wait()
    #endif
  }

  /// Throws where not all ranks have the same.
  func requireSame(_ description: String) throws {
    #if MPI
      try world?.requireSame(description)
    #endif
  }

  /// Throws where not all ranks have read the same from a file, or some have none; nil stands for none.
  func requireSame(_ digest: UInt64?, of path: String) throws {
    #if MPI
      guard let world else { return }
      let digests = try world.gather(digest.map(String.init) ?? "")
      if let other = digests.firstIndex(where: { $0 != digests[0] }) {
        throw ToolError(
          "\(path): rank \(other) has another file of this name than rank 0, or one of them has none: put it "
            + "where all ranks can read it")
      }
    #endif
  }

  /// Makes of the sums of this rank those of all.
  func add(up sums: inout EpochSums) throws {
    #if MPI
      guard let world else { return }
      var numbers = [sums.lossSum, Double(sums.sampleCount)]
      try world.sum(&numbers)
      sums.lossSum = numbers[0]
      sums.sampleCount = Int(numbers[1])
      sums.digest = try merged(sums.digest)
    #endif
  }

  /// The mean of what `count` counts in the batches, which the ranks share.
  func mean<Source: InOrderSource & Sendable>(
    of source: Source, batchSize: Int, _ count: (Source.Batch) throws -> Int
  ) throws -> Double {
    #if MPI
      if let world {
        return try world.mean(of: source.dealt(over: world).batches(of: batchSize)) { try count($0) }
      }
    #endif
    return try source.batches(of: batchSize).mean { try count($0) }
  }

  /// Writes the batches of a source to a file, which is resumed by its fingerprint where there are no other ranks.
  func write(
    _ source: some InOrderSource<NDArray<Float>, some Error> & Sendable, batchSize: Int,
    workers: WorkerPool?, into file: PredictionFile
  ) throws {
    let observer = progress("predicting")
    #if MPI
      if let world {
        return try source.predict(
          batchSize: batchSize, workers: workers, into: .npy(file.path), over: world, progress: observer
        ) { $0 }
      }
    #endif
    try source.predict(batchSize: batchSize, workers: workers, into: file, progress: observer) { $0 }
  }
}
