/// Which elements of an array are put together in statistics.
public enum StatisticsAxis: Hashable, Sendable, Codable {
  /// All of them.
  case overall
  /// Those in the same place of each sample: statistics for each element of a row.
  case perColumn
  /// Those with the same index along an axis; of images of shape (samples, channels, height, width), 1.
  case perChannel(axis: Int)
}

extension StatisticsAxis {
  /// How an array of a shape is seen.
  func view(of shape: [Int]) throws(StatisticsError) -> ChannelView {
    let count = shape.reduce(1, *)
    switch self {
    case .overall:
      return ChannelView(outerCount: 1, channelCount: 1, innerCount: count)
    case .perColumn:
      guard let sampleCount = shape.first else { throw .noSuchAxis(axis: 0, shape: shape) }
      return ChannelView(outerCount: sampleCount, channelCount: shape.dropFirst().reduce(1, *), innerCount: 1)
    case .perChannel(let axis):
      guard shape.indices.contains(axis) else { throw .noSuchAxis(axis: axis, shape: shape) }
      return ChannelView(
        outerCount: shape[..<axis].reduce(1, *), channelCount: shape[axis],
        innerCount: shape[(axis + 1)...].reduce(1, *))
    }
  }
}

extension StatisticsAxis: CustomStringConvertible {
  public var description: String {
    switch self {
    case .overall: "all elements"
    case .perColumn: "each column"
    case .perChannel(let axis): "each index of axis \(axis)"
    }
  }
}
