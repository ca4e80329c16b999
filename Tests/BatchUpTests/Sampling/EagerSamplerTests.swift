import BatchUp
import Testing

/// Draws from the order as soon as it makes its indices.
private struct EagerSampler: Sampler {
  let count: Int
  var sampleCount: SampleCount { .finite(count) }

  func indices(over ranges: BatchRanges, order: SampleOrder) -> AnyIterator<BatchIndices> {
    var generator = order.makeGenerator() ?? SeededGenerator(seed: 0)
    let samples = (0..<count).shuffled(using: &generator)
    var ranges = ranges.limited(to: count)
    return AnyIterator { ranges.next().map { BatchIndices(samples[$0]) } }
  }
}

@Suite struct EagerSamplerTests {
  private func source() throws -> ArraySource<NDArray<Int>, EagerSampler, Never> {
    try ArraySource(NDArray(Array(0..<30)), sampler: EagerSampler(count: 30))
  }

  @Test func nothingIsDrawnBeforeTheFirstBatch() throws {
    let state = NumPyRandomState(seed: 1)
    let iterator = try source().batches(of: 4, shuffle: .numPy(state)).makeIterator()
    #expect(withExtendedLifetime(iterator) { state.next() } == NumPyRandomState(seed: 1).next())
  }

  @Test func statesAreOfWhatWouldHaveFollowed() throws {
    let source = try source()
    let all = source.batches(of: 4, shuffle: .numPy(NumPyRandomState(seed: 5))).map(\.scalars)
    for stop in 0...all.count {
      var iterator = source.batches(of: 4, shuffle: .numPy(NumPyRandomState(seed: 5))).makeIterator()
      for _ in 0..<stop { _ = iterator.next() }
      let rest = try source.batches(of: 4, shuffle: .numPy(NumPyRandomState(seed: 9)), resuming: iterator.state)
      #expect(rest.map(\.scalars) == Array(all.dropFirst(stop)), "stopped after \(stop)")
    }
  }
}
