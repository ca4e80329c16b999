/// One iteration over prefetched batches, which ends when it is let go of.
protocol Delivery<Batch, Failure>: AnyObject {
  associatedtype Batch
  associatedtype Failure: Error

  func next() throws(Failure) -> Batch?
  nonisolated(nonsending) func nextAsync() async throws(Failure) -> Batch?
  func close()
  var lastSampleCount: Int { get }
  var statistics: DeliveryStatistics { get }
  var skipped: [BatchFailure] { get }
}

/// Delivers what an ordered stream prepares, and counts.
final class StreamDelivery<Tickets: IteratorProtocol, Batch, Failure: Error>: Delivery {
  typealias Stream = OrderedStream<Tickets, PreparedBatch<Batch>, Failure>

  private let stream: Stream
  /// Held so that the workers live for as long as the iteration.
  private let pool: WorkerPool
  private let meter: StageMeter
  private let recycler: StorageRecycler
  private let patience: Duration?
  private let lateness: ((Int) -> Failure)?
  private let begin = ContinuousClock.now
  private var counts = DeliveryStatistics()
  private var end: ContinuousClock.Instant?

  private(set) var lastSampleCount = 0
  private(set) var skipped: [BatchFailure] = []

  init(
    _ stream: Stream, pool: WorkerPool, meter: StageMeter, recycler: StorageRecycler, patience: Duration?,
    lateness: ((Int) -> Failure)?
  ) {
    self.stream = stream
    self.pool = pool
    self.meter = meter
    self.recycler = recycler
    self.patience = patience
    self.lateness = lateness
    stream.start()
  }

  deinit { stream.close() }

  func close() {
    stream.close()
    end = end ?? .now
  }

  func next() throws(Failure) -> Batch? {
    while true {
      switch try received(stream.next(patience: patience)) {
      case .batch(let batch): return batch
      case .skipped: continue
      case .end: return nil
      }
    }
  }

  nonisolated(nonsending) func nextAsync() async throws(Failure) -> Batch? {
    while true {
      switch try received(await stream.next(patience: patience)) {
      case .batch(let batch): return batch
      case .skipped: continue
      case .end: return nil
      }
    }
  }

  private enum Received {
    case batch(Batch)
    case skipped
    case end
  }

  private func received(_ delivered: Delivered<PreparedBatch<Batch>>) throws(Failure) -> Received {
    switch delivered {
    case .end:
      end = end ?? .now
      return .end
    case .late(let number):
      if let lateness { throw lateness(number) }
      preconditionFailure("a stream without a deadline has a late item")
    case .item(let prepared):
      skipped.append(contentsOf: prepared.failures.prefix(1_000 - skipped.count))
      counts.skippedSampleCount += prepared.failures.count { !$0.sampleIndices.isEmpty }
      guard let batch = prepared.batch else {
        counts.skippedBatchCount += 1
        return .skipped
      }
      lastSampleCount = prepared.sampleCount
      counts.batchCount += 1
      counts.sampleCount += prepared.sampleCount
      return .batch(batch)
    }
  }

  var statistics: DeliveryStatistics {
    var statistics = counts
    let times = stream.measuredTimes
    statistics.elapsed = (end ?? .now) - begin
    statistics.consumerWaited = times.consumerWaited
    statistics.workerCount = pool.workerCount
    statistics.workersWorked = times.workersWorked
    statistics.gathering = meter.gatherTime
    statistics.loading = meter.loadTime
    statistics.mapping = meter.mapTime
    statistics.byteCount = meter.byteCount
    statistics.allocationCount = recycler.allocationCount
    return statistics
  }
}
