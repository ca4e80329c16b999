import BatchUp
import BatchUpFiles

/// The statistics of the array in a file.
struct FileStatistics {
  let path: String
  let elementType: String
  let shape: [Int]
  let axis: StatisticsAxis
  let channels: [ChannelStatistics]

  /// Reads a file of a format that is known: a line for each.
  ///
  /// - Throws: what names the file, in one line.
  init(path: String, _ axis: StatisticsAxis) throws {
    if path.hasSuffix(".npy") {
      try self.init(npyFile: NPYFile(path: path), axis)
      return
    }
    let file: IDXFile
    do {
      file = try IDXFile(path: path)
    } catch IDXError.notIDX {
      throw ToolError(
        "\(path): is neither an .npy nor an IDX file; batchup convert makes .npy files of other formats")
    }
    try self.init(idxFile: file, axis)
  }

  private init(npyFile file: NPYFile, _ axis: StatisticsAxis) throws {
    switch file.elementType {
    case .uint8: try self.init(path: file.path, file.array(of: UInt8.self), axis)
    case .int8: try self.init(path: file.path, file.array(of: Int8.self), axis)
    case .int16: try self.init(path: file.path, file.array(of: Int16.self), axis)
    case .int32: try self.init(path: file.path, file.array(of: Int32.self), axis)
    case .float32: try self.init(path: file.path, file.array(of: Float.self), axis)
    case .float64: try self.init(path: file.path, file.array(of: Double.self), axis)
    case let type: throw ToolError("\(file.path): there are no statistics of elements of type \(type)")
    }
  }

  private init(idxFile file: IDXFile, _ axis: StatisticsAxis) throws {
    switch file.elementType {
    case .uint8: try self.init(path: file.path, file.array(of: UInt8.self), axis)
    case .int8: try self.init(path: file.path, file.array(of: Int8.self), axis)
    case .int16: try self.init(path: file.path, file.array(of: Int16.self), axis)
    case .int32: try self.init(path: file.path, file.array(of: Int32.self), axis)
    case .float32: try self.init(path: file.path, file.array(of: Float.self), axis)
    case .float64: try self.init(path: file.path, file.array(of: Double.self), axis)
    }
  }

  /// Those of an array that was read from a file.
  init<Scalar: MeasurableScalar>(path: String, _ array: NDArray<Scalar>, _ axis: StatisticsAxis) throws(ToolError) {
    self.path = path
    elementType = "\(Scalar.self)"
    shape = array.shape
    self.axis = axis
    do {
      channels = try Scalar.channelStatistics(of: array, axis)
    } catch {
      throw ToolError("\(path): \(error)")
    }
  }
}

/// Elements of files.
protocol MeasurableScalar: BitwiseCopyable, Sendable {
  static func channelStatistics(
    of array: NDArray<Self>, _ axis: StatisticsAxis
  ) throws(StatisticsError) -> [ChannelStatistics]
}

extension MeasurableScalar where Self: StatisticsScalar {
  static func channelStatistics(
    of array: NDArray<Self>, _ axis: StatisticsAxis
  ) throws(StatisticsError) -> [ChannelStatistics] {
    let statistics = try array.statistics(axis)
    return (0..<statistics.channelCount).map { statistics[$0] }
  }
}

extension MeasurableScalar where Self: BinaryInteger {
  /// As doubles, which hold them exactly, some rows at a time.
  static func channelStatistics(
    of array: NDArray<Self>, _ axis: StatisticsAxis
  ) throws(StatisticsError) -> [ChannelStatistics] {
    var statistics = Statistics<Double>(axis)
    let rowCount = Swift.max(1, (1 << 20) / Swift.max(1, array.rowLength))
    for first in stride(from: 0, to: array.sampleCount, by: rowCount) {
      // A single number has no rows.
      let rows = array.rank == 0 ? array : array[rows: first..<Swift.min(first + rowCount, array.sampleCount)]
      try statistics.add(rows.map { Double($0) })
    }
    guard (0..<statistics.channelCount).contains(where: { statistics[$0].count > 0 }) else { throw .noElements }
    return (0..<statistics.channelCount).map { statistics[$0] }
  }
}

extension Float: MeasurableScalar {}
extension Double: MeasurableScalar {}
extension Int8: MeasurableScalar {}
extension Int16: MeasurableScalar {}
extension Int32: MeasurableScalar {}

extension UInt8: MeasurableScalar {
  // Said, as bytes are integers too.
  static func channelStatistics(
    of array: NDArray<UInt8>, _ axis: StatisticsAxis
  ) throws(StatisticsError) -> [ChannelStatistics] {
    let statistics = try array.statistics(axis)
    return (0..<statistics.channelCount).map { statistics[$0] }
  }
}
