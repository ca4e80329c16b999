extension InOrderSource {
  /// Batches of `batchSize` samples in order. The last one is shorter where the samples do not fill it, or dropped.
  ///
  /// - Precondition: `batchSize` is at least 1.
  @inlinable
  public func batches(of batchSize: Int, remainder: Remainder = .keep) -> Batches<Self> {
    Batches(source: self, batchSize: batchSize, shuffle: nil, remainder: remainder)
  }
}

extension BatchSource {
  /// Batches of `batchSize` samples in shuffled order: each sample once per pass, every order equally likely.
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
