// Each of these goes through the source in order, once: row i of the result is for sample i, whatever the number of
// workers. The workers prepare batches; the model runs on the caller's thread, for one batch at a time. To run a model
// on the workers too, make it a `map` of the source.
//
// What may be thrown is an error of loading (with workers a `BatchFailure`), of the model, `PredictionError`,
// `NPYOutputError`, or `ReductionError.endless`.

extension InOrderSource where Self: Sendable {
  /// What a model makes of all samples: an array with a row for each, in order.
  ///
  /// Results are copied once, straight to their place. A source without samples gives an array of shape (0).
  ///
  /// - Parameters:
  ///   - batchSize: how many samples the model gets at once; fewer in the last batch.
  ///   - workers: prepare the batches ahead; nil for the caller's own thread.
  ///   - progress: is told how many samples are done.
  ///   - model: returns an array with a row for each sample of the batch.
  public func predict<Scalar>(
    batchSize: Int, workers: WorkerPool? = nil, progress: (any ProgressObserver)? = nil,
    _ model: (Batch) throws -> NDArray<Scalar>
  ) throws -> NDArray<Scalar> {
    let run = try PredictionRun(over: self, batchSize: batchSize, workers: workers, reportingTo: progress)
    let output = RowsInMemory<Scalar>(output: 0, expectedCount: run.sampleCount)
    try run.forEachBatch { batch, rows, resultCount in
      try output.write(model(batch), at: rows, expectedCount: resultCount)
    }
    return output.array
  }

  /// As above, for a model with several results.
  public func predict<each Scalar>(
    batchSize: Int, workers: WorkerPool? = nil, progress: (any ProgressObserver)? = nil,
    _ model: (Batch) throws -> (repeat NDArray<each Scalar>)
  ) throws -> (repeat NDArray<each Scalar>) {
    let run = try PredictionRun(over: self, batchSize: batchSize, workers: workers, reportingTo: progress)
    var number = -1
    func next() -> Int {
      number += 1
      return number
    }
    let outputs = (repeat RowsInMemory<each Scalar>(output: next(), expectedCount: run.sampleCount))
    try run.forEachBatch { batch, rows, resultCount in
      let results = try model(batch)
      repeat try (each outputs).write(each results, at: rows, expectedCount: resultCount)
    }
    return (repeat (each outputs).array)
  }

  /// As above, into an array that is there already, with a row for each sample.
  ///
  /// After an error, the rows of the batches before are in it.
  public func predict<Scalar>(
    batchSize: Int, workers: WorkerPool? = nil, into array: inout NDArray<Scalar>,
    progress: (any ProgressObserver)? = nil, _ model: (Batch) throws -> NDArray<Scalar>
  ) throws {
    let run = try PredictionRun(over: self, batchSize: batchSize, workers: workers, reportingTo: progress)
    let output = try RowsInArray(array, rowCount: run.sampleCount ?? array.sampleCount)
    array = NDArray([])  // Two holders would make the output copy it.
    defer { array = output.array }
    try run.forEachBatch { batch, rows, resultCount in
      try output.write(model(batch), at: rows, expectedCount: resultCount)
    }
    try output.finish()
  }

  /// As above, into an .npy file, which may be larger than memory; it is complete, or absent.
  public func predict<Scalar: NPYScalar>(
    batchSize: Int, workers: WorkerPool? = nil, into file: PredictionFile,
    progress: (any ProgressObserver)? = nil, _ model: (Batch) throws -> NDArray<Scalar>
  ) throws {
    try predict(batchSize: batchSize, workers: workers, into: [file], progress: progress) { batch in
      (try model(batch))
    }
  }

  /// As above, for a model with several results, each into a file of its own.
  ///
  /// - Precondition: there are as many files as results.
  public func predict<each Scalar: NPYScalar>(
    batchSize: Int, workers: WorkerPool? = nil, into files: [PredictionFile],
    progress: (any ProgressObserver)? = nil, _ model: (Batch) throws -> (repeat NDArray<each Scalar>)
  ) throws {
    let run = try PredictionRun(over: self, batchSize: batchSize, workers: workers, reportingTo: progress)
    var number = -1
    func next<S: NPYScalar>(_: S.Type) throws -> RowsInFile<S> {
      number += 1
      precondition(number < files.count, "\(files.count) files for more results")
      return try RowsInFile<S>(files[number], output: number, rowCount: run.sampleCount, batchSize: batchSize)
    }
    let outputs = (repeat try next((each Scalar).self))
    precondition(number + 1 == files.count, "\(files.count) files for \(number + 1) results")
    try run.forEachBatch(goingOnBehind: { completedRowCount(repeat each outputs) }) { batch, rows, resultCount in
      let results = try model(batch)
      repeat try (each outputs).write(each results, at: rows, expectedCount: resultCount)
    }
    repeat try (each outputs).finish()
  }
}

/// How many rows are in all of the files.
private func completedRowCount<each Scalar: NPYScalar>(_ outputs: repeat RowsInFile<each Scalar>) -> Int {
  var least = Int.max
  for output in repeat each outputs { least = min(least, output.completedRowCount) }
  return least
}
