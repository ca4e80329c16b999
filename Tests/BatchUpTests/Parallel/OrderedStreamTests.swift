import Testing

@testable import BatchUp

@Suite struct OrderedStreamTests {
  /// At most those in the buffer, and the one that the consumer took last.
  @Test(arguments: [0, 1, 3]) func itemsArePutWhereEarlierOnesWere(workerCount: Int) {
    let pool = WorkerPool(workerCount: workerCount)
    for buffering in [1, 2, 5] {
      let stream = OrderedStream(of: (0..<1_000).makeIterator(), on: pool.queue, buffering: buffering) {
        (ticket: Int, number: Int) throws(Never) in [ticket, number]
      }
      stream.start()
      for number in 0..<1_000 {
        guard case .item(let made) = stream.next(patience: nil) else {
          Issue.record("item \(number) is missing")
          continue
        }
        #expect(made.take() == [number, number])
      }
      #expect(stream.allocationCount <= buffering + 1)
    }
  }
}
