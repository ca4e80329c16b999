extension InOrderSource {
  /// Batches of `batchSize` samples in order. The last one is shorter where the samples do not fill it, or dropped.
  ///
  /// - Precondition: `batchSize` is at least 1.
  @inlinable
  public func batches(of batchSize: Int, remainder: Remainder = .keep) -> Batches<Self> {
    Batches(source: self, batchSize: batchSize, shuffle: nil, remainder: remainder)
  }
}

extension InOrderSource {
  /// As `batches(of:remainder:)`, going on behind a state of such an iteration; from the beginning where it is nil.
  ///
  /// - Throws: `IterationStateError` where the state is that of another iteration; see `Batches.resuming(_:)`.
  /// - Precondition: `batchSize` is at least 1.
  public func batches(
    of batchSize: Int, remainder: Remainder = .keep, resuming state: IterationState?
  ) throws(IterationStateError) -> Batches<Self> {
    let batches = batches(of: batchSize, remainder: remainder)
    guard let state else { return batches }
    return try batches.resuming(state)
  }
}

extension BatchSource {
  /// As `batches(of:shuffle:remainder:)`, going on behind a state of such an iteration; from the beginning where it is
  /// nil.
  ///
  /// - Throws: `IterationStateError` where the state is that of another iteration; see `Batches.resuming(_:)`.
  /// - Precondition: `batchSize` is at least 1.
  public func batches(
    of batchSize: Int, shuffle: Shuffle, remainder: Remainder = .keep, resuming state: IterationState?
  ) throws(IterationStateError) -> Batches<Self> {
    let batches = batches(of: batchSize, shuffle: shuffle, remainder: remainder)
    guard let state else { return batches }
    return try batches.resuming(state)
  }

  /// Batches of `batchSize` samples in shuffled order. Without weights, each sample comes once per pass, and every order
  /// is equally likely unless the memory of the shuffle is `.constant` or `.blocks`.
  ///
  /// - Precondition: `batchSize` is at least 1.
  @inlinable
  public func batches(of batchSize: Int, shuffle: Shuffle, remainder: Remainder = .keep) -> Batches<Self> {
    Batches(source: self, batchSize: batchSize, shuffle: shuffle, remainder: remainder)
  }

  /// Batches of `batchSize` samples in an order chosen by one number drawn from `generator`, here and now: iterating
  /// over the result several times gives the same order each time.
  ///
  /// - Precondition: `batchSize` is at least 1.
  @inlinable
  public func batches(
    of batchSize: Int, shuffledUsing generator: inout some RandomNumberGenerator, remainder: Remainder = .keep
  ) -> Batches<Self> {
    batches(of: batchSize, shuffle: .seed(generator.next()), remainder: remainder)
  }
}
