/// A state that fits the batches.
struct Resumption: Sendable {
  let state: IterationState
  /// Whether the iteration goes straight to the place; otherwise it passes over the batches that have been delivered,
  /// without making them.
  let isSeekable: Bool
}

extension Batches {
  /// What comes behind a state of these batches: what the iteration would have delivered next, had it not been stopped.
  ///
  /// A limit by `prefix(_:)` counts from the beginning of the whole iteration. `shuffle: .random` goes on in the random
  /// order of the state. NumPy's generator is set to where it was; to go on with the same samples, nobody but the
  /// iteration may have drawn from it meanwhile. Where only the last batch can be short and NumPy's generator has no
  /// part, the batch size may be another one than before, and so may the number of ranks.
  ///
  /// - Throws: `IterationStateError` where the state is that of an iteration over other data or in another order.
  /// - Complexity: Iterations over arrays in order, by seeds and with weights go straight to the place (a shuffled pass
  ///   is drawn once, unless its memory is `.constant`). Others, such as choices, samplers of somebody else and NumPy's
  ///   orders, work out all indices before it; generated batches are generated again. That ends when the task is
  ///   cancelled, and with it the iteration, before its first batch; more than 2^30 batches are an error.
  public func resuming(_ state: IterationState) throws(IterationStateError) -> Batches {
    try requireSameData(as: state)
    try requireSameOrder(as: state)
    let order = state.order.isNumPy ? nil : state.order.makeOrder(like: .inOrder)
    let isSeekable = order.map(source.isSeekable(in:)) ?? false
    guard isSeekable || state.batchSize == batchSize && state.remainder == remainder else {
      throw .otherBatches(
        expectedSize: batchSize, expectedRemainder: remainder, foundSize: state.batchSize,
        foundRemainder: state.remainder)
    }
    guard isSeekable || state.batchCount <= Self.passedOverLimit else {
      throw .tooManyBatches(limit: Self.passedOverLimit, found: state.batchCount)
    }
    var result = self
    result.resumption = Resumption(state: state, isSeekable: isSeekable)
    result.isAccounted = isAccounted || state.digest != nil
    return result
  }

  /// More than any iteration has delivered; passing over them takes minutes.
  private static var passedOverLimit: Int { 1 << 30 }

  /// The same batches, with a digest of the samples that are delivered: `iterator.digest`.
  ///
  /// Costs a few nanoseconds for each sample.
  public func accounted() -> Batches {
    var result = self
    result.isAccounted = true
    return result
  }

  private func requireSameData(as state: IterationState) throws(IterationStateError) {
    let count = source.sampleCount.finiteCount
    guard state.totalCount == count else { throw .otherSampleCount(expected: count, found: state.totalCount) }
    guard state.fingerprint == source.fingerprint.word else { throw .otherData }
  }

  private func requireSameOrder(as state: IterationState) throws(IterationStateError) {
    let found = state.order
    let expected: RecordedOrder
    switch shuffle {
    case nil: expected = .inOrder
    case let shuffle?:
      guard let order = shuffle.order else {
        if case .shuffled = found { return }
        throw .otherOrder(expected: "a random one", found: "\(found)")
      }
      if case .numPy = order, found.isNumPy { return }
      expected = RecordedOrder(order)
    }
    guard expected == found else { throw .otherOrder(expected: "\(expected)", found: "\(found)") }
  }
}

extension RecordedOrder {
  fileprivate var isNumPy: Bool { if case .numPy = self { true } else { false } }
}
