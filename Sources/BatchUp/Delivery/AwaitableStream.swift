typealias Waiter = CheckedContinuation<Void, Never>

extension [Waiter] {
  func resumeAll() { for waiter in self { waiter.resume() } }
}

/// A stream that a task waits for.
protocol AwaitableStream: AnyObject, Sendable {
  func wakeWhenReady(_ continuation: Waiter, until time: ContinuousClock.Instant?)
  func wakeWaiter()
  func cancel()
}

func scheduleWake(of stream: any AwaitableStream, after patience: Duration) -> Task<Void, Never> {
  Task {
    try? await Task.sleep(for: patience)
    stream.wakeWaiter()
  }
}

/// A stream of items, whatever its tickets are.
protocol ItemStream<Item>: AwaitableStream {
  associatedtype Item

  var measuredTimes: StreamTimes { get }

  func start()
  func next(patience: Duration?) -> Delivered<Item>
  nonisolated(nonsending) func next(patience: Duration?) async -> Delivered<Item>
  func close()
}

nonisolated(nonsending) func waitUntilReady(_ stream: any AwaitableStream, until time: ContinuousClock.Instant?) async {
  await withTaskCancellationHandler {
    await withCheckedContinuation { stream.wakeWhenReady($0, until: time) }
  } onCancel: {
    stream.cancel()
  }
}
