import BatchUp
import Foundation

/// A tree, and a way to iterate over it.
struct TreeCase: Hashable, Sendable {
  var tree: Tree
  var consumption: Consumption

  init(_ tree: Tree, _ consumption: Consumption) {
    (self.tree, self.consumption) = (tree, consumption)
  }

  /// Throws `TreeMismatch` where the library delivers something else than the model.
  func check() async throws {
    if let ranks = consumption.ranks { return try await checkRanks(ranks) }
    _ = try await checkWhole()
    try checkPrediction()
  }
}

extension TreeCase: CustomStringConvertible {
  var description: String { "TreeCase(\n  \(tree),\n  \(consumption))" }
}

struct TreeMismatch: Error, CustomStringConvertible {
  let description: String
}

func require(_ condition: Bool, _ fault: @autoclosure () -> String) throws(TreeMismatch) {
  if !condition { throw TreeMismatch(description: fault()) }
}

extension TreeCase {
  /// More batches than these are not looked at.
  private static var batchLimit: Int { 60 }

  /// What the model says, from a sample on.
  func expectation(batchSize: Int? = nil, start: Int = 0, limit: Int? = nil) throws -> TreeExpectation {
    let batchSize = batchSize ?? consumption.batchSize
    let limit = limit ?? consumption.limit
    let wanted = min(limit ?? .max, Self.batchLimit)
    var reach = 8
    while true {
      let model = ReferenceModel(batchSize: batchSize, limit: reach)
      var delivered = try model.deliver(tree, consumption.order, start: start)
      if consumption.remainder == .drop, !tree.deliversParts {
        delivered.batches.removeAll { $0.count < batchSize }
      }
      if delivered.hasEnded || delivered.batches.count >= wanted {
        let hasEnded =
          limit.map { delivered.batches.count >= $0 } ?? false
          || delivered.hasEnded && delivered.batches.count <= wanted
        return TreeExpectation(
          batches: Array(delivered.batches.prefix(wanted)), hasEnded: hasEnded && wanted <= limit ?? wanted)
      }
      reach *= 2
      // No batch of an endless source may be long enough to be delivered.
      if reach > 4_096 { throw UnbuildableTree() }
    }
  }

  /// Checks an iteration, stopped and resumed where that is asked for, and returns its digest; nil where there is more.
  func checkWhole() async throws -> SampleDigest? {
    let request = BatchRequest(consumption)
    let batches = try request.batches(of: tree)
    let expected = try expectation()
    try checkCounts(batches, expected.batches[...], hasEnded: expected.hasEnded, "batches")
    var consumer = TreeConsumer(expected: expected, policy: policy(consumption.way))
    var delivery = batches.start(consumption.way)
    try await consumer.consume(delivery, count: consumption.stop?.after)
    if let stop = consumption.stop {
      let state = try inJSON(delivery.state())
      try consumer.moveOn(to: state.batchCount)
      // Not from the same generator of NumPy's, which workers may draw from until the first iteration is gone.
      delivery = try await resume(state, stop, request.batches(of: tree), &consumer)
    }
    let digest = delivery.digest()
    if consumption.stop?.batchSize == nil, consumption.policy == .stop {
      let whole = try request.batches(of: tree).start(.inline)
      var reference = TreeConsumer(expected: expected, policy: nil)
      try await reference.consume(whole, count: nil)
      try require(
        digest == whole.digest(), "the digest is \(text(digest)), that of inline batches \(text(whole.digest()))")
    }
    return consumer.expected.hasEnded ? digest : nil
  }

  /// What happens to failures; nil where they come as they are thrown.
  private func policy(_ way: Consumption.Way) -> FailurePolicy? {
    way != .inline && tree.mayFail ? consumption.policy : nil
  }

  private func resume(
    _ state: IterationState, _ stop: Consumption.Stop, _ batches: TreeBatches, _ consumer: inout TreeConsumer
  ) async throws -> TreeDelivery {
    var resumed: TreeBatches
    if let batchSize = stop.batchSize, batchSize != consumption.batchSize {
      var request = BatchRequest(consumption)
      request.batchSize = batchSize
      let others = try request.batches(of: tree)
      do { resumed = try others.resume(state) } catch IterationStateError.otherBatches {
        try require(!tree.isSeekable || consumption.order.isNumPy, "another batch size is refused")
        resumed = try batches.resume(state)
        return try await resume(resumed, stop, &consumer)
      }
      try require(tree.isSeekable && !consumption.order.isNumPy, "another batch size is not refused")
      let left = consumption.limit.map { max($0 - state.batchCount, 0) }
      let rest = try expectation(
        batchSize: batchSize, start: state.batchCount * consumption.batchSize, limit: left)
      consumer.expected = rest
      consumer.index = 0
      consumer.numberOffset = state.batchCount
    } else {
      resumed = try batches.resume(state)
    }
    return try await resume(resumed, stop, &consumer)
  }

  private func resume(
    _ resumed: TreeBatches, _ stop: Consumption.Stop, _ consumer: inout TreeConsumer
  ) async throws -> TreeDelivery {
    let expected = consumer.expected
    try checkCounts(
      resumed, expected.batches[min(consumer.index, expected.batches.count)...],
      hasEnded: expected.hasEnded, "resumed batches")
    let delivery = resumed.start(stop.way)
    consumer.restart(policy: policy(stop.way))
    try await consumer.consume(delivery, count: nil)
    return delivery
  }

