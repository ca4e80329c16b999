import BatchUp
import BatchUpSystem

/// Why a safetensors file cannot be read or written.
public enum SafetensorsError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The file ends in its header, or in the eight bytes with the header's length; these are counted.
  case truncatedHeader(path: String, expected: Int, found: Int)
  /// The header is said to have more bytes than any may have. A writer may be asked for such a header, too.
  case headerTooLarge(path: String, limit: Int, found: UInt64)
  /// The header is not what the format says.
  case invalidHeader(path: String, defect: FileDefect)
  /// What the header says about a tensor is not what the format says.
  case invalidTensor(path: String, tensor: String, defect: FileDefect)
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
  /// Two tensors to be written have the same name.
  case duplicateTensor(path: String, tensor: String)
  /// A tensor to be written has the name that the format keeps for the metadata.
  case reservedName(path: String, tensor: String)
}

extension SafetensorsError: FileError, FileReadingError, FileWritingError {}

extension SafetensorsError: CustomStringConvertible {
  /// The file and what is wrong with it, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .truncatedHeader(let path, let expected, let found):
      "\(path): ends in its header, which needs \(expected) bytes, after \(found)"
    case .headerTooLarge(let path, let limit, let found):
      "\(path): its header has \(found) bytes, more than the \(limit) that the format allows"
    case .invalidHeader(let path, let defect): "\(path): is not a safetensors file: its header \(defect)"
    case .invalidTensor(let path, let tensor, let defect): "\(path): tensor \(tensor.quotedBriefly) \(defect)"
    case .wrongDataByteCount(let path, let expected, let found):
      "\(path): has \(found) bytes of data, not the \(expected) of its header"
    case .noTensor(let path, let tensor): "\(path): has no tensor \(tensor.quotedBriefly)"
    case .wrongElementType(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor.quotedBriefly) has elements of type \(found), not \(expected)"
    case .notBool(let path, let tensor, let position, let found):
      "\(path): tensor \(tensor.quotedBriefly) has a byte \(found) at position \(position), not 0 or 1"
    case .notEnoughMemory(let path, let tensor, let expected):
      "\(path): there is not enough memory for the \(expected) bytes of tensor \(tensor.quotedBriefly)"
    case .duplicateTensor(let path, let tensor): "\(path): is to have two tensors \(tensor.quotedBriefly)"
    case .reservedName(let path, let tensor): "\(path): a tensor cannot have the name \(tensor.quotedBriefly)"
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

  /// The same, in quotes.
  package var quotedBriefly: String { "\"\(briefly)\"" }
}

extension [Int] {
  /// The first numbers, since there may be any number of them.
  var briefly: String {
    count > 8 ? "\(Array(prefix(8))) and \(count - 8) more" : "\(self)"
  }
}
