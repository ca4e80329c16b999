import TestSupport
import Testing

@testable import BatchUp

@Suite struct OrderedStreamTests {
  /// At most those in the buffer, and the one that the consumer took last.
  @Test(arguments: [0, 1, 3]) func itemsArePutWhereEarlierOnesWere(workerCount: Int) {
    let pool = WorkerPool(workerCount: workerCount)
    for buffering in [1, 2, 5] {
      let stream = OrderedStream(of: (0..<1_000).makeIterator(), on: pool, buffering: buffering) {
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

  /// Numbers, some of which are not made before their gate is open.
  private func numbers(
    _ count: Int, _ gates: [Int: Gate], on pool: WorkerPool
  ) -> OrderedStream<Range<Int>.Iterator, Int> {
    let stream = OrderedStream(of: (0..<count).makeIterator(), on: pool, buffering: 2) {
      (ticket: Int, _) in
      gates[ticket]?.pass()
      return ticket
    }
    stream.start()
    return stream
  }

  private enum Outcome: Equatable {
    case number(Int)
    case late(Int)
    case end

    init(_ delivered: Delivered<Int>) {
      switch delivered {
      case .item(let made): self = .number(made.take())
      case .late(let number): self = .late(number)
      case .end: self = .end
      }
    }
  }

  private let long = Duration.seconds(1_000)
  private let short = Duration.milliseconds(20)

  /// An item that is done after it was given up does not come in place of another one.
  @Test func whatWasGivenUpDoesNotComeLater() {
    let gates = [1: Gate(), 3: Gate(), 4: Gate()]
    gates[4]?.open()
    let pool = WorkerPool(workerCount: 2)
    defer { pool.close() }
    let stream = numbers(6, gates, on: pool)
    #expect(Outcome(stream.next(patience: long)) == .number(0))
    #expect(Outcome(stream.next(patience: short)) == .late(1))  // whose slot will be that of item 3
    #expect(Outcome(stream.next(patience: long)) == .number(2))
    gates[3]?.waitForArrivals(1)
    gates[1]?.open()
    gates[4]?.waitForArrivals(1)  // by the worker that was at item 1, which it has handed in
    #expect(Outcome(stream.next(patience: short)) == .late(3))
    gates[3]?.open()
    #expect(Outcome(stream.next(patience: long)) == .number(4))
    #expect(Outcome(stream.next(patience: long)) == .number(5))
    #expect(Outcome(stream.next(patience: long)) == .end)
  }

  @Test func aLateItemIsGivenUpAndTheOthersGoOn() async {
    let gate = Gate()
    let pool = WorkerPool(workerCount: 4)
    let (stream, later) = (numbers(3, [1: gate], on: pool), numbers(3, [1: gate], on: pool))
    for (patience, expected) in [(long, .number(0)), (short, .late(1)), (long, .number(2)), (long, .end)]
      as [(Duration, Outcome)]
    {
      #expect(await onOwnThread { Outcome(stream.next(patience: patience)) } == expected)
      #expect(await Outcome(later.next(patience: patience)) == expected)
    }
    gate.open()
    pool.close()
  }
}
