import BatchUp
import TestSupport
import Testing

@Suite struct BatchSourceTests {
  @Test func moreSamplesThanThereAreIsMisuse() async {
    await #expect(processExitsWith: .failure) { _ = BatchIndices(2..<4).trimmed(to: 3) }
    await #expect(processExitsWith: .failure) { _ = BatchIndices([2, 7]).trimmed(to: 3) }
    await #expect(processExitsWith: .failure) { _ = BatchIndices(2..<4).trimmed(to: -1) }
  }

  @Test func batchSizesBeyondAllSamples() throws {
    for repeats in 1...3 {
      for batchSize in [1 << 40, .max] {
        let source = try numbers(0..<3, repeats: .times(repeats))
        #expect(source.batches(of: batchSize).map(\.count) == [3 * repeats])
        #expect(source.batches(of: batchSize, shuffle: .seed(1)).map(\.count) == [3 * repeats])
        #expect(zip(source, source).batches(of: batchSize).map { $0 == $1 } == [true])
        #expect(source.batches(of: batchSize).prefix(2).sampleCount == .finite(3 * repeats))
      }
    }
  }

  @Test func droppedBatchesAreMadeInTheSameMemory() throws {
    let rows = NDArray(Array(0..<4_000), shape: [1_000, 4])
    let source = try ArraySource(rows)
    let context = BatchContext()
    var positions = source.positions(over: BatchRanges(batchSize: 10), order: .shuffled(ShuffleKey(seed: 1)))
    while let position = positions.next() { _ = source.batch(at: position, in: context) }
    #expect(context.allocationCount == 1)
  }
}
