import BatchUp

/// Why a safetensors file cannot be read or written.
public enum SafetensorsError: Error, Hashable, Sendable {
  /// The file cannot be opened; `reason` is what the system says.
  case cannotOpen(path: String, reason: String)
  /// The file is open, but reading from it fails; `reason` is what the system says.
  case cannotRead(path: String, reason: String)
  /// There is a pipe or a device at the path.
  case notRegularFile(path: String)
  /// The file ends in its header, or in the eight bytes with the header's length; these are counted.
  case truncatedHeader(path: String, expected: Int, found: Int)
  /// The header is said to have more bytes than any may have. A writer may be asked for such a header, too.
  case headerTooLarge(path: String, limit: Int, found: UInt64)
  /// The header is not what the format says.
  case invalidHeader(path: String, defect: HeaderDefect)
  /// What the header says about a tensor is not what the format says.
  case invalidTensor(path: String, tensor: String, defect: TensorDefect)
  /// The tensors take `expected` bytes, and behind the header are `found`.
  case wrongDataByteCount(path: String, expected: Int, found: Int)
  /// The file has no tensor of that name.
  case noTensor(path: String, tensor: String)
  /// The elements are of another type than asked for; nothing is converted.
  case wrongElementType(
    path: String, tensor: String, expected: SafetensorsElementType, found: SafetensorsElementType)
  /// An element of type BOOL, counted from 0, is neither 0 nor 1.
  case notBool(path: String, tensor: String, position: Int, found: UInt8)
  /// The operating system does not grant the memory for the tensor.
  case notEnoughMemory(path: String, tensor: String, expected: Int)
  /// The file cannot be made, written or renamed; `reason` is what the system says.
  case cannotWrite(path: String, reason: String)
  /// Two tensors to be written have the same name.
  case duplicateTensor(path: String, tensor: String)
  /// A tensor to be written has the name that the format keeps for the metadata.
  case reservedName(path: String, tensor: String)

  /// What is wrong with the header.
  public enum HeaderDefect: Hashable, Sendable {
    /// The header is not in UTF-8.
    case notUTF8
    /// The first byte is not that of a JSON object; nil where there is none.
    case notObject(found: UInt8?)
    /// The header is no JSON, or has a number that is not whole or beyond `Int`.
    case notJSON
    /// Two members of the header, the metadata or a tensor have the same name, by Unicode's canonical equivalence.
    case duplicateNames
    /// Something is missing in the object at `location`, or is not what the format says.
    case unexpectedValue(location: String)
  }

  /// What is wrong with what the header says about a tensor.
  public enum TensorDefect: Hashable, Sendable {
    /// An axis has a negative length.
    case negativeLength(shape: [Int])
    /// The lengths of the axes that are not 0, times the size of an element in bits, exceed `Int.max`.
    case overflowingShape([Int])
    /// There are not two offsets, the first of them not after the second.
    case invalidOffsets([Int])
    /// The data are to begin where those of the tensor before end.
    case misplacedData(expected: Int, found: Int)
    /// By the shape and the element type there are `expected` bytes, by the offsets `found`.
    case wrongByteCount(expected: Int, found: Int)
    /// The elements, so many bits, do not fill whole bytes.
    case partialByte(bitCount: Int)
  }
}

extension SafetensorsError: FileReadingError, FileWritingError {}

extension SafetensorsError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .notRegularFile(let path): "\(path): is not a regular file; copy its contents to one first"
    case .truncatedHeader(let path, let expected, let found):
      "\(path): ends in its header, which needs \(expected) bytes, after \(found)"
    case .headerTooLarge(let path, let limit, let found):
      "\(path): its header has \(found) bytes, more than the \(limit) that the format allows"
    case .invalidHeader(let path, let defect): "\(path): is not a safetensors file: its header \(defect)"
    case .invalidTensor(let path, let tensor, let defect): "\(path): tensor \(tensor.quoted) \(defect)"
    case .wrongDataByteCount(let path, let expected, let found):
      "\(path): has \(found) bytes of data, not the \(expected) of its header"
    case .noTensor(let path, let tensor): "\(path): has no tensor \(tensor.quoted)"
    case .wrongElementType(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor.quoted) has elements of type \(found), not \(expected)"
    case .notBool(let path, let tensor, let position, let found):
      "\(path): tensor \(tensor.quoted) has a byte \(found) at position \(position), not 0 or 1"
    case .notEnoughMemory(let path, let tensor, let expected):
      "\(path): there is not enough memory for the \(expected) bytes of tensor \(tensor.quoted)"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    case .duplicateTensor(let path, let tensor): "\(path): is to have two tensors \(tensor.quoted)"
    case .reservedName(let path, let tensor): "\(path): a tensor cannot have the name \(tensor.quoted)"
    }
  }
}

extension SafetensorsError.HeaderDefect: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notUTF8: "is not text in UTF-8"
    case .notObject(let found): "begins with \(found.map { "byte \($0)" } ?? "nothing"), not with {"
    case .notJSON: "is not valid JSON, or has numbers that are not whole or too large"
    case .duplicateNames: "has the same name twice"
    case .unexpectedValue(let location):
      location.isEmpty ? "is not as the format says" : "is not as the format says at \(location.briefly)"
    }
  }
}

extension SafetensorsError.TensorDefect: CustomStringConvertible {
  public var description: String {
    switch self {
    case .negativeLength(let shape): "has an axis of negative length: \(shape.briefly)"
    case .overflowingShape(let shape): "has more than \(Int.max) bits: \(shape.briefly)"
    case .invalidOffsets(let offsets): "has the offsets \(offsets.briefly), not two in order"
    case .misplacedData(let expected, let found): "has data from byte \(found), not from byte \(expected)"
    case .wrongByteCount(let expected, let found): "has \(found) bytes, not the \(expected) of its shape"
    case .partialByte(let bitCount): "has \(bitCount) bits, which are no whole bytes"
    }
  }
}

extension String {
  /// The beginning of a text from a file, with what would break a line escaped.
  package var briefly: String {
    let shown = 60
    let escaped = String(prefix(shown).debugDescription.dropFirst().dropLast())
    return prefix(shown + 1).count > shown ? escaped + "…" : escaped
  }

  fileprivate var quoted: String { "\"\(briefly)\"" }
}

extension [Int] {
  /// The first numbers, since there may be any number of them.
  fileprivate var briefly: String {
    count > 8 ? "\(Array(prefix(8))) and \(count - 8) more" : "\(self)"
  }
}
