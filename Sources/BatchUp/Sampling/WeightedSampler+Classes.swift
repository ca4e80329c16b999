extension WeightedSampler {
  /// Draws samples such that each class that is present comes equally often: with `balancingWeights(forClasses:)`.
  ///
  /// - Parameters:
  ///   - classes: The class of each sample, along one axis.
  ///   - indices: Where given, only these samples are drawn and counted; `classes` are still those of all samples.
  ///   - replacing: Whether a sample that has been drawn may be drawn again.
  ///   - count: The number of draws in an epoch; nil for no end, or, without replacement, for each sample once.
  /// - Throws: `WeightsError` where there is no sample, or not a class for each index.
  /// - Precondition: `count` is not negative.
  @inlinable
  public init<Class: BinaryInteger, Indices: Sequence<Int>>(
    balancingClasses classes: NDArray<Class>, over indices: Indices? = nil as [Int]?, replacing: Bool = true,
    count: Int? = nil
  ) throws(WeightsError) {
    guard classes.rank == 1 else { throw .notAList(shape: classes.shape) }
    try self.init(balancingClasses: classes.scalars, over: indices, replacing: replacing, count: count)
  }

  /// As with classes in an `NDArray`.
  @inlinable
  public init<Indices: Sequence<Int>>(
    balancingClasses classes: some Collection<some BinaryInteger>, over indices: Indices? = nil as [Int]?,
    replacing: Bool = true, count: Int? = nil
  ) throws(WeightsError) {
    try self.init(
      balancing: words(classes), over: indices.map { BatchIndices($0) }, replacing: replacing, count: count)
  }

  @usableFromInline
  init(balancing classes: [Int], over indices: BatchIndices?, replacing: Bool, count: Int?) throws(WeightsError) {
    let present = try indices.map { indices throws(WeightsError) in try classes.chosen(indices) } ?? classes
    try self.init(
      NDArray(inverseClassSizes(present)), over: indices, of: classes.count, replacing: replacing, count: count)
  }

  /// The weights of samples with which each class is drawn equally often: 1 / (size of the class * number of classes
  /// present). They add up to 1, up to rounding.
  ///
  /// Python BatchUp's `class_balancing_sample_weights`, bit for bit; classes may also be negative here.
  @inlinable
  public static func balancingWeights(forClasses classes: NDArray<some BinaryInteger>) -> [Double] {
    balancingWeights(forClasses: classes.scalars)
  }

  /// As with classes in an `NDArray`.
  @inlinable
  public static func balancingWeights(forClasses classes: some Collection<some BinaryInteger>) -> [Double] {
    inverseClassSizes(words(classes))
  }
}

@inlinable
func words(_ classes: some Collection<some BinaryInteger>) -> [Int] {
  classes.map { Int(truncatingIfNeeded: $0) }
}

@usableFromInline
func inverseClassSizes(_ classes: [Int]) -> [Double] {
  let sizes = classes.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  let weights = sizes.mapValues { 1 / (Double($0) * Double(sizes.count)) }
  return classes.map { weights[$0, default: 0] }
}

extension [Int] {
  /// The classes of the samples at `indices`.
  fileprivate func chosen(_ samples: BatchIndices) throws(WeightsError) -> [Int] {
    for (position, index) in samples.enumerated() where !indices.contains(index) {
      throw .indexWithoutClass(position: position, index: index, classCount: count)
    }
    return samples.map { self[$0] }
  }
}
