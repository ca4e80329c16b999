/// The batches of a source, prepared ahead by the workers of a pool.
///
/// Order and content are those of the batches without workers, whatever the number of workers. Each iteration starts
/// preparing when its iterator is made, and keeps at most `buffering` batches ready or in preparation, besides the one
/// that the consumer holds; it stops, and lets go of them, with its iterator. Where nothing can fail this is a
/// `Sequence`.
///
/// Workers prepare one batch each. Large batches of arrays in memory (from 512 KiB on) they gather together where that
/// brings the next batch sooner: the first one of an iteration, and all where `buffering` is less than their number.
public struct PrefetchedBatches<Batch, Failure: Error> {
  /// How many samples one iteration delivers where none are skipped; at most that many where it depends on the batch
  /// size.
  public let sampleCount: SampleCount
  /// What all ranks go through together, where these are the batches of one of them; nil otherwise.
  public let whole: WholeBatches?
  let start: () -> any Delivery<Batch, Failure>

  /// Starts an iteration.
  public func makeIterator() -> Iterator { Iterator(delivery: start()) }

  /// Delivers the batches one after the other. Copies share one iteration.
  public struct Iterator {
    let delivery: any Delivery<Batch, Failure>

    init(delivery: any Delivery<Batch, Failure>) {
      self.delivery = delivery
    }

    /// The next batch, after waiting for it; nil after the last. After an error, the next call goes on with the batch
    /// behind the failed one.
    public mutating func nextBatch() throws(Failure) -> Batch? { try delivery.next() }

    /// Ends the iteration: what is prepared is let go, and the next batch is nil.
    public func close() { delivery.close() }

    /// How far the iteration has come, to go on from there: behind the batch that was delivered last, whatever is
    /// prepared ahead.
    public var state: IterationState { delivery.state }

    /// What has been delivered, from the beginning of the whole iteration on; nil unless the batches are `accounted()`.
    public var digest: SampleDigest? { delivery.digest }

    /// The number of samples in the batch that was delivered last.
    public var lastSampleCount: Int { delivery.lastSampleCount }

    /// What was done so far.
    public var statistics: DeliveryStatistics { delivery.statistics }

    /// What could not be loaded and was skipped or replaced so far, in the order of the batches; the first 1,000.
    public var skipped: [BatchFailure] { delivery.skipped }
  }
}

extension PrefetchedBatches.Iterator: IteratorProtocol where Failure == Never {
  public mutating func next() -> Batch? { nextBatch() }
}

extension PrefetchedBatches: Sequence where Failure == Never {}

extension Batches where Source: RandomAccessSource, Source.Failure == Never {
  /// The same batches, prepared ahead by the workers of `pool`.
  ///
  /// - Parameters:
  ///   - pool: Whose threads prepare the batches. It may serve other iterations at the same time.
  ///   - buffering: How many batches are ready or in preparation at most; two for each worker, and at least four,
  ///     unless told otherwise.
  /// - Precondition: `buffering` is at least 1.
  public func prefetched(by pool: WorkerPool, buffering: Int? = nil) -> PrefetchedBatches<Source.Batch, Never> {
    prefetched(by: pool, buffering: buffering) { [isAccounted] source, recycler in
      { position, _ throws(Never) in
        PreparedBatch(
          batch: source.batch(at: position, recycling: recycler), sampleCount: position.sampleCount,
          keys: isAccounted ? position.sampleKeys : nil)
      }
    }
  }
}

extension Batches where Source: RandomAccessSource {
  /// The same batches, prepared ahead by the workers of `pool`. What cannot be loaded is an error in place of its
  /// batch.
  ///
  /// - Parameters:
  ///   - pool: Whose threads prepare the batches. It may serve other iterations at the same time.
  ///   - buffering: How many batches are ready or in preparation at most; two for each worker, and at least four,
  ///     unless told otherwise.
  /// - Precondition: `buffering` is at least 1.
  public func prefetched(by pool: WorkerPool, buffering: Int? = nil) -> PrefetchedBatches<Source.Batch, BatchFailure> {
    prefetched(by: pool, buffering: buffering, onFailure: .stop)
  }

  /// The same batches, prepared ahead by the workers of `pool`.
  ///
  /// - Parameters:
  ///   - pool: Whose threads prepare the batches. It may serve other iterations at the same time.
  ///   - buffering: How many batches are ready or in preparation at most; two for each worker, and at least four,
  ///     unless told otherwise.
  ///   - onFailure: What happens when samples cannot be loaded. To find out which, those of the failed batch are loaded
  ///     once more, one by one.
  ///   - deadline: How long the consumer waits for a batch. One that is late fails, and those behind it go on; where all
  ///     workers hang, each batch fails, and the iteration ends behind the last one. Where the number of samples does not
  ///     tell which one that is, the consumer asks the sampler. Without workers, where the consumer makes the batches, it
  ///     has no effect.
  /// - Precondition: `buffering` is at least 1.
  public func prefetched(
    by pool: WorkerPool, buffering: Int? = nil, onFailure: FailurePolicy = .stop, deadline: Duration? = nil
  ) -> PrefetchedBatches<Source.Batch, BatchFailure> {
    prefetched(
      by: pool, buffering: buffering, deadline: deadline,
      lateness: { [firstNumber] number in
        BatchFailure(batch: firstNumber + number, cause: .deadlineExceeded(deadline ?? .zero))
      }
    ) { [isAccounted, firstNumber] source, recycler in
      { position, number throws(BatchFailure) in
        try source.prepare(
          at: position, number: firstNumber + number, policy: onFailure, recycler: recycler, isAccounted: isAccounted)
      }
    }
  }

