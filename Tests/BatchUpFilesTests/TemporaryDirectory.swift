import Foundation

/// A directory of a test's own, removed with its last holder.
final class TemporaryDirectory: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "BatchUpFilesTests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  /// Writes a file, over one of the same name, and returns its path.
  func write(_ bytes: [UInt8], name: String = "file") throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }
}
