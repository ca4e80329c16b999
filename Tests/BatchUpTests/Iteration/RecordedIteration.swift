import BatchUp
import Foundation

/// An iteration of which a state is kept, by name, in Tests/Fixtures/states.json.
struct RecordedIteration: Sendable {
  /// A state, and the batches that come behind it.
  struct Rest: Codable {
    let state: IterationState
    let digest: SampleDigest?
    let batches: [[Int]]
  }

  let name: String
  /// The state behind the first `count` batches of the iteration that goes on behind `start`, and those behind them.
  let rest: @Sendable (_ start: IterationState?, _ count: Int) throws -> Rest

  init<Source: BatchSource>(
    _ name: String, batchSize: Int = 7, _ shuffle: @escaping @Sendable () -> Shuffle, limit: Int? = nil,
    of source: @escaping @Sendable () throws -> Source, numbers: @escaping @Sendable (Source.Batch) -> [Int]
  ) {
    self.name = name
    rest = { start, count in
      var batches = try source().batches(of: batchSize, shuffle: shuffle()).accounted()
      if let limit { batches = batches.prefix(limit) }
      var iterator = try (start.map { try batches.resuming($0) } ?? batches).makeIterator()
      for _ in 0..<count { _ = try iterator.nextBatch() }
      let state = iterator.state
      var rest: [[Int]] = []
      while let batch = try iterator.nextBatch() { rest.append(numbers(batch)) }
      return Rest(state: state, digest: iterator.digest, batches: rest)
    }
  }
}

extension RecordedIteration {
  static let all = [
    arrays("seed") { .seed(11) },
    arrays("seed and epoch") { .seed(-1, epoch: 3) },
    arrays("constant memory") { .seed(11, memory: .constant) },
    arrays("blocks") { .seed(11, memory: .blocks(of: 5, window: 4)) },
    arrays("NumPy's order") { .numPy(NumPyRandomState(seed: 11)) },
    RecordedIteration("several passes", { .seed(2) }, of: { try ArraySource(numbers(30), repeats: 3) }) {
      $0.scalars
    },
    RecordedIteration("NumPy's order, several passes", { .numPy(NumPyRandomState(seed: 2)) }) {
      try ArraySource(numbers(30), repeats: 3)
    } numbers: {
      $0.scalars
    },
    RecordedIteration("chosen samples", { .seed(3) }) {
      try ArraySource(numbers(90), indices: stride(from: 1, to: 90, by: 2))
    } numbers: {
      $0.scalars
    },
    RecordedIteration("weights", { .seed(4) }, limit: 8) {
      try ArraySource(numbers(20), sampler: WeightedSampler(weights: (0..<20).map(Double.init)))
    } numbers: {
      $0.scalars
    },
    RecordedIteration("weights, NumPy's draws", { .numPy(NumPyRandomState(seed: 4)) }, limit: 8) {
      try ArraySource(numbers(20), sampler: WeightedSampler(weights: (0..<20).map(Double.init)))
    } numbers: {
      $0.scalars
    },
    RecordedIteration("a choice", { .seed(5) }) {
      try ChoiceSource([ArraySource(numbers(40)), ArraySource(numbers(25))])
    } numbers: {
      $0.scalars
    },
    RecordedIteration("side by side", { .seed(6) }) {
      try BatchUp.zip(ArraySource(numbers(40)), ArraySource(numbers(40)))
    } numbers: {
      $0.scalars + $1.scalars
    },
    RecordedIteration("a shard", { .seed(7) }) {
      try ArraySource(numbers(50)).sharded(rank: 1, of: 3, end: .uneven)
    } numbers: {
      $0.scalars
    },
    RecordedIteration("a padded shard", { .seed(7) }) {
      try ArraySource(numbers(50)).sharded(rank: 2, of: 3, end: .pad)
    } numbers: { batch, isReal in
      batch.scalars + isReal.scalars.map { $0 ? 1 : 0 }
    },
    RecordedIteration("dealt batches", { .seed(8) }) {
      try ArraySource(numbers(60)).dealt(rank: 1, of: 2)
    } numbers: {
      $0.scalars
    },
    RecordedIteration("random maps", { .seed(9) }) {
      try ArraySource(numbers(40)).map(random: { generators, batch in
        (0..<generators.count).map { i in
          var generator = generators[i]
          return batch.scalars[i] + Int.random(in: 0..<1_000_000, using: &generator)
        }
      })
    } numbers: {
      $0
    },
  ]

  private static func arrays(_ name: String, _ shuffle: @escaping @Sendable () -> Shuffle) -> RecordedIteration {
    RecordedIteration(name, shuffle, of: { try ArraySource(numbers(50)) }) { $0.scalars }
  }

  private static func numbers(_ count: Int) -> NDArray<Int> { NDArray(Array(0..<count)) }
}
