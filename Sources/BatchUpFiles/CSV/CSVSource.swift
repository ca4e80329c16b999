import BatchUp
import BatchUpSystem

/// The open file, plain or compressed with gzip; closed with the last copy of the value.
struct CSVSource: Sendable {
  private let file: ReadableFile
  let fieldByteLimit: Int

  init(path: String, fieldByteLimit: Int) throws(CSVError) {
    file = try CSVError.opened(path)
    self.fieldByteLimit = fieldByteLimit
  }

  var path: String { file.path }

  /// The bytes from the start on.
  func reader() throws(CSVError) -> InflatingReader<CSVError> {
    let byteCount = try CSVError.byteCount(of: file)
    return try InflatingReader(of: file, byteCount: byteCount) { [path] cause in
      switch cause {
      case .cannotRead(let reason): .cannotRead(path: path, reason: reason)
      case .truncated: .truncatedGzip(path: path, found: byteCount)
      case .damaged(let reason): .damagedGzip(path: path, reason: reason)
      }
    }
  }
}
