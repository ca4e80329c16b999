import BatchUpSystem

/// Why a file cannot be mapped as an array, or rows of it cannot be had.
public enum MappedArrayError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The system does not map the file; `reason` is what it says.
  case cannotMap(path: String, reason: String)
  /// The array would end at byte `expected` of a file that has `found`.
  case tooShort(path: String, expected: Int, found: Int)
  /// The file has been made shorter since it was opened: from `expected` bytes or more to `found`.
  case shrunk(path: String, expected: Int, found: Int)
  /// The lengths of the axes that are not 0, times the size of an element, exceed `Int.max`.
  case overflowingShape(path: String, shape: [Int], elementType: NPYElementType)
  /// The elements cannot be used where they are; `reason` says why.
  case notUsableInPlace(path: String, reason: String)
}

extension MappedArrayError: FileError, FileReadingError {}

extension MappedArrayError: CustomStringConvertible {
  /// The file, what is wrong with it and what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .cannotMap(let path, let reason): "\(path): cannot be mapped: \(reason)"
    case .tooShort(let path, let expected, let found):
      "\(path): has \(found) bytes, and the array would end at byte \(expected); write or copy it again"
    case .shrunk(let path, let expected, let found):
      "\(path): was made shorter while in use, from \(expected) bytes to \(found); open it again once it is whole"
    case .overflowingShape(let path, let shape, let elementType):
      "\(path): \(brief(shape)) elements of type \(elementType) are more than \(Int.max) bytes"
    case .notUsableInPlace(let path, let reason):
      "\(path): cannot be used without a copy: \(reason); take batches of it, or read it into memory"
    }
  }
}
