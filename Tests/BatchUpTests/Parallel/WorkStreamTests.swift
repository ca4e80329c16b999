import BatchUp
import Testing
import TestSupport

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
}
