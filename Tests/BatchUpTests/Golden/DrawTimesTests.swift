import BatchUp
import TestSupport
import Testing

/// When permutations are drawn: others may draw from the same generator in between.
@Suite(.namingCases) struct DrawTimesTests {
  @Test func everySmallCaseDrawsWhenPythonDoes() {
    withEverySmallCase { count, batchSize, repeats, remainder in
      if count < 2 || remainder == .drop { return }  // a permutation of one sample draws nothing
      let expected = Self.permutationsDrawn(count: count, batchSize: batchSize, repeats: repeats)
      let known = Self.statesAfterPermutations(of: count, upTo: expected.max() ?? 0)
      let samplers: [any Sampler] = [
        StandardSampler(count: count, repeats: repeats),
        SubsetSampler((0..<count).map { $0 * 7 % 31 }, repeats: repeats),
      ]
      for sampler in samplers {
        let found = Self.statesAfterBatches(of: sampler, batchSize).map { known.firstIndex(of: $0) }
        #expect(found == expected, "\(count) samples, batches of \(batchSize), \(repeats)")
      }
    }
  }

  private static let limit = 20

  /// How many permutations Python BatchUp 0.2.3 has drawn when it delivers each batch, and, last, when it ends.
  ///
  /// One to begin with. A batch that fits into what is left of a pass draws none. Any other one draws each time that it
  /// comes to the end of a pass, where it begins and where it ends included; unless there is only one pass.
  private static func permutationsDrawn(count: Int, batchSize: Int, repeats: Repetition) -> [Int] {
    let passCount = repeats.passCount(limit: .max)
    if passCount == 1 { return Array(repeating: 1, count: (count + batchSize - 1) / batchSize + 1) }
    var drawn = 1
    var position = 0
    var result: [Int] = []
    while drawn <= passCount, result.count < limit {
      var missing = batchSize
      if position + missing <= count {
        position += missing
        missing = 0
      }
      while missing > 0, drawn <= passCount {
        let taken = min(missing, count - position)
        missing -= taken
        position += taken
        if position == count {
          drawn += 1
          position = 0
        }
      }
      if missing < batchSize { result.append(drawn) }
    }
    return result.count < limit ? result + [drawn] : result
  }

  private static func statesAfterPermutations(of count: Int, upTo limit: Int) -> [NumPyRandomState.State] {
    let state = NumPyRandomState(seed: 20_170_613)
    return (0...limit).map { drawn in
      if drawn > 0 { _ = state.permutation(of: count) }
      return state.state
    }
  }

  private static func statesAfterBatches(of sampler: some Sampler, _ batchSize: Int) -> [NumPyRandomState.State] {
    let state = NumPyRandomState(seed: 20_170_613)
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: .numPy(state))
    var states: [NumPyRandomState.State] = []
    while states.count < limit {
      let hasEnded = iterator.next() == nil
      states.append(state.state)
      if hasEnded { break }
    }
    return states
  }
}
