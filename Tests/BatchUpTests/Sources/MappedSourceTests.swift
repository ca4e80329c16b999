import BatchUp
import Synchronization
import TestSupport
import Testing

@Suite struct MappedSourceTests {
  @Test func batchesForTheirEffectAlone() throws {
    let seen = Mutex<[Int]>([])
    let source = try numbers(0..<5).map { batch in seen.withLock { $0 += batch.scalars } }
    for () in source.batches(of: 2) {}
    #expect(seen.withLock { $0 } == [0, 1, 2, 3, 4])
    #expect(source.batches(of: 2).prefix(2).reduce(0) { count, _ in count + 1 } == 2)
  }

  @Test func onlyBatchesThatAreDeliveredAreChanged() throws {
    let calls = Mutex(0)
    let source = try numbers(0..<7).map { batch in
      calls.withLock { $0 += 1 }
      return batch.count
    }
    #expect(Array(source.batches(of: 3, remainder: .drop)) == [3, 3])
    #expect(calls.withLock { $0 } == 2)
    #expect(Array(source.batches(of: 3).prefix(1)) == [3])
    #expect(calls.withLock { $0 } == 3)
  }

  @Test func theClosureGetsTrimmedBatches() throws {
    let source = try zip(numbers(0..<9).map { $0.scalars }, numbers(0..<4))
    #expect(source.batches(of: 3).map(\.0) == [[0, 1, 2], [3]])
  }

  @Test func closuresThatFail() throws {
    for bad in 0..<7 {
      let source = try numbers(0..<7).failable().map { batch in
        for number in batch.scalars where number == bad { throw UnreadableSample(index: number) }
        return batch.scalars
      }
      let expected = [[0, 1, 2], [3, 4, 5], [6]].map { $0.contains(bad) ? nil : $0 }
      #expect(outcomes(source.batches(of: 3)).map { try? $0.get() } == expected)
      #expect(throws: UnreadableSample(index: bad)) {
        for outcome in outcomes(source.batches(of: 3)) { _ = try outcome.get() }
      }
    }
  }
}
