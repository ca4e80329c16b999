import BatchUp
import Synchronization
import TestSupport
import Testing

@Suite struct WorkStreamTests {
  @Test(arguments: [0, 1, 2, 8])
  func resultsComeInTheOrderOfTheTasks(workerCount: Int) {
    let pool = WorkerPool(workerCount: workerCount)
    for count in [0, 1, 2, 50] {
      for buffering in [1, 3, 20] {
        let squares = pool.stream(0..<count, buffering: buffering) { $0 * $0 }
        #expect(Array(squares) == (0..<count).map { $0 * $0 })
        let tasks = (0..<count).map { i in { @Sendable in "\(i)" } }
        #expect(Array(pool.stream(tasks, buffering: buffering)) == (0..<count).map(String.init))
      }
    }
  }

  @Test func anErrorComesInItsPlace() throws {
    struct Odd: Error {}
    let pool = WorkerPool(workerCount: 2)
    var stream = pool.stream(0..<6, buffering: 3) { i throws(Odd) -> Int in
      if i == 3 { throw Odd() }
      return i
    }
    for i in 0..<3 { #expect(try stream.nextResult() == i) }
    #expect(throws: Odd.self) { try stream.nextResult() }
    #expect(try stream.nextResult() == 4)
    stream.close()
    #expect(try stream.nextResult() == nil)
  }

  @Test func tasksAreAskedForOnlyAsFarAsTheBufferReaches() {
    let peak = Peak()
    let pool = WorkerPool(workerCount: 3)
    let endless = sequence(first: 0) { last -> Int? in
      peak.enter()
      return last + 1
    }
    var stream = pool.stream(endless, buffering: 4) { $0 }
    for i in 0..<100 {
      #expect(stream.next() == i)
      peak.leave()
    }
    #expect(peak.peak <= 6)
  }

  /// Several threads find at the same time that there are no more.
  @Test func tasksAreNotAskedForAgainAfterTheLast() {
    let pool = WorkerPool(workerCount: 3)
    for count in 0..<2_000 {
      let calls = Calls()
      let stream = pool.stream(Countdown(left: count % 7, calls: calls), buffering: 4) { $0 }
      #expect(stream.reduce(0) { sum, _ in sum + 1 } == count % 7)
      #expect(calls.count.load(ordering: .relaxed) == count % 7 + 1)
    }
  }
}

private final class Calls: Sendable {
  let count = Atomic<Int>(0)
}

private struct Countdown: Sequence, IteratorProtocol {
  var left: Int
  let calls: Calls

  mutating func next() -> Int? {
    calls.count.add(1, ordering: .relaxed)
    if left == 0 { return nil }
    left -= 1
    return left
  }
}
