import BatchUp

/// The batches that a tree delivers, or the first of them.
struct TreeExpectation {
  var batches: [Content]
  /// Whether there are no more.
  var hasEnded: Bool
}

/// A sample that could not be loaded, or none where only a whole batch could not be made.
struct TreeFailure: Equatable {
  let batch: Int
  let sampleIndices: [Int]
  let error: TreeError?

  init(batch: Int, sampleIndices: [Int] = [], error: TreeError) {
    (self.batch, self.sampleIndices, self.error) = (batch, sampleIndices, error)
  }

  init(_ failure: BatchFailure) {
    (batch, sampleIndices) = (failure.batch, failure.sampleIndices)
    if case .thrown(let error) = failure.cause { self.error = error as? TreeError } else { error = nil }
  }
}

/// What one call for the next batch gives.
enum TreeOutcome: Equatable {
  /// The number of samples is nil where it is not stated.
  case batch([[Int]], sampleCount: Int?)
  case error(TreeError?)
  case failure(TreeFailure)
  case leftOut
  case end
}

/// Compares what is delivered with what is expected.
struct TreeConsumer {
  var expected: TreeExpectation
  /// Nil where errors come as they are thrown.
  private var policy: FailurePolicy?
  /// The batch that is expected next.
  var index = 0
  /// How many batches of the iteration come before those that are expected.
  var numberOffset = 0
  private var failures: [TreeFailure] = []

  init(expected: TreeExpectation, policy: FailurePolicy?) {
    self.expected = expected
    self.policy = policy
  }

  mutating func restart(policy: FailurePolicy?) {
    self.policy = policy
    failures = []
  }

  /// Consumes `count` batches and errors, or all.
  mutating func consume(_ delivery: TreeDelivery, count: Int?) async throws {
    var left = count ?? .max
    while left > 0, var outcome = nextExpected() {
      let found = await outcomeOfNext(delivery)
      if case .batch(_, nil) = found, case .batch(let rows, _) = outcome { outcome = .batch(rows, sampleCount: nil) }
      try require(found == outcome, "batch \(numberOffset + index - 1) is \(found), not \(outcome)")
      if outcome == .end {
        let skipped = delivery.skipped?().map { TreeFailure($0) }
        try require(
          skipped == nil || skipped == failures, "skipped are \(skipped ?? []), not \(failures)")
        return
      }
      left -= 1
    }
  }

  /// Checks that an iteration has come to a batch, between the last one that was consumed and the next.
  mutating func moveOn(to batchCount: Int) throws {
    let consumed = index
    while index < expected.batches.count, index + numberOffset < batchCount, settled(index).outcome == .leftOut {
      index += 1
    }
    try require(
      index + numberOffset == batchCount, "\(batchCount) batches are behind, not \(consumed + numberOffset)")
  }

  /// Nil where no more is known.
  private mutating func nextExpected() -> TreeOutcome? {
    let start = index
    while index < expected.batches.count {
      let settled = settled(index)
      failures += settled.failures
      index += 1
      if settled.outcome != .leftOut { return settled.outcome }
    }
    if expected.hasEnded { return .end }
    index = start
    return nil
  }

  private func outcomeOfNext(_ delivery: TreeDelivery) async -> TreeOutcome {
    do {
      guard let rows = try await delivery.next() else { return .end }
      return .batch(rows, sampleCount: delivery.lastSampleCount())
    } catch let failure as BatchFailure {
      return .failure(TreeFailure(failure))
    } catch {
      return .error(error as? TreeError)
    }
  }
}

extension TreeConsumer {
  /// What becomes of a batch, and what is skipped or replaced in it.
  private func settled(_ index: Int) -> (outcome: TreeOutcome, failures: [TreeFailure]) {
    let (content, number) = (expected.batches[index], numberOffset + index)
    do throws(TreeError) {
      return (.batch(try content.rows(), sampleCount: content.count), [])
    } catch {
      guard let policy else { return (.error(error), []) }
      return settled(content, number, error, policy)
    }
  }

  private func settled(
    _ content: Content, _ number: Int, _ error: TreeError, _ policy: FailurePolicy
  ) -> (outcome: TreeOutcome, failures: [TreeFailure]) {
    let places = Array(0..<content.count)
    let failing = places.compactMap { place in
      content.select([place]).error.map { (place: place, error: $0) }
    }
    let isWhole = ([error] + failing.map(\.error)).contains { if case .generated = $0 { true } else { false } }
    let failures =
      isWhole
      ? []
      : failing.map {
        TreeFailure(batch: number, sampleIndices: content.indices(at: $0.place), error: $0.error)
      }
    let bad = Set(failing.map(\.place))
    let chosen: [Int]
    switch policy {
    case .stop: return (.failure(failures.first ?? TreeFailure(batch: number, error: error)), [])
    case .skipBatch:
      return (.leftOut, failures.isEmpty ? [TreeFailure(batch: number, error: error)] : failures)
    case .skipSample: chosen = places.filter { !bad.contains($0) }
    case .replace:
      let good = places.filter { !bad.contains($0) }
      chosen = good.isEmpty ? [] : places.map { place in good.first { $0 >= place } ?? good[0] }
    }
    if isWhole { return (.leftOut, [TreeFailure(batch: number, error: error)]) }
    guard !chosen.isEmpty else {
      return (.leftOut, failures.isEmpty ? [TreeFailure(batch: number, error: error)] : failures)
    }
    do throws(TreeError) {
      return (.batch(try content.select(chosen).rows(), sampleCount: chosen.count), failures)
    } catch {
      return (.leftOut, failures + [TreeFailure(batch: number, error: error)])
    }
  }
}

extension Content {
  fileprivate var error: TreeError? {
    do throws(TreeError) {
      _ = try rows()
      return nil
    } catch { return error }
  }
}
