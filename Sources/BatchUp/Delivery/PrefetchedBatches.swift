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
  let start: () -> Delivery<Batch, Failure>

  /// Starts an iteration.
  public func makeIterator() -> Iterator { Iterator(delivery: start()) }

  /// Delivers the batches one after the other. Copies share one iteration.
  public struct Iterator {
    let delivery: Delivery<Batch, Failure>

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
    /// The number of its rows, which is larger where it is padded.
    package var lastRowCount: Int { delivery.lastRowCount }

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

extension PrefetchedBatches: BatchSequence {
  public func forEachBatch(_ body: (Batch, _ sampleCount: Int) throws -> Void) throws {
    var iterator = makeIterator()
    while let batch = try iterator.nextBatch() { try body(batch, iterator.lastSampleCount) }
  }
}

extension Batches where Source: Sendable, Source.Failure == Never {
  /// The same batches, prepared ahead by the workers of `pool`.
  ///
  /// - Parameters:
  ///   - pool: Whose threads prepare the batches. It may serve other iterations at the same time.
  ///   - buffering: How many batches are ready or in preparation at most; two for each worker, and at least four,
  ///     unless told otherwise.
  /// - Precondition: `buffering` is at least 1.
  public func prefetched(by pool: WorkerPool, buffering: Int? = nil) -> PrefetchedBatches<Source.Batch, Never> {
    prefetched(by: pool, buffering: buffering) { [source, isAccounted] position, _, context in
      PreparedBatch(
        .success(source.batch(at: position, in: context)), of: position, at: position, isAccounted: isAccounted)
    }
  }
}

extension Batches where Source: Sendable {
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
  ///   - onFailure: What happens when samples cannot be loaded. The rows of a ``RowLoader`` are known by
  ///     then; to find others, the samples of the failed batch are loaded once more, one by one.
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
    ) { [source, isAccounted, firstNumber] position, number, context in
      source.prepare(
        at: position, number: firstNumber + number, policy: onFailure, context: context, isAccounted: isAccounted)
    }
  }

  private func ticketCount(in order: SampleOrder) -> ClosedRange<Int> {
    if sampleCount == .infinite { return .max ... .max }
    guard !source.traits.deliversParts, let count = sampleCount.finiteCount else { return 0 ... .max }
    // Where an iteration is seekable, no batch but the last is short. Elsewhere each has a sample.
    guard source.isSeekable(in: order) else { return 0...count }
    let batchCount = count / batchSize + (count % batchSize > 0 ? 1 : 0)
    return batchCount...batchCount
  }

  /// The number of batches of the whole iteration that come before these.
  private var firstNumber: Int { (resumption?.state.batchCount ?? 0) + droppedBatchCount }

  private func prefetched<Failure: Error>(
    by pool: WorkerPool, buffering: Int?, deadline: Duration? = nil, lateness: ((Int) -> Failure)? = nil,
    preparing prepare:
      @escaping @Sendable (Source.Position, _ number: Int, BatchContext) -> PreparedBatch<Source.Batch, Failure>
  ) -> PrefetchedBatches<Source.Batch, Failure> {
    PrefetchedBatches(sampleCount: sampleCount, whole: whole) {
      let meter = StageMeter()
      let buffering = buffering ?? pool.usualBuffering
      // Each batch has a few arrays, of which the buffer and the consumer hold some each. All that are remembered are
      // looked through for one that is free.
      let memory = StorageRecycler(
        limit: 8 * (Swift.min(buffering, 1_024) + 2), meter: meter, leftovers: pool.takeLeftovers())
      let team = GatherTeam(on: pool.queue, meter: meter)
      let context = BatchContext(memory: memory, helpers: team)
      let origin = IterationOrigin(of: self)
      origin.begin()
      let ending = EndSignal()
      let stream = OrderedStream(
        of: makePositions(from: origin).drawn(until: ending), on: pool, buffering: buffering,
        ticketCount: deadline == nil ? 0 ... .max : ticketCount(in: origin.order), team: team, ending: ending
      ) { position, number in prepare(position, number, context) }
      return Delivery(
        stream, origin: origin, pool: pool, memory: memory, team: team, patience: deadline, lateness: lateness)
    }
  }
}
