import BatchUp

/// What a task may choose.
struct Setting {
  let workerCount: Int
  let folder: String

  var pool: WorkerPool? { workerCount > 0 ? WorkerPool(workerCount: workerCount) : nil }

  func path(_ name: String) -> String { folder + "/" + name }
}

/// One run of a task.
struct Run {
  /// Of all of it.
  let seconds: Double
  /// Until the first batch was there, for tasks that have batches.
  var firstBatch: Double?
  /// Of samples, numbers or batches, whichever the task counts.
  let count: Int
  /// What must be the same, within rounding, whoever does the task.
  var result: Double?

  var members: [String: Member] {
    var members: [String: Member] = ["seconds": .number(seconds), "count": .number(Double(count))]
    members["first_batch"] = firstBatch.map { .number($0) }
    members["result"] = result.map { .number($0) }
    return members
  }
}

/// The time since it was made.
struct Stopwatch {
  private let start = ContinuousClock.now

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}

/// Takes all batches of one epoch, which workers prepare if there are any.
func drained<Source: BatchSource & Sendable>(_ batches: Batches<Source>, by pool: WorkerPool?) throws -> Run
where Source.Batch == (NDArray<Float>, NDArray<Int32>) {
  if let pool { return try drained(batches.prefetched(by: pool)) }
  return try drained(batches)
}

func drained(_ batches: some BatchSequence<(NDArray<Float>, NDArray<Int32>)>) throws -> Run {
  let watch = Stopwatch()
  var firstBatch: Double?
  var count = 0
  try batches.forEachBatch { batch, sampleCount in
    if firstBatch == nil { firstBatch = watch.seconds }
    count += sampleCount
    keep(batch)
  }
  return Run(seconds: watch.seconds, firstBatch: firstBatch, count: count)
}

/// Keeps the compiler from leaving out what nobody looks at.
@inline(never) func keep<Value>(_ value: Value) {}
