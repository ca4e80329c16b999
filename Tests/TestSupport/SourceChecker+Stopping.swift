import BatchUp
import Foundation

extension SourceChecker {
  /// Stopped anywhere, an iteration goes on with what would have followed, and with the states that would have.
  func checkStopping(_ iteration: Iteration, _ remainder: Remainder) throws(SourceFault) {
    let expected = iteration.deliveries(remainder)
    if remainder == .drop, expected.count == iteration.deliveries.count { return }
    let states = try states(iteration, remainder, count: expected.count)
    let wholeState = iteration.order.sharesGenerator && iteration.hasEnded ? generatorState(iteration, remainder) : nil
    // NumPy's order goes through all before it each time; and without the last batch, all else is the same.
    let isEveryStopChecked = remainder == .keep && !iteration.order.sharesGenerator
    for (stop, state) in states.enumerated() {
      if !isEveryStopChecked, stop > 1, stop % 4 != 0, stop < states.count - 2 { continue }
      let what = "behind a stop after \(stop), remainder \(remainder),"
      let isCoded = stop == states.count / 2 && isEveryStopChecked && iteration.batchSize == 2
      let generator = iteration.order.sharesGenerator ? NumPyRandomState(seed: 7) : unusedGenerator
      let batches = try resumed(iteration, remainder, isCoded ? try coded(state, iteration) : state, generator)
      try checkCount(
        batches.sampleCount, iteration, Array(expected.dropFirst(stop)),
        isBound: iteration.hasFailures || remainder == .drop && batches.batchCount == nil,
        "the count \(what)")
      var iterator = batches.makeIterator()
      for index in stop..<expected.count {
        if index < stop + 2 {
          try require(iterator.state == states[index], iteration, "state \(index) \(what) is \(iterator.state)")
        }
        let delivery = next(&iterator)
        try require(
          delivery?.outcome == expected[index].outcome, iteration,
          "batch \(index) \(what) is \(delivery.map { "\($0)" } ?? "none"), not \(expected[index])")
      }
      for _ in 0..<2 where iteration.hasEnded {
        try require(next(&iterator) == nil, iteration, "a batch after the end \(what)")
      }
      try require(
        wholeState.map { $0 == generator.state } ?? true, iteration,
        "NumPy's generator is left in another state \(what)")
    }
    if remainder == .keep, let state = states.dropFirst().first { try checkOtherBatchSizes(iteration, state) }
  }

  /// The states before the first batch and behind each.
  func states(
    _ iteration: Iteration, _ remainder: Remainder, count: Int
  ) throws(SourceFault) -> [IterationState] {
    var iterator = iteration.order.makeBatches(source, iteration.batchSize, remainder).makeIterator()
    var states = [iterator.state]
    for _ in 0..<count {
      _ = next(&iterator)
      states.append(iterator.state)
    }
    return states
  }

  func resumed(
    _ iteration: Iteration, _ remainder: Remainder, _ state: IterationState, _ generator: NumPyRandomState
  ) throws(SourceFault) -> Batches<Source> {
    do throws(IterationStateError) {
      if iteration.order.sharesGenerator {
        return try source.batches(
          of: iteration.batchSize, shuffle: .numPy(generator), remainder: remainder, resuming: state)
      }
      return try iteration.order.makeBatches(source, iteration.batchSize, remainder).resuming(state)
    } catch {
      throw SourceFault(description: "\(place): batches of \(iteration.batchSize) cannot be resumed: \(error)")
    }
  }

  private func coded(_ state: IterationState, _ iteration: Iteration) throws(SourceFault) -> IterationState {
    do {
      let data = try JSONEncoder().encode(state)
      try require(data.count < 1_024, iteration, "a state of \(data.count) bytes")
      return try JSONDecoder().decode(IterationState.self, from: data)
    } catch { throw SourceFault(description: "\(place): a state cannot be coded: \(error)") }
  }

  /// How NumPy's generator is left by an iteration that is not stopped.
  private func generatorState(_ iteration: Iteration, _ remainder: Remainder) -> NumPyRandomState.State {
    let whole = NumPyRandomState(seed: 12345)
    var iterator = source.batches(of: iteration.batchSize, shuffle: .numPy(whole), remainder: remainder).makeIterator()
    while next(&iterator) != nil {}
    return whole.state
  }

  /// With another batch size, the samples go on in the same order, or the state is refused.
  private func checkOtherBatchSizes(_ iteration: Iteration, _ state: IterationState) throws(SourceFault) {
    let passed = iteration.deliveries.first?.samples.count ?? 0
    let rest = Array(iteration.samples.dropFirst(passed))
    for batchSize in [1, iteration.batchSize + 1] where batchSize != iteration.batchSize {
      let order = iteration.order
      let isSeekable = source.traits.isSeekable && order.makeOrder().isSeekable
      let batches: Batches<Source>
      do { batches = try order.makeBatches(source, batchSize, .keep).resuming(state) } catch {
        try require(!isSeekable, iteration, "\(error)")
        continue
      }
      try require(isSeekable, iteration, "resumed in batches of \(batchSize)")
      if iteration.hasFailures { continue }
      var iterator = batches.prefix(state.batchCount + 4).makeIterator()
      var found: [Sample] = []
      while found.count < rest.count, let delivery = next(&iterator) { found += delivery.samples }
      let count = min(found.count, rest.count)
      try require(
        found.prefix(count) == rest.prefix(count) && (count > 0 || rest.isEmpty), iteration,
        "\(found) in batches of \(batchSize), not \(rest)")
    }
  }
}

extension SourceChecker where Source: Sendable {
  /// The states of an iteration with workers are those without, and go on with any number of workers.
  func checkStoppingWithWorkers(_ iteration: Iteration) throws(SourceFault) {
    // Handing batches over takes most of the time of these checks.
    guard iteration.batchSize == 1 || iteration.batchSize == 3 else { return }
    let count = iteration.deliveries.count
    let states = try states(iteration, .keep, count: count)
    let stop = (3 * iteration.batchSize + 1) % (count + 1)
    for (pool, other) in Swift.zip(Self.pools, Self.pools.dropFirst() + Self.pools.prefix(1)) {
      let batches = iteration.order.makeBatches(source, iteration.batchSize, .keep)
      var iterator = batches.prefetched(by: pool, buffering: 3, onFailure: .stop).makeIterator()
      for _ in 0..<stop { _ = try? iterator.nextBatch() }
      let state = iterator.state
      let what = "with \(pool.workerCount) workers, of which \(stop) were delivered"
      try require(
        iteration.hasFailures ? state.batchCount == stop : state == states[stop], iteration, "the state \(what)")
      iterator.close()
      var rest = try resumed(iteration, .keep, state, NumPyRandomState(seed: 3))
        .prefetched(by: other, onFailure: .stop).makeIterator()
      for index in stop..<count {
        let outcome: Delivery<Sample>.Outcome?
        do { outcome = try rest.nextBatch().map { .batch(samples($0)) } } catch { outcome = .failure("") }
        try require(
          outcome == iteration.deliveries[index].outcome.withoutReason, iteration,
          "batch \(index) \(what) is \(outcome.map { "\($0)" } ?? "none")")
      }
    }
  }

  private static var pools: [WorkerPool] { sharedPools }
}

private let unusedGenerator = NumPyRandomState(seed: 7)

private let sharedPools = [0, 1, 4].map { WorkerPool(workerCount: $0) }

extension Delivery.Outcome {
  fileprivate var withoutReason: Delivery.Outcome { if case .failure = self { .failure("") } else { self } }
}
