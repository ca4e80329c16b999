/// Why statistics take no batch or no other statistics, or cannot be used.
public enum StatisticsError: Error, Hashable, Sendable {
  /// The axis that tells the channels apart is not one of the array's.
  case noSuchAxis(axis: Int, shape: [Int])
  /// There are as many channels, or columns, in all batches.
  case wrongChannelCount(expected: Int, found: Int)
  /// Statistics over other elements are not merged.
  case differentAxes(expected: StatisticsAxis, found: StatisticsAxis)
  /// A matrix of so many columns is too large.
  case tooManyColumns(limit: Int, found: Int)
  /// There are no statistics of nothing.
  case noElements
  /// A standard deviation to divide by is not a number above 0.
  case unusableDeviation(channel: Int, found: String)
  /// Samples are not normalized by statistics of their own.
  case channelsAreSamples
  /// There is too little memory for the matrix products of OpenBLAS.
  case noMemory(expected: Int, found: Int)
}

extension StatisticsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchAxis(let axis, let shape): "there is no axis \(axis) in an array of shape \(shape)"
    case .wrongChannelCount(let expected, let found): "an array has \(found) channels, not \(expected)"
    case .differentAxes(let expected, let found): "statistics of \(found) cannot be merged into those of \(expected)"
    case .tooManyColumns(let limit, let found): "the covariance of \(found) columns; at most \(limit) are possible"
    case .noElements: "there are no statistics of no elements"
    case .unusableDeviation(let channel, let found): "the standard deviation of channel \(channel) is \(found)"
    case .channelsAreSamples: "the first axis counts samples, not channels: each sample would be its own measure"
    case .noMemory(let expected, let found): "\(OpenBLASMemory.Lack(expected: expected, found: found))"
    }
  }
}
