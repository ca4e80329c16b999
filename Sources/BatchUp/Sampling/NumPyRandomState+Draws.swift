extension NumPyRandomState {
  /// `random_sample()`: uniform in 0..<1, a multiple of 2^-53.
  public func randomSample() -> Double { uniform() }

  /// `random_sample(shape)`: uniform in 0..<1, multiples of 2^-53.
  public func randomSample(shape: [Int]) -> NDArray<Double> { uniform(shape: shape) }

  /// `uniform(low, high)`: `low + (high - low) * randomSample()`, each operation rounded.
  ///
  /// - Precondition: `high - low` is finite; it may be negative.
  public func uniform(low: Double = 0, high: Double = 1) -> Double {
    drawn { $0.fillUniform($1, low: low, high: high) }
  }

  /// `uniform(low, high, shape)`.
  ///
  /// - Precondition: `high - low` is finite; it may be negative.
  public func uniform(low: Double = 0, high: Double = 1, shape: [Int]) -> NDArray<Double> {
    drawn(shape) { $0.fillUniform($1, low: low, high: high) }
  }

  /// `normal(mean, standardDeviation)`: Marsaglia's polar method (1964).
  ///
  /// The numbers come in pairs, the second of which is held back for the next call, as a part of `state`. Their last
  /// place is that of the C library's logarithm.
  ///
  /// - Precondition: the standard deviation is not negative.
  public func normal(mean: Double = 0, standardDeviation: Double = 1) -> Double {
    drawn { $0.fillNormal($1, mean: mean, standardDeviation: standardDeviation) }
  }

  /// `normal(mean, standardDeviation, shape)`: as many single numbers.
  ///
  /// - Precondition: the standard deviation is not negative.
  public func normal(mean: Double = 0, standardDeviation: Double = 1, shape: [Int]) -> NDArray<Double> {
    drawn(shape) { $0.fillNormal($1, mean: mean, standardDeviation: standardDeviation) }
  }

  /// `randint(0, 2, shape, dtype=bool)`.
  public func booleans(shape: [Int]) -> NDArray<Bool> {
    drawn(shape) { $0.fill($1) }
  }

  /// `binomial(trials, probability)`: how many of the trials succeed, each with the same probability.
  ///
  /// By inversion where few succeed or few fail, otherwise by the algorithm BTPE (Kachitvichyanukul and Schmeiser,
  /// 1988).
  ///
  /// - Precondition: `trials` is not negative, and the probability is in 0...1.
  public func binomial(trials: Int, probability: Double) -> Int {
    requireBinomial(trials, probability)
    return drawn { $0.fillBinomial($1, trials: trials, probability: probability) }
  }

  /// `binomial(trials, probability, shape)`: as many single numbers.
  ///
  /// - Precondition: `trials` is not negative, and the probability is in 0...1.
  public func binomial(trials: Int, probability: Double, shape: [Int]) -> NDArray<Int> {
    requireBinomial(trials, probability)
    return drawn(shape) { $0.fillBinomial($1, trials: trials, probability: probability) }
  }

  private func drawn<T>(_ fill: (inout MersenneTwister, UnsafeMutableBufferPointer<T>) -> Void) -> T {
    withUnsafeTemporaryAllocation(of: T.self, capacity: 1) { value in
      engine.withLock { fill(&$0, value) }
      return value[0]
    }
  }

  private func drawn<T>(
    _ shape: [Int], _ fill: (inout MersenneTwister, UnsafeMutableBufferPointer<T>) -> Void
  ) -> NDArray<T> {
    NDArray(unsafeUninitializedShape: shape) { values in engine.withLock { fill(&$0, values) } }
  }
}

extension NumPyRandomState {
  /// `randint(range.lowerBound, range.upperBound + 1, dtype=T)`, where `Int` is int64.
  ///
  /// Each width has draws of its own, as in NumPy: the same range of another type gives other numbers.
  @inlinable
  public func integers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(in range: ClosedRange<T>) -> T {
    var integer: T = 0
    withUnsafeMutableBytes(of: &integer) { fill($0, in: range) }
    return integer
  }

  /// `randint(range.lowerBound, range.upperBound + 1, shape, dtype=T)`, where `Int` is int64.
  @inlinable
  public func integers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(
    in range: ClosedRange<T>, shape: [Int]
  ) -> NDArray<T> {
    NDArray(unsafeUninitializedShape: shape) { fill(UnsafeMutableRawBufferPointer($0), in: range) }
  }

  /// `randint(range.lowerBound, range.upperBound, dtype=T)`, where `Int` is int64.
  ///
  /// - Precondition: the range is not empty.
  @inlinable
  public func integers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(in range: Range<T>) -> T {
    precondition(!range.isEmpty, "there are no integers in an empty range")
    return integers(in: range.lowerBound...range.upperBound - 1)
  }

  /// `randint(range.lowerBound, range.upperBound, shape, dtype=T)`, where `Int` is int64.
  ///
  /// - Precondition: the range is not empty.
  @inlinable
  public func integers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(
    in range: Range<T>, shape: [Int]
  ) -> NDArray<T> {
    precondition(!range.isEmpty, "there are no integers in an empty range")
    return integers(in: range.lowerBound...range.upperBound - 1, shape: shape)
  }

  @inlinable
  func fill<T: FixedWidthInteger>(_ bytes: UnsafeMutableRawBufferPointer, in range: ClosedRange<T>) {
    fill(
      bytes, width: MemoryLayout<T>.size, from: UInt64(truncatingIfNeeded: range.lowerBound),
      through: UInt64(truncatingIfNeeded: range.upperBound))
  }

  @usableFromInline
  func fill(_ bytes: UnsafeMutableRawBufferPointer, width: Int, from low: UInt64, through high: UInt64) {
    engine.withLock { $0.fillIntegers(bytes, width: width, from: low, through: high) }
  }
}

extension MersenneTwister {
  fileprivate mutating func fillUniform(
    _ values: UnsafeMutableBufferPointer<Double>, low: Double, high: Double
  ) {
    let width = high - low
    precondition(width.isFinite, "the range from \(low) to \(high) is not finite")
    fillUniform(values)
    for i in values.indices { values[i] = low + width * values[i] }
  }

  fileprivate mutating func fillNormal(
    _ values: UnsafeMutableBufferPointer<Double>, mean: Double, standardDeviation: Double
  ) {
    precondition(!(standardDeviation < 0), "a standard deviation is not negative, unlike \(standardDeviation)")
    fillNormal(values)
    for i in values.indices { values[i] = mean + standardDeviation * values[i] }
  }
}

private func requireBinomial(_ trials: Int, _ probability: Double) {
  precondition(trials >= 0, "the number of trials is not negative, unlike \(trials)")
  precondition(0...1 ~= probability, "a probability is in 0...1, unlike \(probability)")
}
