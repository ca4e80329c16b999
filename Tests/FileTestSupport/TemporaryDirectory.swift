import Foundation

/// A directory of a test's own, removed with its last holder.
public final class TemporaryDirectory: Sendable {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "BatchUpTests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  public func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  /// Writes a file, over one of the same name, and returns its path.
  public func write(_ bytes: [UInt8], name: String = "file") throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  public func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appending(path: name))) }

  /// The names of the files.
  public func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path("")).sorted() }
}
