import BatchUp
import TestSupport
import Testing

/// Against the calls that Python BatchUp 0.2.3 makes, by NumPy.
@Suite struct WeightedSamplerNumPyTests {
  enum Weights: String, CaseIterable, Sendable {
    case double, float, int32, uint64, uneven

    func makeSampler(_ count: Int, over indices: [Int]?, replacing: Bool = true, draws: Int? = nil) throws
      -> WeightedSampler
    {
      let hashes = (0..<count).map { ($0 * 2_654_435_761 + 12345) % (1 << 32) }
      return switch self {
      case .double:
        try WeightedSampler(
          weights: hashes.map { Double($0) * 0.1 }, over: indices, replacing: replacing, count: draws)
      case .float:
        try WeightedSampler(
          weights: hashes.map { Float($0 >> 8) * 0.1 }, over: indices, replacing: replacing, count: draws)
      case .int32:
        try WeightedSampler(
          weights: hashes.map { Int32($0 % 1000) }, over: indices, replacing: replacing, count: draws)
      case .uint64:
        try WeightedSampler(
          weights: hashes.map { UInt64($0) << 14 }, over: indices, replacing: replacing, count: draws)
      case .uneven:
        try WeightedSampler(
          weights: hashes.enumerated().map {
            Double(sign: .plus, exponent: -($0.offset % 900), significand: Double($0.element))
          }, over: indices, replacing: replacing, count: draws)
      }
    }
  }

  /// Compares the indices of the first batches, and what the generator gives after them.
  private static func difference(
    of sampler: WeightedSampler, _ state: NumPyRandomState, from name: String, step: String = "indices",
    batchSize: Int, batchCount: Int = .max
  ) -> String? {
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: .numPy(state))
    var indices: [Int] = []
    var count = 0
    while count < batchCount, let batch = iterator.next() {
      indices += batch
      count += 1
    }
    var trace = NumPyGoldens.weightedSamplers.trace(name)
    trace.check(step, indices)
    trace.check("wide word", [state.next()])
    return trace.difference
  }

  /// Seven batches of 100 of `WeightedSampler(weights)` and of `WeightedSubsetSampler(weights, arange(count) * 7 + 3)`,
  /// each with `RandomState(count + 5)`.
  @Test(arguments: Weights.allCases, [1, 9, 1000, 100_000])
  func drawsArePythons(kind: Weights, count: Int) throws {
    for (indices, name) in [(nil, "all"), ((0..<count).map { $0 * 7 + 3 }, "subset")] {
      let sampler = try kind.makeSampler(count, over: indices)
      let difference = Self.difference(
        of: sampler, NumPyRandomState(seed: count + 5), from: "\(kind) weights, \(name) of \(count)",
        step: "700 indices", batchSize: 100, batchCount: 7)
      #expect(difference == nil)
    }
  }

  /// A million draws from 1e5 weights, which show whether NumPy divides in Float32, as it does for a subset.
  @Test func weightsOfASubsetKeepTheirType() throws {
    for (indices, name) in [(nil, "all"), (Array(0..<100_000), "subset")] as [([Int]?, String)] {
      let sampler = try Weights.float.makeSampler(100_000, over: indices)
      var iterator = sampler.indices(over: BatchRanges(batchSize: 1_000_000), order: .numPy(NumPyRandomState(seed: 8)))
      var trace = NumPyGoldens.weightedSamplers.trace("float weights, a million of \(name)")
      trace.check("indices", Array(iterator.next() ?? []))
      #expect(trace.difference == nil)
    }
  }

  /// `RandomState(count + 6).choice(count, size, replace=False, p=weights / weights.sum())`.
  @Test(
    arguments: [
      (.double, 1, 1), (.double, 9, 1), (.double, 9, 9), (.double, 129, 50), (.double, 129, 129), (.double, 4097, 50),
      (.double, 4097, 4097), (.int32, 9, 9), (.int32, 129, 50), (.int32, 129, 129), (.int32, 4097, 4093),
      (.uneven, 9, 9), (.uneven, 129, 129), (.uneven, 4097, 50), (.uneven, 4097, 4097),
    ] as [(Weights, Int, Int)])
  func drawsWithoutReplacementAreNumPys(kind: Weights, count: Int, draws: Int) throws {
    for batchSize in [1, 64, 5000] {
      let sampler = try kind.makeSampler(count, over: nil, replacing: false, draws: draws)
      let difference = Self.difference(
        of: sampler, NumPyRandomState(seed: count + 6),
        from: "\(kind) weights, \(draws) of \(count) without replacement", batchSize: batchSize)
      #expect(difference == nil, "batches of \(batchSize)")
    }
  }

  @Test func theGeneratorMovesWhenABatchIsAskedFor() throws {
    for replacing in [true, false] {
      let state = NumPyRandomState(seed: 1)
      let sampler = try WeightedSampler(weights: [1, 2, 3], replacing: replacing)
      var iterator = sampler.indices(over: BatchRanges(batchSize: 3), order: .numPy(state))
      let fresh = NumPyRandomState(seed: 1)
      #expect(state.next() == fresh.next())
      _ = iterator.next()
      #expect(state.next() != fresh.next())
    }
  }
}
