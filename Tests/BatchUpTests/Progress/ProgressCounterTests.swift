import BatchUp
import Testing

@Suite struct ProgressCounterTests {
  private final class Log {
    var states: [ProgressState] = []
    var handler: ProgressHandler { ProgressHandler { self.states.append($0) } }
  }

  @Test func finishedWork() {
    let log = Log()
    do {
      var counter = ProgressCounter(totalCount: 5, observer: log.handler)
      counter.advance(by: 3)
      counter.advance(by: 2)
      #expect(counter.state == ProgressState(completedCount: 5, totalCount: 5))
      counter.finish()
    }
    #expect(log.states.map(\.completedCount) == [0, 3, 5, 5])
    #expect(log.states.map(\.phase) == [.running, .running, .running, .finished])
    #expect(log.states.allSatisfy { $0.totalCount == 5 })
  }

  @Test func workThatIsGivenUp() {
    let log = Log()
    do {
      var counter = ProgressCounter(completedCount: 7, totalCount: nil, observer: log.handler)
      counter.advance(by: 1)
    }
    #expect(log.states.map(\.completedCount) == [7, 8, 8])
    #expect(log.states.map(\.phase) == [.running, .running, .abandoned])
  }
}
