import TestSupport
import Testing

@testable import BatchUp

private let order = SampleOrder.shuffled(ShuffleKey(seed: 7, epoch: 1))

private typealias HintedBatch = (indices: BatchIndices, hint: ReadAheadHint?)

private func batches(_ passes: Passes, _ ranges: BatchRanges, _ order: SampleOrder = order) -> [HintedBatch] {
  var iterator = PassIterator(passes: passes, ranges: ranges, order: order)
  var batches: [HintedBatch] = []
  while let batch = iterator.next() { batches.append((batch, iterator.hint)) }
  return batches
}

@Suite(.namingCases) struct ReadAheadHintTests {
  /// Each batch knows the next one, up to the end of the pass; one that is of two passes knows nothing.
  @Test func shuffledBatchesKnowTheNextOnes() {
    withEvery("count", in: 2...40) { count in
      withEvery("batchSize", in: 1...count) { batchSize in
        withEvery("repeats", in: 1...3) { repeats in
          let samples = [
            BatchIndices(0..<count), BatchIndices(3..<count + 3), BatchIndices((0..<count).map { $0 * 5 }),
          ]
          for samples in samples {
            let passes = Passes(over: samples, repeats: .times(repeats))
            check(batches(passes, BatchRanges(batchSize: batchSize)), passCount: count)
          }
        }
      }
    }
  }

  private func check(_ batches: [HintedBatch], passCount: Int) {
    var end = 0
    for ((batch, hint), (next, _)) in zip(batches, batches.dropFirst()) {
      end += batch.count
      let isOfTwoPasses = (end - batch.count) / passCount != (end - 1) / passCount
      let behind = hint?.samples(behind: batch, count: next.count)
      let expected = next.prefix((passCount - end % passCount) % passCount)
      #expect(isOfTwoPasses ? behind == nil : behind.map(Array.init) == Array(expected))
    }
    if let (last, hint) = batches.last, let hint, end + last.count == passCount {
      #expect(hint.samples(behind: last, count: 5) == [])
    }
  }

  @Test func ordersThatAreNotListedSayNothing() {
    let passes = Passes(over: BatchIndices(0..<100), repeats: .times(2))
    let constant = SampleOrder.shuffled(ShuffleKey(seed: 7, memory: .constant))
    for order in [SampleOrder.inOrder, constant] {
      #expect(batches(passes, BatchRanges(batchSize: 8), order).allSatisfy { $0.hint == nil })
    }
  }

  /// What follows on a rank's part is another rank's.
  @Test func ranksSayNothing() {
    let passes = Passes(over: BatchIndices(0..<100), repeats: .times(1))
    let ofOne = BatchRanges(batchSize: 8, start: 16)
    #expect(batches(passes, ofOne).allSatisfy { $0.hint != nil })
    let ofTwo = BatchRanges(batchSize: 8, rank: 1, rankCount: 2)
    #expect(batches(passes, ofTwo).allSatisfy { $0.hint == nil })
  }
}
