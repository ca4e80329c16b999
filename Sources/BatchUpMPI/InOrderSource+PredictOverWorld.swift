#if MPI
  public import BatchUp

  extension InOrderSource where Self: Sendable {
    /// What a model makes of all samples, in an .npy file that all ranks write together, by MPI-IO; it is complete, or
    /// absent.
    ///
    /// Each rank gets whole batches, as `dealt(over:)` deals them, and the rows of all lie side by side in each step. So
    /// the model gets the batches that it would get in a single process, and the file has the same bytes, where the
    /// model does not depend on the machine.
    ///
    /// - Parameters:
    ///   - batchSize: how many samples the model gets at once, on each rank.
    ///   - workers: prepare the batches ahead; nil for the caller's own thread.
    ///   - file: on a file system that all ranks share. Nothing is resumed.
    ///   - world: the ranks, all of which call this.
    ///   - progress: is told on rank 0 how many samples are done on all ranks.
    ///   - model: returns an array with a row for each sample of the batch.
    /// - Throws: On all ranks, where one of them throws: an error of loading or of the model, `PredictionError`,
    ///   `NPYOutputError`, `ReductionError.endless` or `MPIError`.
    /// - Precondition: `file` has no fingerprint.
    public func predict<Scalar: NPYScalar>(
      batchSize: Int, workers: WorkerPool? = nil, into file: PredictionFile, over world: MPIWorld,
      progress: (any ProgressObserver)? = nil, _ model: (Batch) throws -> NDArray<Scalar>
    ) throws {
      precondition(file.fingerprint == nil, "\(file.path) cannot be resumed over several ranks")
      let run = try world.agree(on: "predict \(Scalar.self)") {
        try WorldPrediction(of: self, batchSize: batchSize, into: file.path, rank: world.rank, rankCount: world.size)
      }
      try world.meet(for: "predict \(run.rowCount) samples in \(run.batchCount) batches of \(batchSize)")
      let batches = dealt(over: world).batches(of: batchSize)
      var next: () throws -> Batch?
      if let workers {
        var iterator = batches.prefetched(by: workers).makeIterator()
        next = { try iterator.nextBatch() }
      } else {
        var iterator = batches.makeIterator()
        next = { try iterator.nextBatch() }
      }
      try run.write(over: world, progress: world.rank == 0 ? progress : nil) { () throws -> NDArray<Scalar>? in
        try next().map(model)
      }
    }
  }

  /// A prediction of which each rank makes every `rankCount`-th batch.
  struct WorldPrediction {
    private let path: String
    /// Where the rows of each batch begin, and where the last ones end.
    private let starts: [Int]
    /// How many rows the model has to return for each batch.
    private let resultCounts: [Int]
    private let rank: Int
    private let rankCount: Int

    init<Source: InOrderSource>(
      of source: Source, batchSize: Int, into path: String, rank: Int, rankCount: Int
    ) throws {
      switch source.batches(of: batchSize).sampleCount {
      case .infinite: throw ReductionError.endless
      case .unknown: throw PredictionError.unknownSampleCount(path: path)
      case .finite: break
      }
      var (starts, resultCounts) = ([0], [Int]())
      var positions = source.positions(over: BatchRanges(batchSize: batchSize), order: .inOrder)
      while let position = positions.next() {
        starts.append(starts[starts.count - 1] + position.sampleCount)
        resultCounts.append(position.rowCount)
      }
      self.path = path
      self.starts = starts
      self.resultCounts = resultCounts
      self.rank = rank
      self.rankCount = rankCount
    }

    var rowCount: Int { starts[starts.count - 1] }
    var batchCount: Int { resultCounts.count }

    /// Together.
    func write<Scalar: NPYScalar>(
      over world: MPIWorld, progress observer: (any ProgressObserver)?, _ next: () throws -> NDArray<Scalar>?
    ) throws {
      var progress = observer.map { ProgressCounter(totalCount: rowCount, observer: $0) }
      var file: SharedNPYFile<Scalar>?
      var rowShape: [Int]?
      for step in stride(from: 0, to: resultCounts.count, by: rankCount) {
        let results = try world.agree { try rows(of: step + rank, in: next()) }
        // Rank 0 has the first batch, which tells the shape.
        let shape = try rowShape ?? world.broadcast(results?.rowShape ?? [])
        try world.agree { try requireShape(shape, of: results, batch: step + rank) }
        let opened = try file ?? SharedNPYFile<Scalar>(path: path, shape: [rowCount] + shape, over: world)
        let batch = min(step + rank, resultCounts.count)
        try opened.write(results, at: starts[batch])
        progress?.advance(by: starts[min(step + rankCount, resultCounts.count)] - starts[step])
        (file, rowShape) = (opened, shape)
      }
      try (file ?? SharedNPYFile<Scalar>(path: path, shape: [0], over: world)).finish()
      progress?.finish()
    }

    /// The rows for the real samples of a batch; nil where it is behind the last one.
    private func rows<Scalar>(of batch: Int, in results: NDArray<Scalar>?) throws -> NDArray<Scalar>? {
      guard batch < resultCounts.count, let results else { return nil }
      let rows = starts[batch]..<starts[batch + 1]
      guard results.rank > 0 else { throw PredictionError.noRows(output: 0, rows: rows) }
      guard results.sampleCount == resultCounts[batch] else {
        throw PredictionError.wrongRowCount(
          output: 0, rows: rows, expected: resultCounts[batch], found: results.sampleCount)
      }
      return results.sampleCount == rows.count ? results : results[rows: 0..<rows.count]
    }

    private func requireShape<Scalar>(_ shape: [Int], of results: NDArray<Scalar>?, batch: Int) throws(PredictionError)
    {
      guard let results, results.rowShape != shape else { return }
      throw .wrongRowShape(
        output: 0, rows: starts[batch]..<starts[batch + 1], expected: shape, found: results.rowShape)
    }
  }
#endif
