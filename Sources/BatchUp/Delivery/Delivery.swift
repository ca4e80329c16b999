/// One iteration over prefetched batches, which ends when it is released: delivers what a stream prepares, and counts.
final class Delivery<Batch, Failure: Error> {
  private let stream: any ItemStream<PreparedBatch<Batch, Failure>>
  private let origin: IterationOrigin
  private var progress: IterationCounts
  /// Held so that the workers live for as long as the iteration.
  private let pool: WorkerPool
  private let memory: StorageRecycler
  private let team: GatherTeam
  private let patience: Duration?
  private let lateness: ((Int) -> Failure)?
  private let begin = ContinuousClock.now
  private var counts = DeliveryStatistics()
  private var end: ContinuousClock.Instant?

  private(set) var lastSampleCount = 0
  private(set) var lastRowCount = 0
  private(set) var skipped: [BatchFailure] = []

  init(
    _ stream: any ItemStream<PreparedBatch<Batch, Failure>>, origin: IterationOrigin, pool: WorkerPool,
    memory: StorageRecycler, team: GatherTeam, patience: Duration?, lateness: ((Int) -> Failure)?
  ) {
    self.stream = stream
    self.origin = origin
    progress = origin.start
    self.pool = pool
    self.memory = memory
    self.team = team
    self.patience = patience
    self.lateness = lateness
    stream.start()
  }

  deinit {
    stream.close()
    pool.keepLeftovers(of: memory)
  }

  func close() {
    stream.close()
    end = end ?? .now
  }

  /// Whether the end has been delivered, or the iteration closed.
  var isOver: Bool { end != nil }

  func next() throws(Failure) -> Batch? {
    while let prepared = try received(stream.next(patience: patience)) {
      if let outcome = prepared.outcome { return try outcome.get() }
    }
    return nil
  }

  nonisolated(nonsending) func nextAsync() async throws(Failure) -> Batch? {
    while let prepared = try received(await stream.next(patience: patience)) {
      if let outcome = prepared.outcome { return try outcome.get() }
    }
    return nil
  }

  private func received(
    _ delivered: Delivered<PreparedBatch<Batch, Failure>>
  ) throws(Failure) -> PreparedBatch<Batch, Failure>? {
    switch delivered {
    case .end:
      end = end ?? .now
      return nil
    case .late(let number):
      progress.batchCount += 1
      if let lateness { throw lateness(number) }
      preconditionFailure("a stream without a deadline has a late item")
    case .item(let made):
      let prepared = made.take()
      count(prepared)
      return prepared
    }
  }

  private func count(_ prepared: PreparedBatch<Batch, Failure>) {
    let place = origin.place(behind: progress.batchCount)
    progress.batchCount += 1
    progress.sampleCount += prepared.drawnCount
    if !prepared.failures.isEmpty {
      skipped.append(contentsOf: prepared.failures.prefix(1_000 - skipped.count))
      counts.skippedSampleCount += prepared.failures.count { !$0.sampleIndices.isEmpty }
    }
    switch prepared.outcome {
    case nil: counts.skippedBatchCount += 1
    case .failure: break
    case .success:
      if let keys = prepared.keys { progress.digest?.add(keys, first: prepared.sampleCount, at: place) }
      (lastSampleCount, lastRowCount) = (prepared.sampleCount, prepared.rowCount)
      counts.batchCount += 1
      counts.sampleCount += prepared.sampleCount
    }
  }

  var state: IterationState { origin.state(progress) }

  var digest: SampleDigest? { progress.digest }

  var statistics: DeliveryStatistics {
    var statistics = counts
    let times = stream.measuredTimes
    statistics.elapsed = (end ?? .now) - begin
    statistics.consumerWaited = times.consumerWaited
    statistics.workerCount = pool.workerCount
    statistics.workersWorked = times.workersWorked + team.helpTime
    if let meter = memory.meter {
      statistics.gathering = meter.gatherTime
      statistics.loading = meter.loadTime
      statistics.mapping = meter.mapTime
      statistics.byteCount = meter.byteCount
    }
    statistics.allocationCount = memory.allocationCount
    return statistics
  }
}
