import TestSupport
import Testing

@testable import BatchUp

private let order = SampleOrder.shuffled(ShuffleKey(seed: 7, epoch: 1))

private func batches(_ iterator: PassIterator?) -> [BatchIndices] {
  var iterator = iterator
  var batches: [BatchIndices] = []
  while let batch = iterator?.next() { batches.append(batch) }
  return batches
}

@Suite struct OutlookTests {
  /// Each batch knows the next one, up to the end of the pass; one that is of two passes knows nothing.
  @Test func shuffledBatchesKnowTheNextOnes() {
    for count in 2...40 {
      for batchSize in 1...count {
        for repeats in 1...3 {
          let samples = [
            BatchIndices(0..<count), BatchIndices(3..<count + 3), BatchIndices((0..<count).map { $0 * 5 }),
          ]
          for samples in samples {
            let passes = Passes(over: samples, repeats: .times(repeats))
            check(batches(passes.makeIterator(batchSize: batchSize, order: order)), passCount: count)
          }
        }
      }
    }
  }

  private func check(_ batches: [BatchIndices], passCount: Int) {
    var end = 0
    for (batch, next) in zip(batches, batches.dropFirst()) {
      end += batch.count
      let isOfTwoPasses = (end - batch.count) / passCount != (end - 1) / passCount
      let behind = batch.outlook?.samples(behind: batch, count: next.count)
      let expected = next.prefix((passCount - end % passCount) % passCount)
      #expect(isOfTwoPasses ? behind == nil : behind.map(Array.init) == Array(expected))
    }
    if let last = batches.last, let outlook = last.outlook, end + last.count == passCount {
      #expect(outlook.samples(behind: last, count: 5) == [])
    }
  }

  @Test func ordersThatAreNotListedSayNothing() {
    let passes = Passes(over: BatchIndices(0..<100), repeats: .times(2))
    let constant = SampleOrder.shuffled(ShuffleKey(seed: 7, memory: .constant))
    for order in [SampleOrder.inOrder, constant] {
      #expect(batches(passes.makeIterator(batchSize: 8, order: order)).allSatisfy { $0.outlook == nil })
    }
  }

  /// What follows on a rank's part is another rank's.
  @Test func ranksSayNothing() {
    let passes = Passes(over: BatchIndices(0..<100), repeats: .times(1))
    let ofOne = BatchRanges(batchSize: 8, start: 16)
    #expect(batches(passes.makeIterator(over: ofOne, order: order)).allSatisfy { $0.outlook != nil })
    let ofTwo = BatchRanges(batchSize: 8, rank: 1, rankCount: 2)
    #expect(batches(passes.makeIterator(over: ofTwo, order: order)).allSatisfy { $0.outlook == nil })
  }
}
