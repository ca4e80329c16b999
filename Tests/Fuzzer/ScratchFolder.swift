import BatchUpSystem

/// A folder for the files that parsers read and write; in memory where that can be, since writers wait for the disk.
final class ScratchFolder: Sendable {
  private let path: String

  init() throws {
    let parent = environmentVariable("BATCHUP_FUZZ_FOLDER") ?? (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
    var template = Array("\(parent)/batchup-fuzz-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw Contradiction(description: "no folder can be made in \(parent)") }
    self.path = String(cString: path)
  }

  deinit {
    for name in ["input", "output", "output.partial"] { unlink(self.path(name)) }
    rmdir(path)
  }

  func path(_ name: String) -> String { "\(path)/\(name)" }

  /// A new file with these bytes; its path.
  func write(_ bytes: [UInt8], as name: String = "input") throws -> String {
    let path = path(name)
    guard let file = fopen(path, "w") else { throw Contradiction(description: "\(path) cannot be written") }
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else {
      throw Contradiction(description: "\(path) cannot be written")
    }
    return path
  }
}

func environmentVariable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
