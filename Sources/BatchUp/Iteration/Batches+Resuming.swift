/// A state that fits the batches.
struct Resumption: Sendable {
  let state: IterationState
  /// Whether the iteration goes straight to the place; otherwise it passes over the batches that have been delivered,
  /// without making them.
  let isSeekable: Bool
  /// Is told of the batches that are passed over.
  let progress: (any ProgressObserver & Sendable)?
}

extension Batches {
  /// What comes behind a state of these batches: what the iteration would have delivered next, had it not been stopped.
  ///
  /// A limit by `prefix(_:)` counts from the beginning of the whole iteration. `shuffle: .random` goes on in the random
  /// order of the state. NumPy's generator is set to where it was; to go on with the same samples, nobody but the
  /// iteration may have drawn from it meanwhile. Where only the last batch can be short and NumPy's generator has no
  /// part, the batch size may be another one than before, and so may the number of ranks.
  ///
  /// - Parameters:
  ///   - state: Of an iteration over the same samples in the same order.
  ///   - progress: Is told how many batches have been passed over, every 1,024 of them, where that is necessary.
  /// - Throws: `IterationStateError` where the state is that of an iteration over other data or in another order, or no
  ///   iteration can have come there.
  /// - Complexity: Iterations over arrays in order, by seeds and with weights go straight to the place (a shuffled pass
  ///   is drawn once, unless its memory is `.constant`). Others, such as choices, samplers of somebody else and NumPy's
  ///   orders, work out all indices before it; generated batches are generated again. That ends when the task is
  ///   cancelled, and with it the iteration, before its first batch; more than 2^30 batches are an error.
  public func resuming(
    _ state: IterationState, progress: (any ProgressObserver & Sendable)? = nil
  ) throws(IterationStateError) -> Batches {
    try requireSameData(as: state)
    try requireSameOrder(as: state)
    let order = state.order.isNumPy ? nil : state.order.makeOrder(like: .inOrder)
    let isSeekable = order.map(source.isSeekable(in:)) ?? false
    guard isSeekable || state.batchSize == batchSize && state.remainder == remainder else {
      throw .otherBatches(
        expectedSize: batchSize, expectedRemainder: remainder, foundSize: state.batchSize,
        foundRemainder: state.remainder)
    }
    try requirePossible(state.counts, batchSize: state.batchSize, isSeekable: isSeekable)
    guard isSeekable || state.batchCount <= Self.passedOverLimit else {
      throw .tooManyBatches(limit: Self.passedOverLimit, found: state.batchCount)
    }
    var result = self
    result.resumption = Resumption(state: state, isSeekable: isSeekable, progress: progress)
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

  /// Throws where no iteration has such counts. Where it can be entered anywhere, batch sizes may have changed on the way.
  private func requirePossible(
    _ counts: IterationCounts, batchSize: Int, isSeekable: Bool
  ) throws(IterationStateError) {
    let (batchCount, place) = (counts.batchCount, counts.place)
    let end = source.sampleCount.finiteCount?.addingSaturating(batchSize) ?? .max
    let isPossible =
      isSeekable
      ? batchCount <= place && (batchCount > 0 || place == 0) && counts.sampleCount <= place && place < end
      : place == batchCount.multipliedSaturating(by: batchSize)
    guard isPossible else {
      throw .impossibleCounts(batchCount: batchCount, place: place, sampleCount: counts.sampleCount)
    }
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
