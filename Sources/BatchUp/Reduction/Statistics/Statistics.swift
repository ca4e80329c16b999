/// Count, mean, standard deviation, least and largest element of each channel, accumulated batch by batch in one pass.
///
/// ```swift
/// let statistics = try source.batches(of: 256).statistics(.perChannel(axis: 1))
/// print(statistics.means, statistics.standardDeviations)
/// ```
///
/// Those of bytes are exact up to the last rounding, whatever the batches and the order of merging (up to 1.3e11 bytes
/// of a channel). Those of numbers are of differences to one of the first elements, added up with twice the digits of
/// Float64 from sums of 16 at a time. Mean and standard deviation are, as a rule, within 2 units in the last place of
/// their values: however many elements there are, one by one or in blocks, near 0 or far from it, from the least numbers
/// to the largest. A mean that is small beside the standard deviation s is within some 2^-53 s. What is left depends on
/// the batch size and the order of merging, but on neither the number of workers nor the instruction set.
///
/// A NaN makes all results of its channel NaN; an infinity makes the mean that infinity, and the deviation NaN.
public struct Statistics<Scalar: StatisticsScalar>: Sendable, Equatable {
  /// Which elements are put together.
  public let axis: StatisticsAxis
  /// How many samples there were.
  @CheckedCount public private(set) var sampleCount = 0
  /// Empty before the first batch.
  private(set) var moments: [ChannelMoments] = []

  /// Statistics of nothing yet.
  public init(_ axis: StatisticsAxis = .overall) {
    self.axis = axis
  }

  /// The number of channels; 0 before the first batch.
  public var channelCount: Int { moments.count }

  /// Adds a batch, whose first axis counts samples.
  ///
  /// - Throws: `StatisticsError`; nothing is added then.
  public mutating func add(_ batch: NDArray<Scalar>) throws(StatisticsError) {
    let view = try axis.view(of: batch.shape)
    try requireChannels(view.channelCount)
    batch.withUnsafeBufferPointer { Scalar.statisticsKernels.add($0, &moments, view) }
    sampleCount += batch.sampleCount
  }

  /// Adds what others have accumulated.
  ///
  /// - Throws: `StatisticsError`; nothing is added then.
  public mutating func merge(_ other: Statistics) throws(StatisticsError) {
    guard axis == other.axis else { throw .differentAxes(expected: axis, found: other.axis) }
    if !other.moments.isEmpty {
      try requireChannels(other.channelCount)
      Scalar.statisticsKernels.merge(other.moments, &moments)
    }
    sampleCount += other.sampleCount
  }

  private mutating func requireChannels(_ count: Int) throws(StatisticsError) {
    if moments.isEmpty { moments = Array(repeating: ChannelMoments(), count: count) }
    guard moments.count == count else { throw .wrongChannelCount(expected: moments.count, found: count) }
  }
}

extension Statistics {
  /// Those of one channel.
  public subscript(channel: Int) -> ChannelStatistics {
    ChannelStatistics(moments[channel], variance: Scalar.statisticsKernels.variance)
  }

  /// The mean of each channel; NaN without elements.
  public var means: [Double] { moments.indices.map { self[$0].mean } }

  /// The population standard deviation of each channel; NaN without elements.
  public var standardDeviations: [Double] { moments.indices.map { self[$0].standardDeviation } }

  /// The least element of each channel; NaN without elements.
  public var minima: [Double] { moments.indices.map { self[$0].minimum } }

  /// The largest element of each channel; NaN without elements.
  public var maxima: [Double] { moments.indices.map { self[$0].maximum } }

  var hasElements: Bool { moments.contains { $0.count > 0 } }
}

/// The statistics of one channel.
public struct ChannelStatistics: Sendable, Hashable {
  /// The number of elements.
  public let count: Int
  /// NaN where there are no elements, as all that follows.
  public let mean: Double
  /// The least element.
  public let minimum: Double
  /// The largest element.
  public let maximum: Double
  private let varianceInUnits: Double
  private let unit: Double

  init(_ moments: ChannelMoments, variance: (ChannelMoments) -> Double) {
    count = Int(moments.count)
    guard count > 0 else {
      (mean, varianceInUnits, minimum, maximum, unit) = (.nan, .nan, .nan, .nan, 1)
      return
    }
    minimum = moments.minimum
    maximum = moments.maximum
    unit = moments.unit
    // Equal elements deviate by nothing, where a rounded mean might.
    let isConstant = minimum == maximum && minimum.isFinite
    mean = isConstant ? minimum : moments.mean * unit
    varianceInUnits = isConstant ? 0 : variance(moments)
  }

  /// The mean of the squared deviations from the mean, of the population: with the divisor `count`. Infinite, or 0, where
  /// it is too large, or too small, for a Double; the standard deviation is not.
  public var variance: Double { varianceInUnits * unit * unit }

  /// The square root of the variance: of the population (divisor `count`, NumPy's `std`).
  public var standardDeviation: Double { varianceInUnits.squareRoot() * unit }

  /// The estimate from a sample (divisor `count - 1`); NaN of a single element.
  public var sampleStandardDeviation: Double {
    count > 1 ? (varianceInUnits * (Double(count) / Double(count - 1))).squareRoot() * unit : .nan
  }
}

extension Statistics: CustomStringConvertible {
  /// A line for each channel.
  public var description: String {
    (["\(sampleCount) samples, \(axis)"] + moments.indices.map { "\($0): \(self[$0])" }).joined(separator: "\n")
  }
}

extension ChannelStatistics: CustomStringConvertible {
  /// All results in one line.
  public var description: String {
    "mean \(mean), standard deviation \(standardDeviation), \(minimum) to \(maximum), \(count) elements"
  }
}

extension ChannelMoments: Codable {
  // As bits, since JSON knows neither NaN nor infinity.
  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    func number() throws -> Double { Double(bitPattern: try container.decode(UInt64.self)) }
    self.init(
      count: try number(), shift: try number(), sum: try number(), sumRest: try number(), squares: try number(),
      squaresRest: try number(), minimum: try number(), maximum: try number())
    guard (0...Double(CheckedCount.limit)).contains(count) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a count of \(count)")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for number in [count, shift, sum, sumRest, squares, squaresRest, minimum, maximum] {
      try container.encode(number.bitPattern)
    }
  }
}

extension Statistics: Codable {}
