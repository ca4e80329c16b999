/// What may be wrong with a file of any format: the errors of all formats have it in common, as their case `file`.
public enum FileFailure: Error, Hashable, Sendable {
  /// The file cannot be opened; `reason` is what the system says.
  case cannotOpen(path: String, reason: String)
  /// The file is open, but reading from it fails; `reason` is what the system says.
  case cannotRead(path: String, reason: String)
  /// The file cannot be made, written or renamed; `reason` is what the system says.
  case cannotWrite(path: String, reason: String)
  /// There is a pipe or a device at the path.
  case notRegularFile(path: String)
}

extension FileFailure: CustomStringConvertible {
  /// The file, what is wrong with it and what to do, in one line.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    case .notRegularFile(let path): "\(path): is not a regular file; copy its contents to one, or name another"
    }
  }
}

/// What is wrong with what is in a file, in words that go on a sentence about the file or a part of it.
public struct FileDefect: Error, Hashable, Sendable, CustomStringConvertible, ExpressibleByStringInterpolation {
  public let description: String

  public init(stringLiteral description: String) { self.description = description }
}

/// The errors of one format.
package protocol FileError: Error {
  static func file(_ failure: FileFailure) -> Self
}

extension FileError {
  package static func cannotOpen(path: String, reason: String) -> Self { file(.cannotOpen(path: path, reason: reason)) }
  package static func cannotRead(path: String, reason: String) -> Self { file(.cannotRead(path: path, reason: reason)) }
  package static func cannotWrite(path: String, reason: String) -> Self {
    file(.cannotWrite(path: path, reason: reason))
  }
  package static func notRegularFile(path: String) -> Self { file(.notRegularFile(path: path)) }
}
