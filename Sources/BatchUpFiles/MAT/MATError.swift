import BatchUp

/// Why a MATLAB file cannot be read.
public enum MATError: Error, Hashable, Sendable {
  /// The file cannot be opened; `reason` is what the system says.
  case cannotOpen(path: String, reason: String)
  /// The file is open, but reading from it fails; `reason` is what the system says.
  case cannotRead(path: String, reason: String)
  /// There is a pipe or a device at the path.
  case notRegularFile(path: String)
  /// The file has no header of a MATLAB file of version 5; files of version 4 have none either.
  case notMAT5(path: String)
  /// The file is of version 7.3, which is HDF5: `HDF5File` reads it, with the axes in reverse order.
  case version73(path: String)
  /// The file ends inside a variable, which would end at byte `expected`.
  case truncated(path: String, expected: Int, found: Int)
  /// What begins at byte `offset` of the file is no variable.
  case notVariable(path: String, offset: Int, found: UInt32)
  /// What the file says about a variable contradicts itself.
  case invalidVariable(path: String, variable: String, defect: Defect)
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

  /// What is wrong with a variable.
  public enum Defect: Hashable, Sendable {
    /// There should be `expected`, an element of the file format, where one of type `found` is.
    case unexpectedElement(expected: String, found: UInt32)
    /// The element of `what` has so many bytes.
    case wrongSize(what: String, found: Int)
    /// The lengths of the axes are fewer than two, negative, or too large together.
    case invalidShape([Int])
    /// By the shape and the type of the stored numbers there are `expected` bytes of them.
    case wrongByteCount(expected: Int, found: Int)
    /// Its bytes end before it does.
    case truncated
    /// The compressed bytes are damaged.
    case notInflatable
    /// It has a type of stored numbers that the format does not have.
    case unknownType(UInt32)
  }
}

extension MATError: FileReadingError {}

extension MATError: CustomStringConvertible {
  /// The file, what is wrong with it and, where it helps, what to do, in one line.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .notRegularFile(let path): "\(path): is not a regular file; copy its contents to one first"
    case .notMAT5(let path): "\(path): is not a MATLAB file of version 5; save it again with -v7 or -v6"
    case .version73(let path): "\(path): is a MATLAB file of version 7.3, which is HDF5: read it with HDF5File"
    case .truncated(let path, let expected, let found):
      "\(path): has \(found) bytes, and its last variable would end at byte \(expected)"
    case .notVariable(let path, let offset, let found):
      "\(path): has an element of type \(found) at byte \(offset), where a variable should begin"
    case .invalidVariable(let path, let variable, let defect): "\(path): variable \(quoted(variable)) \(defect)"
    case .noVariable(let path, let variable): "\(path): has no variable \(quoted(variable))"
    case .wrongElementType(let path, let variable, let expected, let found):
      "\(path): variable \(quoted(variable)) has elements of type \(found), not \(expected)"
    case .unsupportedClass(let path, let variable, let expected, let found):
      "\(path): variable \(quoted(variable)) is of class \(found), not an array of \(expected)"
    case .tooManyElements(let path, let variable, let limit, let found):
      "\(path): variable \(quoted(variable)) has \(found) elements, more than the \(limit) that libmatio reads"
    case .notEnoughMemory(let path, let variable, let expected):
      "\(path): there is not enough memory for twice the \(expected) bytes of variable \(quoted(variable))"
    case .libraryFailed(let path, let variable): "\(path): libmatio does not read variable \(quoted(variable))"
    }
  }
}

extension MATError.Defect: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unexpectedElement(let expected, let found): "has an element of type \(found) instead of its \(expected)"
    case .wrongSize(let what, let found): "has \(found) bytes for its \(what)"
    case .invalidShape(let shape): "cannot have the shape \(shape.prefix(8))"
    case .wrongByteCount(let expected, let found): "has \(found) bytes, not the \(expected) of its shape"
    case .truncated: "ends before it is complete"
    case .notInflatable: "has damaged compressed bytes"
    case .unknownType(let type): "has numbers of the unknown type \(type)"
    }
  }
}

private func quoted(_ name: String) -> String { "\"\(name.briefly)\"" }
