typealias Waiter = CheckedContinuation<Void, Never>

extension [Waiter] {
  func resumeAll() { for waiter in self { waiter.resume() } }
}

func scheduleWake(of stream: any ItemStream, after patience: Duration) -> Task<Void, Never> {
  Task {
    try? await Task.sleep(for: patience)
    stream.wakeWaiter()
  }
}

/// A stream of items, whatever its tickets are.
protocol ItemStream<Item>: AnyObject, Sendable {
  associatedtype Item

  var measuredTimes: StreamTimes { get }

  func start()
  func next(patience: Duration?) -> Delivered<Item>
  nonisolated(nonsending) func next(patience: Duration?) async -> Delivered<Item>
  func close()

  // Of a task that waits.
  func wakeWhenReady(_ continuation: Waiter, until time: ContinuousClock.Instant?)
  func wakeWaiter()
  func cancel()
}

nonisolated(nonsending) func waitUntilReady(_ stream: any ItemStream, until time: ContinuousClock.Instant?) async {
  await withTaskCancellationHandler {
    await withCheckedContinuation { stream.wakeWhenReady($0, until: time) }
  } onCancel: {
    stream.cancel()
  }
}