  private func ticketCount(in order: SampleOrder) -> TicketCount {
    if sampleCount == .infinite { return .exactly(.max) }
    guard !source.isSharded, let count = sampleCount.finiteCount else { return .atMost(.max) }
    // Where an iteration can be entered at any place, no batch but the last is short. Elsewhere each has a sample.
    let isEven = source.makePositionIterator(over: BatchRanges(batchSize: batchSize), order: order) != nil
    return isEven ? .exactly(count / batchSize + (count % batchSize > 0 ? 1 : 0)) : .atMost(count)
  }

  /// How many batches of the whole iteration come before these.
  private var firstNumber: Int { (resumption?.state.batchCount ?? 0) + droppedBatchCount }

  private func prefetched<Failure: Error>(
    by pool: WorkerPool, buffering: Int?, deadline: Duration? = nil, lateness: ((Int) -> Failure)? = nil,
    preparing prepare:
      @escaping (Source, StorageRecycler) ->
      OrderedStream<
        BatchPositions<Source>, PreparedBatch<Source.Batch>, Failure
      >.Make
  ) -> PrefetchedBatches<Source.Batch, Failure> {
    PrefetchedBatches(sampleCount: sampleCount, whole: whole) {
      let meter = StageMeter()
      let buffering = buffering ?? pool.usualBuffering
      let team = GatherTeam(on: pool.queue, meter: meter)
      // Each batch has a few arrays, of which the buffer and the consumer hold some each. All that are remembered are
      // looked through for one that is free.
      let recycler = StorageRecycler(
        limit: 8 * (Swift.min(buffering, 1_024) + 2), meter: meter, team: team, leftovers: pool.takeLeftovers())
      let origin = IterationOrigin(of: self)
      origin.begin()
      let stream = OrderedStream(
        of: makePositions(from: origin), on: pool, buffering: buffering,
        ticketCount: deadline == nil ? .atMost(.max) : ticketCount(in: origin.order), team: team,
        make: prepare(source, recycler))
      return StreamDelivery(
        stream, origin: origin, pool: pool, meter: meter, recycler: recycler, patience: deadline, lateness: lateness)
    }
  }
}

extension Batches where Source: Sendable {
  /// The same batches, prepared ahead by the workers of `pool`, one at a time, since the source cannot make any batch
  /// before those that come first.
  ///
  /// - Parameters:
  ///   - pool: Whose threads prepare the batches. It may serve other iterations at the same time.
  ///   - buffering: How many batches are ready or in preparation at most; two for each worker, and at least four,
  ///     unless told otherwise.
  /// - Precondition: `buffering` is at least 1.
  public func prefetched(
    by pool: WorkerPool, buffering: Int? = nil
  ) -> PrefetchedBatches<Source.Batch, Source.Failure> {
    PrefetchedBatches(sampleCount: sampleCount, whole: whole) {
      let meter = StageMeter()
      let origin = IterationOrigin(of: self)
      origin.begin()
      let stream = OrderedStream(
        of: BatchesInTurn(makeIterator(from: origin)), on: pool, buffering: buffering ?? pool.usualBuffering
      ) {
        (result: Result<PreparedBatch<Source.Batch>, Source.Failure>, _) throws(Source.Failure) in
        try result.get()
      }
      return StreamDelivery(
        stream, origin: origin, pool: pool, meter: meter, recycler: StorageRecycler(), patience: nil, lateness: nil)
    }
  }
}

/// The positions of batches, without the short ones where they are dropped, up to a limit.
struct BatchPositions<Source: RandomAccessSource>: IteratorProtocol {
  var base: Source.Positions
  let minimumCount: Int
  var remaining: Int

  mutating func next() -> Source.Position? {
    if remaining == 0 { return nil }
    remaining -= 1
    return nextDelivered()
  }

  private mutating func nextDelivered() -> Source.Position? {
    while let position = base.next() {
      if position.sampleCount >= minimumCount { return position }
    }
    return nil
  }

  /// Moves on by a position that is not part of the limit; false where there is no more.
  mutating func passOver() -> Bool { remaining > 0 && nextDelivered() != nil }
}

/// Batches that are made when they are drawn.
struct BatchesInTurn<Source: BatchSource>: IteratorProtocol {
  // Shares its origin with the delivery; after its begin, that does not change but for the fingerprint, which only the
  // delivery asks for.
  private var base: Batches<Source>.Iterator

  init(_ base: Batches<Source>.Iterator) {
    self.base = base
  }

  mutating func next() -> Result<PreparedBatch<Source.Batch>, Source.Failure>? {
    do throws(Source.Failure) {
      guard let batch = try base.nextBatch() else { return nil }
      return .success(PreparedBatch(batch: batch, sampleCount: base.lastSampleCount))
    } catch {
      return .failure(error)
    }
  }
}
