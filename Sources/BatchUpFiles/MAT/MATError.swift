import BatchUp
import BatchUpSystem

/// Why a MATLAB file cannot be read.
public enum MATError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The file has no header of a MATLAB file of version 5; files of version 4 have none either.
  case notMAT5(path: String)
  /// The file is of version 7.3, which is HDF5: `HDF5File` reads it, with the axes in reverse order.
  case version73(path: String)
  /// The file ends inside a variable, which would end at byte `expected`.
  case truncated(path: String, expected: Int, found: Int)
  /// What begins at byte `offset` of the file is no variable.
  case notVariable(path: String, offset: Int, found: UInt32)
  /// What the file says about a variable contradicts itself.
  case invalidVariable(path: String, variable: String, defect: FileDefect)
  /// The file has no variable of that name.
  case noVariable(path: String, variable: String)
  /// The elements are of another type than asked for; nothing is converted.
  case wrongElementType(path: String, variable: String, expected: NPYElementType, found: NPYElementType)
  /// The variable is no array of real numbers or truth values; `found` says what it is.
  case unsupportedClass(path: String, variable: String, expected: NPYElementType, found: String)
  /// libmatio reads no more than `limit` elements at once.
  case tooManyElements(path: String, variable: String, limit: Int, found: Int)
  /// The operating system does not grant the memory for the variable, which is needed twice.
  case notEnoughMemory(path: String, variable: String, expected: Int)
  /// libmatio does not find what the file has.
  case libraryFailed(path: String, variable: String)
}

extension MATError: FileError, FileReadingError {}

extension MATError: CustomStringConvertible {
  /// The file, what is wrong with it and, where it helps, what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .notMAT5(let path): "\(path): is not a MATLAB file of version 5; save it again with -v7 or -v6"
    case .version73(let path): "\(path): is a MATLAB file of version 7.3, which is HDF5: read it with HDF5File"
    case .truncated(let path, let expected, let found):
      "\(path): has \(found) bytes, and its last variable would end at byte \(expected)"
    case .notVariable(let path, let offset, let found):
      "\(path): has an element of type \(found) at byte \(offset), where a variable should begin"
    case .invalidVariable(let path, let variable, let defect): "\(path): variable \(variable.quotedBriefly) \(defect)"
    case .noVariable(let path, let variable): "\(path): has no variable \(variable.quotedBriefly)"
    case .wrongElementType(let path, let variable, let expected, let found):
      "\(path): variable \(variable.quotedBriefly) has elements of type \(found), not \(expected)"
    case .unsupportedClass(let path, let variable, let expected, let found):
      "\(path): variable \(variable.quotedBriefly) is of class \(found), not an array of \(expected)"
    case .tooManyElements(let path, let variable, let limit, let found):
      "\(path): variable \(variable.quotedBriefly) has \(found) elements, more than the \(limit) that libmatio reads"
    case .notEnoughMemory(let path, let variable, let expected):
      "\(path): there is not enough memory for twice the \(expected) bytes of variable \(variable.quotedBriefly)"
    case .libraryFailed(let path, let variable): "\(path): libmatio does not read variable \(variable.quotedBriefly)"
    }
  }
}
