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
      let file = try NPYFile(path: path)
      try self.init(file, of: Self.scalar(file.elementType, in: path), axis)
      return
    }
    let file: IDXFile
    do {
      file = try IDXFile(path: path)
    } catch IDXError.notIDX {
      throw ToolError(
        "\(path): is neither an .npy nor an IDX file; batchup convert makes .npy files of other formats")
    }
    try self.init(file, of: Self.scalar(file.elementType.scalarType.npyElementType, in: path), axis)
  }

  private static func scalar(_ elements: NPYElementType, in path: String) throws -> any MeasurableScalar.Type {
    let types: [any MeasurableScalar.Type] = [
      UInt8.self, Int8.self, Int16.self, Int32.self, Float.self, Double.self,
    ]
    guard let type = types.first(where: { $0.npyElementType == elements }) else {
      throw ToolError("\(path): there are no statistics of elements of type \(elements)")
    }
    return type
  }

  private init<Scalar: MeasurableScalar>(_ file: NPYFile, of: Scalar.Type, _ axis: StatisticsAxis) throws {
    try self.init(path: file.path, file.array(of: Scalar.self), axis)
  }

  private init<Scalar: MeasurableScalar>(_ file: IDXFile, of: Scalar.Type, _ axis: StatisticsAxis) throws {
    try self.init(path: file.path, file.array(of: Scalar.self), axis)
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
protocol MeasurableScalar: IDXScalar {
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

extension MeasurableScalar where Self: SignedInteger {
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
extension UInt8: MeasurableScalar {}
