import BatchUp
import BatchUpFiles
import BatchUpSystem

/// Why a command fails: the file or the option, what is wrong with it, and what to do, in one line.
struct ToolError: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension ToolError: FileReadingError, FileWritingError {
  static func cannotOpen(path: String, reason: String) -> Self { Self("\(path): cannot be opened: \(reason)") }
  static func cannotRead(path: String, reason: String) -> Self { Self("\(path): cannot be read: \(reason)") }
  static func cannotWrite(path: String, reason: String) -> Self { Self("\(path): cannot be written: \(reason)") }
  static func notRegularFile(path: String) -> Self { cannotRead(path: path, reason: "it is not a regular file") }
}
