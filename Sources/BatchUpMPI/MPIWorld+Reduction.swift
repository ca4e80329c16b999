#if MPI
  public import BatchUp

  extension MPIWorld {
    /// The mean over the samples of all ranks of what `sum` returns summed over the samples of a batch: a mean loss.
    ///
    /// The sums are added in Float64, in the order of the batches and, in each step, of the ranks. Of batches that are
    /// dealt, that is the order of a single process: the result has its bits.
    ///
    /// ```swift
    /// let loss = try world.mean(of: validation.dealt(over: world).batches(of: 256)) { x, y in lossSum(x, y) }
    /// ```
    ///
    /// - Parameters:
    ///   - batches: This rank's.
    ///   - sum: Must do nothing together with other ranks, which may have fewer batches.
    /// - Throws: On all ranks, where one of them throws; `ReductionError`, `MPIError`, or what loading or `sum` throws.
    /// - Complexity: The sums of all batches are sent to all ranks.
    public func mean<Batch, Sum: BatchSummable>(
      of batches: some BatchSequence<Batch>, _ sum: (Batch) throws -> Sum
    ) throws -> Sum.Mean where Sum.Mean: RankSummable {
      let sums = BatchSums<Sum.Mean>()
      try meet(for: "mean of \(Sum.self)", of: batches)
      try forEachBatch(of: batches) { batch, count in sums.add(try sum(batch).added(to: nil), sampleCount: count) }
      let (total, count) = try sums.total(over: self)
      return Sum.mean(of: total, over: count)
    }

    /// The means of the several values that `sums` returns, each summed over the samples of a batch; as above.
    public func mean<Batch, each Sum: BatchSummable>(
      of batches: some BatchSequence<Batch>, _ sums: (Batch) throws -> (repeat each Sum)
    ) throws -> (repeat (each Sum).Mean) where repeat (each Sum).Mean: RankSummable {
      let all = (repeat makeSums(of: (each Sum).self))
      try meet(for: "mean of \((repeat each Sum).self)", of: batches)
      try forEachBatch(of: batches) { batch, count in
        let results = try sums(batch)
        repeat (each all).add((each results).added(to: nil), sampleCount: count)
      }
      return try (repeat mean(of: each all, as: (each Sum).self))
    }

    private func makeSums<Sum: BatchSummable>(of _: Sum.Type) -> BatchSums<Sum.Mean> where Sum.Mean: RankSummable {
      BatchSums()
    }

    private func mean<Sum: BatchSummable>(
      of sums: BatchSums<Sum.Mean>, as _: Sum.Type
    ) throws -> Sum.Mean where Sum.Mean: RankSummable {
      let (total, count) = try sums.total(over: self)
      return Sum.mean(of: total, over: count)
    }

    /// The values of metrics of scores for classes over the batches of all ranks.
    ///
    /// Of batches that are dealt, they have the bits that a single process gets. What a metric holds already counts once
    /// for each rank.
    ///
    /// - Throws: On all ranks, where one of them throws; `ReductionError`, `MetricError`, or what loading or `results`
    ///   throws.
    public func evaluate<Batch, Scalar: RealScalar, each M: ClassificationMetric>(
      _ batches: some BatchSequence<Batch>, _ metrics: repeat each M,
      of results: (Batch) throws -> (NDArray<Scalar>, NDArray<Int32>)
    ) throws -> (repeat (each M).Value) {
      let boxes = (repeat MetricBox(each metrics))
      try meet(for: "evaluate \((repeat each M).self) of \(Scalar.self)", of: batches)
      var shape: [Int]?
      try forEachBatch(of: batches) { batch, _ in
        let (scores, labels) = try results(batch)
        shape = scores.rowShape
        for box in repeat each boxes { try box.metric.add(scores, labels) }
      }
      try requireEqual(gather(shape).map { $0.map { "scores of shape \($0) for each sample" } })
      return try (repeat merged((each boxes).metric).value)
    }

    /// The values of metrics of predictions and targets over the batches of all ranks; as above.
    public func evaluate<Batch, Scalar: RealScalar, each M: ElementwiseMetric>(
      _ batches: some BatchSequence<Batch>, _ metrics: repeat each M,
      of results: (Batch) throws -> (NDArray<Scalar>, NDArray<Scalar>)
    ) throws -> (repeat (each M).Value) {
      let boxes = (repeat MetricBox(each metrics))
      try meet(for: "evaluate \((repeat each M).self) of \(Scalar.self)", of: batches)
      var shape: [Int]?
      try forEachBatch(of: batches) { batch, _ in
        let (predictions, targets) = try results(batch)
        shape = predictions.rowShape
        for box in repeat each boxes { try box.metric.add(predictions, targets) }
      }
      try requireEqual(gather(shape).map { $0.map { "predictions of shape \($0) for each sample" } })
      return try (repeat merged((each boxes).metric).value)
    }

    private func meet(for call: String, of batches: some BatchSequence) throws(MPIError) {
      try meet(for: batches.whole.map { "\(call) over \($0)" } ?? call)
    }

    private func forEachBatch<Batch>(
      of batches: some BatchSequence<Batch>, _ body: (Batch, _ sampleCount: Int) throws -> Void
    ) throws {
      try agree {
        if batches.sampleCount == .infinite { throw ReductionError.endless }
        try batches.forEachBatch(body)
      }
    }
  }
#endif
