import Foundation

/// A folder of a test's own, removed with its last holder.
public final class FileFolder: Sendable {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "BatchUpTests-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  public func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

  /// Writes a file, over one of the same name, and returns its path.
  @discardableResult
  public func write(_ bytes: [UInt8], name: String = "file.npy") throws -> String {
    let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    if count != bytes.count { throw POSIXError(.EIO) }
    return path(name)
  }

  /// Not by Foundation, which leaks where it reads empty files.
  public func bytes(_ name: String = "file.npy") throws -> [UInt8] {
    let descriptor = open(path(name), O_RDONLY)
    if descriptor < 0 { throw POSIXError(.ENOENT) }
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    if status.st_size == 0 { return [] }
    return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      count = max(read(descriptor, buffer.baseAddress, buffer.count), 0)
    }
  }

  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}
