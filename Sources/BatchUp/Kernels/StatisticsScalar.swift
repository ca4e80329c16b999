internal import CBatchKernels

/// The elements that statistics are computed from: `Float`, `Double` and `UInt8`, and no other type.
public protocol StatisticsScalar: BitwiseCopyable, Sendable {
  /// What reads them; only this package can make one.
  static var statisticsKernels: StatisticsKernels<Self> { get }
}

/// What the statistics of one type of elements are made from.
public struct StatisticsKernels<Scalar>: Sendable {
  fileprivate let addMoments:
    @Sendable (
      UnsafePointer<Scalar>?, UnsafeMutablePointer<cbk_moments>?, _ outer: Int, _ channels: Int, _ inner: Int
    ) -> Void
  fileprivate var areOfBytes = false

  /// Merges the elements of channel c of `view` into `moments[c]`.
  func add(_ values: UnsafeBufferPointer<Scalar>, _ moments: inout [ChannelMoments], _ view: ChannelView) {
    moments.withKernelMoments {
      addMoments(values.baseAddress, $0, view.outerCount, view.channelCount, view.innerCount)
    }
  }

  /// Merges moments channel by channel.
  func merge(_ others: [ChannelMoments], _ moments: inout [ChannelMoments]) {
    var others = others
    let count = others.count
    others.withKernelMoments { others in
      moments.withKernelMoments { cbk_merge_moments(others, $0, count, areOfBytes) }
    }
  }

  /// The mean of the squares of the deviations from the mean, of a channel that is not empty, in squares of its unit.
  func variance(_ moments: ChannelMoments) -> Double {
    areOfBytes ? byteVariance(moments) : moments.variance
  }
}

/// An array as outer x channels x inner elements, the last fastest.
struct ChannelView: Equatable {
  let outerCount: Int
  let channelCount: Int
  let innerCount: Int
}

/// What is known of the elements of a channel; laid out as the kernels' `cbk_moments`.
struct ChannelMoments: Hashable, Sendable {
  var count = 0.0
  /// A number near some elements; of bytes, 0.
  var shift = 0.0
  /// Of the differences to the shift, as the sum of two numbers; so are the squares.
  var sum = 0.0
  var sumRest = 0.0
  var squares = 0.0
  var squaresRest = 0.0
  var minimum = 0.0
  var maximum = 0.0
}

extension ChannelMoments {
  /// A power of two in which shift and sums are counted, and by whose square the squares are.
  var unit: Double {
    var moments = [self]
    var exponent: Int32 = 0
    moments.withKernelMoments { if let start = $0 { exponent = cbk_moments_exponent(start) } }
    return Double(sign: .plus, exponent: Int(exponent), significand: 1)
  }

  /// In units, of a channel that is not empty.
  var mean: Double {
    guard sum.isFinite else { return sum }
    let offset = DoubleDouble(sum, sumRest).divided(by: count)
    return (DoubleDouble(sum: shift, offset.high) + DoubleDouble(offset.low, 0)).high
  }

  /// (Q - S^2 / n) / n, in which the digits that cancel out are spare ones.
  fileprivate var variance: Double {
    let sum = DoubleDouble(sum, sumRest)
    let correction = (sum * sum).divided(by: count)
    let deviations = DoubleDouble(squares, squaresRest) + DoubleDouble(-correction.high, -correction.low)
    return max(deviations.high, 0) / count
  }
}

extension Float: StatisticsScalar {
  public static var statisticsKernels: StatisticsKernels<Float> {
    StatisticsKernels(addMoments: cbk_add_moments_f32)
  }
}

extension Double: StatisticsScalar {
  public static var statisticsKernels: StatisticsKernels<Double> {
    StatisticsKernels(addMoments: cbk_add_moments_f64)
  }
}

extension UInt8: StatisticsScalar {
  public static var statisticsKernels: StatisticsKernels<UInt8> {
    StatisticsKernels(addMoments: cbk_add_moments_u8, areOfBytes: true)
  }
}

/// (n Q - S^2) / n^2 in integers, of which only the quotient is rounded.
private func byteVariance(_ moments: ChannelMoments) -> Double {
  guard let count = UInt128(exactly: moments.count), let sum = UInt128(exactly: moments.sum),
    let squares = UInt128(exactly: moments.squares), max(count, sum, squares) < 1 << 63, count * squares >= sum * sum
  else { return .nan }
  return Double(count * squares - sum * sum) / moments.count / moments.count
}

extension [ChannelMoments] {
  /// The same five numbers in the same order, so that the layouts are the same.
  fileprivate mutating func withKernelMoments(_ body: (UnsafeMutablePointer<cbk_moments>?) -> Void) {
    withUnsafeMutableBytes { body($0.baseAddress?.assumingMemoryBound(to: cbk_moments.self)) }
  }
}
