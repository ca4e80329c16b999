import TestSupport
import Testing

@testable import BatchUp

/// Sources that deliver nothing but batches that are left out.
@Suite struct ShortBatchesTests {
  /// Batches of `count` samples without end, before each of which `body` is called with its number.
  private static func endless(
    _ sampleCount: SampleCount = .infinite, of count: Int = 3, _ body: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> GeneratedSource<[Int], Never> {
    GeneratedSource(sampleCount: sampleCount) { _, _ in
      sequence(state: 0) { number in
        body(number)
        number += 1
        return Array(repeating: number, count: count)
      }
    }
  }

  @Test(arguments: [false, true]) func whatNeverEndsIsRefused(isUnknown: Bool) async {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [isUnknown] in
        let source = ShortBatchesTests.endless(isUnknown ? .unknown : .infinite)
        for _ in source.batches(of: 4, remainder: .drop) {}
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [isUnknown] in
        let source = ShortBatchesTests.endless(isUnknown ? .unknown : .infinite)
        for _ in source.sharded(rank: 0, of: 2, end: .drop).batches(of: 4) {}
      },
    ]
    for result in results {
      let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
      #expect(text.contains("left out as short, the last with 3 of 4 samples"), "\(text)")
    }
  }

  @Test func whatEndsIsLeftOut() {
    let short = SequenceSource(Array(repeating: [1, 2], count: 20_000), sampleCount: .finite(40_000))
    #expect(Array(short.batches(of: 3, remainder: .drop)).isEmpty)
    let mixed = Array(repeating: [1, 2], count: 9_999) + [[1, 2, 3]]
    #expect(Array(SequenceSource(mixed + mixed).batches(of: 3, remainder: .drop)) == [[1, 2, 3], [1, 2, 3]])
  }

  @Test func cancellationEndsIt() async {
    let count = await Task {
      var iterator = Self.endless { number in
        if number == 50 { withUnsafeCurrentTask { $0?.cancel() } }
      }.batches(of: 4, remainder: .drop).makeIterator()
      #expect(iterator.next() == nil)
      return iterator.lastSampleCount
    }.value
    #expect(count == 0)
  }

  /// Threads have no task, and draw batches until they are told that the iteration has ended.
  @Test func closingEndsItOnThreads() async {
    for isAsync in [false, true] {
      let (pool, gate, peak) = (WorkerPool(workerCount: 1, closeDeadline: nil), Gate(), Peak())
      let batches = Self.endless { number in
        peak.enter()
        if number == 50 { gate.pass() }
      }.batches(of: 4, remainder: .drop).prefetched(by: pool)
      if isAsync {
        let task = Task {
          var iterator = batches.async.makeAsyncIterator()
          return await iterator.next()
        }
        await onOwnThread { gate.waitForArrivals(1) }
        task.cancel()
        #expect(await task.value == nil)
      } else {
        let iterator = batches.makeIterator()
        await onOwnThread { gate.waitForArrivals(1) }
        iterator.close()
      }
      gate.open()
      #expect(pool.close() == 0)
      #expect(peak.peak == 51)
    }
  }
}