  private func checkCounts(
    _ stated: TreeBatches, _ batches: ArraySlice<Content>, hasEnded: Bool, _ name: String
  ) throws(TreeMismatch) {
    let found = batches.reduce(0) { $0 + $1.count }
    if let batchCount = stated.batchCount {
      try require(
        hasEnded ? batchCount == batches.count : batchCount > batches.count,
        "the \(name) are said to be \(batchCount), not \(batches.count)\(hasEnded ? "" : " and more")")
    }
    // Whether a generated batch that failed counts depends on whether its samples are known.
    if tree.hasExistingBatches, tree.mayFail, hasEnded, case .finite = stated.sampleCount { return }
    let accuracy = consumption.limit == nil || tree.countAccuracy == .exact ? tree.countAccuracy : .bound
    switch stated.sampleCount {
    case .finite(let count):
      try require(
        hasEnded && accuracy != .bound ? found == count : found <= count,
        "the count of the \(name) is \(count), but \(found) samples come\(hasEnded ? "" : " and more")")
    case .infinite: try require(!hasEnded, "the count of the \(name) is infinite, but \(found) samples come")
    case .unknown: try require(accuracy != .exact, "the count of the \(name) is unknown, but could be \(found)")
    }
  }

  private func checkPrediction() throws {
    guard consumption.order == .inOrder, tree.isInOrder, !tree.mayFail else { return }
    var whole = self
    whole.consumption.remainder = .keep
    let expected = try whole.expectation(limit: Self.batchLimit)
    guard expected.batches.count < Self.batchLimit else { return }
    let numbers = try expected.batches.flatMap { content in
      try content.rows().prefix(content.count).map(number)
    }
    let found = try predicted(tree, batchSize: consumption.batchSize, way: consumption.way)
    try require(found == numbers, "predictions are \(text(found)), not \(numbers)")
  }
}

// MARK: Ranks

extension TreeCase {
  private func checkRanks(_ ranks: Consumption.Ranks) async throws {
    let isResumedByOthers = ranks.resumedBy != nil && consumption.stop != nil
    let sum = try await isResumedByOthers ? sumWithOtherRanks(ranks) : sumOfRanks(ranks)
    guard consumption.policy == .stop, !tree.mayFail, let sum else { return }
    var whole = self
    whole.consumption.ranks = nil
    whole.consumption.stop = nil
    whole.consumption.way = .inline
    guard whole.consumption.limit == nil || ranks.kind != .dealt else { return }
    if case .sharded(let end) = ranks.kind {
      // Of parts, all may be short.
      if end == .drop, tree.deliversParts { return }
      whole.consumption.remainder = end == .drop ? .drop : .keep
    }
    guard let digest = try await whole.checkWhole() else { return }
    // Short batches are left out of what is dealt, and count as places there.
    let isOrderKept = ranks.kind != .dealt || consumption.remainder == .keep || tree.isEven
    try require(
      isOrderKept ? sum == digest : sum.unordered == digest.unordered,
      "the digests of the ranks are \(sum) together, that of the whole is \(digest)")
  }

  private func sumOfRanks(_ ranks: Consumption.Ranks) async throws -> SampleDigest? {
    var sum: SampleDigest?
    for rank in 0..<ranks.count {
      let part = self.part(rank, of: ranks.count, ranks)
      guard let digest = try await part.checkWhole() else { return nil }
      sum = (sum ?? SampleDigest()) + digest
    }
    return sum
  }

  /// All ranks stop, and others resume from the state of one.
  private func sumWithOtherRanks(_ ranks: Consumption.Ranks) async throws -> SampleDigest? {
    guard let stop = consumption.stop, let resumedBy = ranks.resumedBy else { return nil }
    var (sum, state) = (SampleDigest(), IterationState?.none)
    for rank in 0..<ranks.count {
      let part = self.part(rank, of: ranks.count, ranks)
      let delivery = try BatchRequest(consumption).batches(of: part.tree).start(consumption.way)
      var consumer = TreeConsumer(expected: try part.expectation(), policy: part.policy(consumption.way))
      try await consumer.consume(delivery, count: stop.after)
      state = delivery.state()
      sum += delivery.digest() ?? SampleDigest()
    }
    guard var state else { return nil }
    state.digest = sum
    sum = SampleDigest()
    for rank in 0..<resumedBy {
      let part = self.part(rank, of: resumedBy, ranks)
      let batches = try BatchRequest(consumption).batches(of: part.tree).resume(inJSON(state))
      let expected = try part.expectation()
      var consumer = TreeConsumer(expected: expected, policy: part.policy(stop.way))
      consumer.index = state.batchCount
      let delivery = batches.start(stop.way)
      try await consumer.consume(delivery, count: nil)
      guard expected.hasEnded else { return nil }
      sum += delivery.digest() ?? SampleDigest()
      state.digest = SampleDigest()
    }
    return sum
  }

  private func part(_ rank: Int, of count: Int, _ ranks: Consumption.Ranks) -> TreeCase {
    var part = self
    part.consumption.ranks = nil
    part.tree = ranks.part(rank, of: count, in: tree)
    return part
  }
}

private func inJSON(_ state: IterationState) throws -> IterationState {
  try JSONDecoder().decode(IterationState.self, from: JSONEncoder().encode(state))
}

private func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "none" }
