import BatchUp
import BatchUpSystem

/// Why an .npz file cannot be read or written.
///
/// `found` is what there is, `expected` what a header or the caller asks for.
public enum NPZError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// There is no record at the end of the file that ends a zip file; `found` are the file's first bytes.
  case notZip(path: String, found: [UInt8])
  /// The directory at the end of the file is not what the format says.
  case damagedDirectory(path: String, defect: FileDefect)
  /// A member is not what the directory or the format says.
  case damagedMember(path: String, member: String, defect: FileDefect)
  /// Two members have the same name, by Unicode's canonical equivalence. A writer may be asked for that, too.
  case duplicateMember(path: String, member: String)
  /// The file has no member of that name.
  case noMember(path: String, member: String)
  /// The name of the entry does not end with .npy.
  case notArray(path: String, member: String)
  /// What is wrong with an array; its path names the file and the member.
  case array(NPYError)
  /// A deflated member cannot be mapped.
  case compressed(path: String, member: String)
  /// The operating system does not grant the memory for the data.
  case notEnoughMemory(path: String, member: String, expected: Int)
  /// A name to be written has a zero byte, or too many bytes.
  case invalidName(path: String, member: String)
}

extension NPZError: FileError, FileReadingError, FileWritingError {}

extension NPZError: CustomStringConvertible {
  /// The file, what is wrong with it and what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .notZip(let path, let found):
      "\(path): is not an .npz file, or is cut off: no zip file ends at its end, and it starts with \(found)"
    case .damagedDirectory(let path, let defect): "\(path): has a damaged zip directory: \(defect); copy it again"
    case .damagedMember(let path, let member, let defect): "\(path): member \(member.quotedBriefly) \(defect)"
    case .duplicateMember(let path, let member): "\(path): has two members \(member.quotedBriefly)"
    case .noMember(let path, let member): "\(path): has no member \(member.quotedBriefly)"
    case .notArray(let path, let member): "\(path): member \(member.quotedBriefly) is not an .npy array"
    case .array(let error): error.description
    case .compressed(let path, let member):
      "\(path): member \(member.quotedBriefly) is compressed and cannot be mapped; read it (array(named:))"
    case .notEnoughMemory(let path, let member, let expected):
      "\(path): there is not enough memory for the \(expected) bytes of member \(member.quotedBriefly)"
    case .invalidName(let path, let member):
      "\(path): a member cannot have the name \(member.quotedBriefly): it has a zero byte or too many bytes"
    }
  }
}
