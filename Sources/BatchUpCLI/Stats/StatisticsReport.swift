import BatchUp

extension FileStatistics {
  /// A heading, and a table with a line for each channel, or several where that would be too wide.
  func lines(width: Int?) -> [String] {
    let heading = ["channel", "count", "mean", "deviation", "minimum", "maximum"]
    let rows = channels.enumerated().map { number, channel in
      [
        axis == .overall ? "all" : "\(number)", channel.count.grouped, channel.mean.inFloatPrecision,
        channel.standardDeviation.inFloatPrecision, channel.minimum.inFloatPrecision,
        channel.maximum.inFloatPrecision,
      ]
    }
    let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
    var table = ([heading] + rows).map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
    }
    if let width, table.contains(where: { $0.count > width }) {
      table = rows.flatMap { row in FieldLine(fields: zip(heading, row).map { "\($0) \($1)" }).lines(width: width) }
    }
    return ["\(path): \(elementType), shape \(shape), statistics of \(axis)"] + table
  }
}

extension Double {
  /// As few digits as tell a Float32 from its neighbours; all that are needed where it is beyond those.
  fileprivate var inFloatPrecision: String {
    let float = Float(self)
    return (float.isNormal || self == 0 || !isFinite) && (float.isFinite || !isFinite) ? "\(float)" : "\(self)"
  }
}

/// The statistics of all files, for programs.
struct StatisticsReport: CommandReport {
  let files: [FileStatistics]
}

extension FileStatistics: Encodable {
  private enum CodingKeys: CodingKey {
    case path, elementType, shape, axis, channelAxis, channels
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
    try container.encode(elementType, forKey: .elementType)
    try container.encode(shape, forKey: .shape)
    switch axis {
    case .overall: try container.encode("overall", forKey: .axis)
    case .perColumn: try container.encode("per_column", forKey: .axis)
    case .perChannel: try container.encode("per_channel", forKey: .axis)
    }
    var channelAxis: Int?
    if case .perChannel(let axis) = axis { channelAxis = axis }
    try container.encode(channelAxis, forKey: .channelAxis)
    try container.encode(channels.map(ChannelReport.init), forKey: .channels)
  }
}

private struct ChannelReport: Encodable {
  let statistics: ChannelStatistics

  private enum CodingKeys: CodingKey {
    case count, mean, standardDeviation, minimum, maximum
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
    try container.encode(statistics.count, forKey: .count)
    try container.encode(finite(statistics.mean), forKey: .mean)
    try container.encode(finite(statistics.standardDeviation), forKey: .standardDeviation)
    try container.encode(finite(statistics.minimum), forKey: .minimum)
    try container.encode(finite(statistics.maximum), forKey: .maximum)
  }
}
