/// A model's way through all batches of a source, in order, from any batch on.
struct PredictionRun<Source: InOrderSource & Sendable> {
  private let source: Source
  private let batchSize: Int
  private let workers: WorkerPool?
  private let observer: (any ProgressObserver)?
  /// Nil where it is not known.
  let sampleCount: Int?

  init(
    over source: Source, batchSize: Int, workers: WorkerPool?, reportingTo observer: (any ProgressObserver)?
  ) throws(ReductionError) {
    let batches = source.batches(of: batchSize)
    if batches.sampleCount == .infinite { throw .endless }
    self.source = source
    self.batchSize = batchSize
    self.workers = workers
    self.observer = observer
    sampleCount = batches.sampleCount.finiteCount
  }

  /// Uses a batch. `rows` are those of the result that are its own, and `resultCount` is the number of rows that the model
  /// has to return, which is larger where the batch is padded.
  typealias Body = (Source.Batch, _ rows: Range<Int>, _ resultCount: Int) throws -> Void

  /// Calls `body` with each batch, and the rows of the result that are its own.
  func forEachBatch(_ body: Body) throws {
    try forEachBatch(behind: (0, 0), body)
  }

  /// As above, without the batches behind the first that are done already. `body` has had the first batch when
  /// `completedCount` is called, since only the model tells what the result looks like; it counts that one, too.
  func forEachBatch(
    goingOnBehind completedCount: () -> Int, _ body: Body
  ) throws {
    try forEachBatch(of: source.batches(of: batchSize).prefix(1)) { try body($0, 0..<$1, $2) }
    try forEachBatch(behind: batches(doneWith: completedCount()), body)
  }

  /// The batches that are done where so many samples are: how many, and how many samples they have.
  private func batches(doneWith completedCount: Int) -> (count: Int, sampleCount: Int) {
    var positions = source.positions(over: BatchRanges(batchSize: batchSize), order: .inOrder)
    var (count, end) = (0, 0)
    while let position = positions.next(), end + position.sampleCount <= completedCount {
      count += 1
      end += position.sampleCount
    }
    return (count, end)
  }

  /// - Parameter left: the batches that are left out.
  private func forEachBatch(
    behind left: (count: Int, sampleCount: Int), _ body: Body
  ) throws {
    var done = left.sampleCount
    var progress = observer.map { ProgressCounter(completedCount: done, totalCount: sampleCount, observer: $0) }
    try forEachBatch(of: source.batches(of: batchSize).droppingFirst(left.count)) { batch, count, resultCount in
      try body(batch, done..<done + count, resultCount)
      done += count
      progress?.advance(by: count)
    }
    progress?.finish()
  }

  private func forEachBatch(
    of batches: Batches<Source>, _ body: (Source.Batch, _ sampleCount: Int, _ resultCount: Int) throws -> Void
  ) throws {
    if let workers {
      var iterator = batches.prefetched(by: workers).makeIterator()
      while let batch = try iterator.nextBatch() { try body(batch, iterator.lastSampleCount, iterator.lastRowCount) }
    } else {
      var iterator = batches.makeIterator()
      while let batch = try iterator.nextBatch() { try body(batch, iterator.lastSampleCount, iterator.lastRowCount) }
    }
  }
}
