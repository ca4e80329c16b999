#if MPI
  internal import BatchUp
  internal import BatchUpSystem
  internal import CMPI

  /// All ranks that `mpirun` has started, seen from one of them.
  ///
  /// ```swift
  /// try MPIWorld.run { world in
  ///   let part = source.sharded(over: world, end: .drop)
  ///   for (x, y) in part.batches(of: 256, shuffle: .seed(12345)) { train(x, y) }
  /// }
  /// ```
  ///
  /// What is said to be done together is to be called by all ranks, in the same order and with the same types, lengths and
  /// numbers of samples; where they differ, all ranks throw `MPIError.differentCalls`. No result depends on the ranks'
  /// timing, and all ranks get the same one, to the last bit.
  ///
  /// Only the thread that called `run` may use a world, so that it cannot be sent to others; those that prepare batches
  /// do not need it.
  public final class MPIWorld {
    /// The number of this rank, from 0.
    public let rank: Int
    /// The number of ranks.
    public let size: Int

    private init() throws(MPIError) {
      var (wasStarted, level): (Int32, Int32) = (0, 0)
      try check("MPI_Init_thread", cbu_mpi_start(&wasStarted, &level))
      if wasStarted != 0 { throw .startedBefore }
      var (rank, size): (Int32, Int32) = (0, 0)
      try check("MPI_Comm_rank", cbu_mpi_rank(&rank))
      try check("MPI_Comm_size", cbu_mpi_size(&size))
      self.rank = Int(rank)
      self.size = Int(size)
      if cbu_mpi_is_funneled(level) == 0 { throw .noThreads }
    }

    /// Starts MPI, calls `body`, and ends MPI.
    ///
    /// Where `body` throws on any rank, a line on standard error names the rank and the error, and all ranks end
    /// (`MPI_Abort`) with a status other than 0: none waits for the one that has failed. Where a rank is killed,
    /// `mpirun` ends the others.
    ///
    /// - Throws: `MPIError.startedBefore` where MPI has been started before in this process: it can be only once.
    public static func run<Result>(_ body: (MPIWorld) throws -> Result) throws(MPIError) -> Result {
      let world = try MPIWorld()
      do {
        let result = try body(world)
        // Others would wait for ever for a rank that has ended.
        try world.meet(for: "end of MPIWorld.run")
        try check("MPI_Finalize", cbu_mpi_finish())
        return result
      } catch {
        world.abort(error)
        throw .rankFailed(rank: world.rank, reason: "\(error)")
      }
    }

    private func abort(_ error: any Error) {
      // Where the stream takes nothing, the status still tells.
      try? StandardStream.error.write(line: "rank \(rank) of \(size): \(error)")
      cbu_mpi_abort(1)
    }

    /// Waits for all ranks to come here.
    public func wait() throws(MPIError) { try meet(for: "wait") }

    /// Finds out together whether all ranks have the same of something: a configuration, the digest of a file.
    ///
    /// - Throws: `MPIError.differentCalls` where they do not.
    public func requireSame(_ description: String) throws(MPIError) { try meet(for: description) }

    /// Does something on all ranks, and finds out together whether it went well on all of them.
    ///
    /// - Throws: what `body` throws; on the ranks where it throws nothing, `MPIError.rankFailed` with the first rank
    ///   that has failed.
    public func agree<Result>(_ body: () throws -> Result) throws -> Result { try agree(on: "agree", body) }

    func agree<Result>(on call: String, _ body: () throws -> Result) throws -> Result {
      let result: Swift.Result<Result, any Error> = Swift.Result(catching: body)
      let isFailure = if case .failure = result { true } else { false }
      guard try meet(for: call, failing: isFailure) else { return try result.get() }
      let reason = if case .failure(let error) = result { "\(error)" } else { "" }
      let reasons = try exchange((isFailure ? [1] : []) + Array(reason.utf8))
      let value = try result.get()
      for (rank, reason) in reasons.enumerated() where !reason.isEmpty {
        throw MPIError.rankFailed(rank: rank, reason: String(decoding: reason.dropFirst(), as: UTF8.self))
      }
      return value
    }

    /// Waits for all ranks, and compares what they have come for. Everything that is done together begins with this, so
    /// that no other function of the MPI library meets a different one on other ranks.
    ///
    /// - Returns: Whether something has failed on one of them.
    @discardableResult
    func meet(for call: String, failing isFailing: Bool = false) throws(MPIError) -> Bool {
      var own = [call.utf8.reduce(into: Fingerprint()) { $0.combine(Int($1)) }.word, isFailing ? 1 : 0]
      var all = [UInt64](repeating: 0, count: 2 * size)
      try check("MPI_Allgather", cbu_mpi_gather(&own, &all, Int32(2 * MemoryLayout<UInt64>.size)))
      guard (0..<size).allSatisfy({ all[2 * $0] == own[0] }) else {
        throw .differentCalls(try exchange(Array(call.utf8)).map { String(decoding: $0, as: UTF8.self) })
      }
      return (0..<size).contains { all[2 * $0 + 1] != 0 }
    }

    /// The largest of the numbers of all ranks.
    func maximum(_ number: Int) throws(MPIError) -> Int {
      var largest: Int64 = 0
      try check("MPI_Allreduce", cbu_mpi_maximum(Int64(number), &largest))
      return Int(largest)
    }
  }
#endif
