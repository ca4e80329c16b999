import BatchUp

/// What can be decoded is the same, encoded and decoded again; and each source refuses it, or goes on with batches of its
/// own samples.
func checkIterationState(_ bytes: [UInt8]) throws {
  guard let state = try decoded(IterationState.self, from: bytes) else { return }
  try require(copied(state) == state, "a state is the same, encoded and decoded again")
  for source in try ResumableSource.all() {
    for shuffle in [nil, Shuffle.random] where shuffle != nil || source.isInOrder {
      let next: (batches: [[Int]], state: IterationState)
      do {
        next = try source.batches(shuffle, state, 5)
      } catch is IterationStateError {
        continue
      }
      for batch in next.batches {
        try require(batch.count <= ResumableSource.batchSize, "batches have the size that was asked for")
        try require(batch.allSatisfy((0..<ResumableSource.sampleCount).contains), "samples are those of the source")
      }
      try require(copied(next.state) == next.state, "a state is the same, encoded and decoded again")
    }
  }
}

/// A small source whose states the fuzzer changes.
struct ResumableSource {
  static let sampleCount = 60
  static let batchSize = 7

  let name: String
  /// Whether it can be had in order, without a shuffle.
  let isInOrder: Bool
  /// The next batches behind a state, at most so many, and the state behind them.
  let batches:
    (_ shuffle: Shuffle?, _ state: IterationState?, _ count: Int) throws -> (
      batches: [[Int]], state: IterationState
    )

  private init<Source: InOrderSource>(
    _ name: String, _ source: Source, batchLimit: Int = .max, numbers: @escaping (Source.Batch) -> [Int]
  ) {
    self.init(name, isInOrder: true, batchLimit: batchLimit, numbers: numbers) { shuffle in
      if let shuffle { return source.batches(of: Self.batchSize, shuffle: shuffle) }
      return source.batches(of: Self.batchSize)
    }
  }

  private init<Source: BatchSource>(
    shuffled name: String, _ source: Source, numbers: @escaping (Source.Batch) -> [Int]
  ) {
    self.init(name, isInOrder: false, batchLimit: .max, numbers: numbers) { shuffle in
      source.batches(of: Self.batchSize, shuffle: shuffle ?? .random)
    }
  }

  /// - Parameter batchLimit: where the source goes through all that came before, and has no end, how much that may be.
  private init<Source: BatchSource>(
    _ name: String, isInOrder: Bool, batchLimit: Int, numbers: @escaping (Source.Batch) -> [Int],
    makeBatches: @escaping (Shuffle?) -> Batches<Source>
  ) {
    self.name = name
    self.isInOrder = isInOrder
    batches = { shuffle, state, count in
      var batches = makeBatches(shuffle)
      if let state {
        let rest = try batches.resuming(state)
        if state.batchCount <= batchLimit { batches = rest }
      }
      var iterator = batches.makeIterator()
      var found: [[Int]] = []
      while found.count < count, let batch = try iterator.nextBatch() { found.append(numbers(batch)) }
      return (found, iterator.state)
    }
  }

  static func all() throws -> [ResumableSource] {
    let numbers = NDArray(Array(0..<sampleCount))
    let few = NDArray(Array(0..<11))
    let labels = (0..<sampleCount).map { $0 % 3 }
    let weights = (0..<sampleCount).map { Double($0 % 7) }
    let (array, endless) = (try ArraySource(numbers), try ArraySource(few, repeats: .forever))
    let (drawn, notReplaced) = (
      try WeightedSampler(weights: weights), try WeightedSampler(weights: weights, replacing: false, count: 40)
    )
    let quotas = try ClassQuotaSampler(labels: labels, quotas: .everyClassPresent, whenExhausted: .end)
    return [
      ResumableSource("array", array) { $0.scalars },
      ResumableSource("thrice", try ArraySource(numbers, repeats: .times(3))) { $0.scalars },
      ResumableSource("endless", endless) { $0.scalars },
      ResumableSource("subset", try ArraySource(numbers, indices: [3, 14, 15, 9, 26, 5, 35, 8, 9, 7, 9])) {
        $0.scalars
      },
      ResumableSource(shuffled: "weighted", try ArraySource(numbers, sampler: drawn)) { $0.scalars },
      ResumableSource(shuffled: "not-replaced", try ArraySource(numbers, sampler: notReplaced)) { $0.scalars },
      ResumableSource(shuffled: "quotas", try ArraySource(numbers, sampler: quotas)) { $0.scalars },
      ResumableSource("together", zip(array, endless)) { $0.0.scalars },
      ResumableSource("in-turns", ChoiceSource([array, array], selection: .stratified)) { $0.scalars },
      ResumableSource(
        "proportional", ChoiceSource([endless, endless], selection: .proportional([3, 1])), batchLimit: 1_000
      ) { $0.scalars },
      ResumableSource("part", array.sharded(rank: 1, of: 3, end: .uneven)) { $0.scalars },
      ResumableSource("dealt", array.dealt(rank: 1, of: 2)) { $0.scalars },
    ]
  }
}
