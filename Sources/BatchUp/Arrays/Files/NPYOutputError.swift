/// Why an array cannot be written to a file piece by piece.
public enum NPYOutputError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The array would have more than `Int.max` bytes.
  case overflowingShape(path: String, shape: [Int], elementType: NPYElementType)
  /// The rows that were to be written have another shape than those of the file.
  case wrongRowShape(path: String, expected: [Int], found: [Int])
  /// The rows that were to be written are not all in `0..<rowCount`.
  case rowsOutside(path: String, rows: Range<Int>, rowCount: Int)
  /// Some of the rows have been written before.
  case rowsWrittenTwice(path: String, rows: Range<Int>)
  /// The file was to be finished after `found` of its `expected` rows.
  case incomplete(path: String, expected: Int, found: Int)
  /// Another process, or another output of this one, is at work on the partial file.
  case locked(path: String)
  /// The partial file is one of another array or another computation.
  case otherPartialFile(path: String, expected: Identity, found: Identity)
  /// What is at the partial file's place was not left by an output; `reason` says what is wrong with it.
  case damagedPartialFile(path: String, reason: String)

  /// What a partial file will be.
  public struct Identity: Hashable, Sendable {
    /// The type of the elements.
    public let elementType: NPYElementType
    /// The lengths of the axes of the whole array.
    public let shape: [Int]
    /// The numbers that the results depend on, as the output was given them.
    public let fingerprint: [UInt64]

    /// The identity of a file of that type and shape, and of what its results depend on.
    public init(elementType: NPYElementType, shape: [Int], fingerprint: [UInt64]) {
      self.elementType = elementType
      self.shape = shape
      self.fingerprint = fingerprint
    }
  }
}

extension NPYOutputError: FileError {}

extension NPYOutputError: CustomStringConvertible {
  /// The file, what is wrong and what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .overflowingShape(let path, let shape, let elementType):
      "\(path): \(brief(shape)) elements of type \(elementType) are more than \(Int.max) bytes"
    case .wrongRowShape(let path, let expected, let found):
      "\(path): a row to be written has shape \(found), and those of the file have \(expected)"
    case .rowsOutside(let path, let rows, let rowCount):
      "\(path): rows \(rows) were to be written to a file with \(rowCount); the batch has too many"
    case .rowsWrittenTwice(let path, let rows): "\(path): some of the rows \(rows) have been written before"
    case .incomplete(let path, let expected, let found):
      "\(path): has only \(found) of its \(expected) rows; write the others before it is finished"
    case .locked(let path): "\(path): another process is writing it; wait for its end, or name another file"
    case .otherPartialFile(let path, let expected, let found):
      "\(path): was left by another run: it has \(found), not \(expected); delete it to start anew"
    case .damagedPartialFile(let path, let reason): "\(path): \(reason); delete it to start anew"
    }
  }
}

extension NPYOutputError.Identity: CustomStringConvertible {
  public var description: String {
    let numbers = fingerprint.map { String($0, radix: 16) }.joined(separator: " ")
    return "\(brief(shape)) elements of type \(elementType) and fingerprint [\(numbers)]"
  }
}
