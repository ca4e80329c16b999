import BatchUp

/// The batches of a tree, whatever the type of its source.
struct TreeBatches {
  let sampleCount: SampleCount
  let batchCount: Int?
  let start: (Consumption.Way) -> TreeDelivery
  let resume: (IterationState) throws -> TreeBatches
}

/// One iteration under way.
struct TreeDelivery {
  let next: () async throws -> Rows?
  let state: () -> IterationState
  let digest: () -> SampleDigest?
  var lastSampleCount: () -> Int? = { nil }
  /// Nil where it is not stated.
  var skipped: (() -> [BatchFailure])?
}

/// How a tree is asked for its batches.
struct BatchRequest {
  var order: TreeOrder
  var batchSize: Int
  var remainder: Remainder
  var limit: Int?
  var policy: FailurePolicy

  init(_ consumption: Consumption) {
    order = consumption.order
    batchSize = consumption.batchSize
    remainder = consumption.remainder
    limit = consumption.limit
    policy = consumption.policy
  }

  func batches(of tree: Tree) throws -> TreeBatches {
    try tree.mayFail ? batches(of: failableSource(tree)) : batches(of: infallibleSource(tree))
  }
}

extension BatchRequest {
  private func batches(of source: TreeSource<Never>) throws -> TreeBatches {
    if order.shuffle != nil { return shuffled(source) }
    guard let source = source as? any InOrderSource<Rows, Never> else { throw UnbuildableTree() }
    return inOrder(source)
  }

  private func batches(of source: TreeSource<any Error>) throws -> TreeBatches {
    if order.shuffle != nil { return shuffled(source) }
    guard let source = source as? any InOrderSource<Rows, any Error> else { throw UnbuildableTree() }
    return inOrder(source)
  }

  private func shuffled<S: BatchSource<Rows, Never> & Sendable>(_ source: S) -> TreeBatches {
    treeBatches(shuffledBatches(source).accounted())
  }

  private func inOrder<S: InOrderSource<Rows, Never>>(_ source: S) -> TreeBatches {
    treeBatches(inOrderBatches(SendableSource(base: source)).accounted())
  }

  private func shuffled<S: BatchSource<Rows, any Error> & Sendable>(_ source: S) -> TreeBatches {
    treeBatches(shuffledBatches(source).accounted())
  }

  private func inOrder<S: InOrderSource<Rows, any Error>>(_ source: S) -> TreeBatches {
    treeBatches(inOrderBatches(SendableSource(base: source)).accounted())
  }

  private func shuffledBatches<S: BatchSource>(_ source: S) -> Batches<S> {
    limited(source.batches(of: batchSize, shuffle: order.shuffle ?? .random, remainder: remainder))
  }

  private func inOrderBatches<S: InOrderSource>(_ source: S) -> Batches<S> {
    limited(source.batches(of: batchSize, remainder: remainder))
  }

  private func limited<S>(_ batches: Batches<S>) -> Batches<S> { limit.map { batches.prefix($0) } ?? batches }
}

extension BatchRequest {
  private func treeBatches<S: BatchSource<Rows, Never> & Sendable>(_ batches: Batches<S>) -> TreeBatches {
    TreeBatches(
      sampleCount: batches.sampleCount, batchCount: batches.batchCount,
      start: { way in
        guard let pool = way.pool else { return TreeDelivery(batches.makeIterator()) }
        return TreeDelivery(batches.prefetched(by: pool), isAsync: way.isAsync)
      },
      resume: { treeBatches(try batches.resuming($0)) })
  }

  private func treeBatches<S: BatchSource<Rows, any Error> & Sendable>(_ batches: Batches<S>) -> TreeBatches {
    TreeBatches(
      sampleCount: batches.sampleCount, batchCount: batches.batchCount,
      start: { way in
        guard let pool = way.pool else { return TreeDelivery(batches.makeIterator()) }
        return TreeDelivery(batches.prefetched(by: pool, onFailure: policy), isAsync: way.isAsync)
      },
      resume: { treeBatches(try batches.resuming($0)) })
  }

}

extension TreeDelivery {
  fileprivate init<S: BatchSource<Rows, F>, F>(_ iterator: Batches<S>.Iterator) {
    var iterator = iterator
    self.init(
      next: { try iterator.nextBatch() }, state: { iterator.state }, digest: { iterator.digest },
      lastSampleCount: { iterator.lastSampleCount })
  }

  fileprivate init<F: DeliveryFailure>(_ batches: PrefetchedBatches<Rows, F>, isAsync: Bool) {
    if isAsync {
      var iterator = batches.async.makeAsyncIterator()
      self.init(next: { try await iterator.next() }, state: { iterator.state }, digest: { iterator.digest })
    } else {
      var iterator = batches.makeIterator()
      self.init(
        next: { try iterator.nextBatch() }, state: { iterator.state }, digest: { iterator.digest },
        lastSampleCount: { iterator.lastSampleCount }, skipped: { iterator.skipped })
    }
  }
}

extension Consumption.Way {
  /// Pools that all trees share, with 0 to 3 workers.
  private static let pools = (0...3).map { WorkerPool(workerCount: $0) }

  fileprivate var pool: WorkerPool? {
    switch self {
    case .inline: nil
    case .workers(let count), .async(let count): Self.pools[count]
    }
  }

  fileprivate var isAsync: Bool { if case .async = self { true } else { false } }
}

// MARK: Predictions

/// One number for each sample of a tree without failures, in order: that of its row.
func predicted(_ tree: Tree, batchSize: Int, way: Consumption.Way) throws -> [Int]? {
  let source = try infallibleSource(tree) as? any InOrderSource<Rows, Never>
  func predicted(_ source: some InOrderSource<Rows, Never>) throws -> [Int] {
    try SendableSource(base: source).predict(batchSize: batchSize, workers: way.pool) { rows in
      NDArray(rows.map(number))
    }.scalars
  }
  return try source.map { try predicted($0) }
}

/// A number that tells rows apart.
func number(_ row: [Int]) -> Int { row.reduce(0) { ($0 &* 1_000_003) &+ $1 } }
