import BatchUp
import BatchUpSystem
import Foundation

/// Where a file or folder can be made, which goes with its last holder, or with the process that is told to end.
final class TemporaryPlace {
  let path: String

  init(suffix: String = "") {
    let path = FileManager.default.temporaryDirectory.appending(path: "batchup-bench-\(UUID())\(suffix)").path
    self.path = path
    Leftovers.withLock { $0[path] = { Self.remove(path) } }
  }

  deinit {
    Leftovers.withLock { [path] leftovers in
      Self.remove(path)
      leftovers[path] = nil
    }
  }

  private static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
