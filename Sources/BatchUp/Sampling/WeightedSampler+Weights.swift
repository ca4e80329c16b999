extension WeightedSampler {
  /// Draws sample k with a probability proportional to weight k.
  ///
  /// - Parameters:
  ///   - weights: One for each sample, finite and not negative, of any scale, along one axis. Float32 and Float64 are
  ///     not copied; other types become Float64.
  ///   - indices: Where given, weight k belongs to sample `indices[k]` instead. An index that the data does not have is
  ///     reported when the source is made.
  ///   - replacing: Whether a sample that has been drawn may be drawn again.
  ///   - count: The number of draws in an epoch; nil for no end, or, without replacement, all samples whose weight is
  ///     above 0.
  /// - Throws: `WeightsError` where the weights cannot be used, naming the first that is to blame.
  /// - Precondition: `count` is not negative.
  public init<Weight: BinaryFloatingPoint, Indices: Sequence<Int>>(
    weights: NDArray<Weight>, over indices: Indices? = nil as [Int]?, replacing: Bool = true, count: Int? = nil
  ) throws(WeightsError) {
    let indices = indices.map { BatchIndices($0) }
    if let floats = weights as? NDArray<Float> {
      try self.init(floats, over: indices, replacing: replacing, count: count)
    } else {
      let doubles = weights as? NDArray<Double> ?? weights.map(Double.init)
      try self.init(doubles, over: indices, replacing: replacing, count: count)
    }
  }

  /// As with weights in an `NDArray`.
  public init<Weight: BinaryFloatingPoint & BitwiseCopyable & Sendable, Indices: Sequence<Int>>(
    weights: some Sequence<Weight>, over indices: Indices? = nil as [Int]?, replacing: Bool = true, count: Int? = nil
  ) throws(WeightsError) {
    try self.init(weights: NDArray(Array(weights)), over: indices, replacing: replacing, count: count)
  }

  /// As with floating-point numbers, but that sums of up to 2^32 give exact probabilities. A copy is kept. Where a weight
  /// is above 2^64 - 1, all become Float64.
  @inlinable
  public init<Weight: BinaryInteger, Indices: Sequence<Int>>(
    weights: NDArray<Weight>, over indices: Indices? = nil as [Int]?, replacing: Bool = true, count: Int? = nil
  ) throws(WeightsError) {
    if let words = try nonNegative(weights) {
      try self.init(integers: words, over: indices.map { BatchIndices($0) }, replacing: replacing, count: count)
    } else {
      try self.init(weights: weights.map { Double($0) }, over: indices, replacing: replacing, count: count)
    }
  }

  /// As with weights in an `NDArray`.
  @inlinable
  public init<Weight: BinaryInteger & BitwiseCopyable & Sendable, Indices: Sequence<Int>>(
    weights: some Sequence<Weight>, over indices: Indices? = nil as [Int]?, replacing: Bool = true, count: Int? = nil
  ) throws(WeightsError) {
    try self.init(weights: NDArray(Array(weights)), over: indices, replacing: replacing, count: count)
  }

  @usableFromInline
  init(integers: NDArray<UInt64>, over indices: BatchIndices?, replacing: Bool, count: Int?) throws(WeightsError) {
    try self.init(integers, over: indices, replacing: replacing, count: count)
  }
}

/// Nil where one does not fit.
@inlinable
func nonNegative<Weight: BinaryInteger>(_ weights: NDArray<Weight>) throws(WeightsError) -> NDArray<UInt64>? {
  var position = 0
  var fits = true
  let words = try weights.map { weight throws(WeightsError) in
    guard weight >= 0 else { throw .negative(position: position, value: Double(weight)) }
    position += 1
    fits = fits && weight <= UInt64.max
    return UInt64(truncatingIfNeeded: weight)
  }
  return fits ? words : nil
}
