import BatchUp

/// An order to check a source in.
struct CheckedOrder<Source: BatchSource> {
  let name: String
  /// Equal ones each time, which do not disturb each other.
  let makeOrder: () -> SampleOrder
  let makeBatches: (Source, _ batchSize: Int, Remainder) -> Batches<Source>
}

extension CheckedOrder {
  static var seeded: CheckedOrder { seeded(.proportional, "by a key") }
  static var constant: CheckedOrder { seeded(.constant, "by a key, in constant memory") }
  /// Blocks that most counts do not fill, and more than one window of them.
  static var blocks: CheckedOrder { seeded(.blocks(of: 2, window: 2), "by a key, in blocks") }

  private static func seeded(_ memory: ShuffleMemory, _ name: String) -> CheckedOrder {
    let key = ShuffleKey(seed: 20_170_613, epoch: 2, memory: memory)
    return CheckedOrder(name: "shuffled \(name)", makeOrder: { .shuffled(key) }) { source, batchSize, remainder in
      source.batches(
        of: batchSize, shuffle: .seed(key.seed, epoch: Int(key.epoch), memory: memory), remainder: remainder)
    }
  }

  static var numPy: CheckedOrder {
    CheckedOrder(name: "shuffled by NumPy", makeOrder: { .numPy(NumPyRandomState(seed: 12345)) }) {
      source, batchSize, remainder in
      source.batches(of: batchSize, shuffle: .numPy(NumPyRandomState(seed: 12345)), remainder: remainder)
    }
  }

  /// Whether all iterations in one order draw from the same generator.
  var sharesGenerator: Bool {
    if case .numPy = makeOrder() { true } else { false }
  }
}

extension CheckedOrder where Source: InOrderSource {
  static var inOrder: CheckedOrder {
    CheckedOrder(name: "in order", makeOrder: { .inOrder }) { $0.batches(of: $1, remainder: $2) }
  }
}

/// What one step of an iteration delivers.
struct Delivery<Sample: Hashable>: Equatable {
  enum Outcome: Equatable {
    case batch([Sample])
    case failure(String)
    case skipped
  }

  /// The number of samples that the batch was said to have; nil where that failed.
  let count: Int?
  let outcome: Outcome

  var samples: [Sample] {
    if case .batch(let samples) = outcome { samples } else { [] }
  }

  /// Whether this can be the first `count` samples of a batch that is delivered whole like `whole`. Where the whole
  /// batch fails, fewer samples may not, or because of another one.
  func isBeginning(of whole: Delivery, count: Int) -> Bool {
    switch (outcome, whole.outcome) {
    case (.batch(let samples), .batch(let all)): samples == Array(all.prefix(count))
    case (.batch(let samples), .failure): samples.count == min(count, whole.count ?? 0)
    case (.failure, .failure): true
    default: outcome == whole.outcome
    }
  }
}

/// All that one iteration delivers, or its beginning where it is too long.
struct CheckedIteration<Source: BatchSource, Sample: Hashable> {
  let batchSize: Int
  let order: CheckedOrder<Source>
  var deliveries: [Delivery<Sample>] = []
  var hasEnded = false

  var hasFailures: Bool {
    deliveries.contains { if case .failure = $0.outcome { true } else { false } }
  }

  /// The samples one after the other.
  var samples: [Sample] { deliveries.flatMap(\.samples) }

  /// What is left where short batches are dropped.
  func deliveries(_ remainder: Remainder) -> [Delivery<Sample>] {
    switch remainder {
    case .keep: deliveries
    case .drop: deliveries.filter { $0.count.map { $0 >= batchSize } ?? true }
    }
  }
}
