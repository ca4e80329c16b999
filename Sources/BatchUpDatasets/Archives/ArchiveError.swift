import BatchUp
import BatchUpSystem

/// Why the .tar.gz archive of a data set cannot be used.
public enum ArchiveError: Error, Hashable, Sendable {
  /// The file cannot be opened, read or written, whatever is in it.
  case file(FileFailure)
  /// The file is not compressed by gzip.
  case notGzip(path: String)
  /// The compressed bytes contradict themselves or end too early, or what is in them is no whole tar archive. `member`
  /// is the one that was being read.
  case damaged(path: String, member: String?, reason: String)
  /// The archive has no member of that name, which the data set needs.
  case missingMember(path: String, member: String)
  /// The archive has two members of that name.
  case duplicateMember(path: String, member: String)
  /// The member is a folder, a link or a device.
  case notFile(path: String, member: String)
  /// The member has `found` bytes, not one record or more of `expected` bytes.
  case wrongSize(path: String, member: String, expected: Int, found: Int)
  /// The member has more bytes than any of that data set.
  case memberTooLarge(path: String, member: String, limit: Int, found: Int)
  /// The archive goes on behind that many bytes, which the data set's has not.
  case tooLarge(path: String, limit: Int)
  /// The operating system does not grant the memory for the member.
  case notEnoughMemory(path: String, member: String, expected: Int)
}

extension ArchiveError: FileError, FileReadingError {}

extension ArchiveError: CustomStringConvertible {
  /// The archive, what is wrong with it and, where it helps, what to do, in one line.
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .notGzip(let path): "\(path): is not a .tar.gz archive; download it again"
    case .damaged(let path, let member?, let reason):
      "\(path): is damaged in its member \(member.quotedBriefly): \(reason); download it again"
    case .damaged(let path, nil, let reason): "\(path): is damaged: \(reason); download it again"
    case .missingMember(let path, let member): "\(path): has no member \(member.quotedBriefly); download it again"
    case .duplicateMember(let path, let member): "\(path): has the member \(member.quotedBriefly) twice"
    case .notFile(let path, let member): "\(path): its member \(member.quotedBriefly) is not a file"
    case .wrongSize(let path, let member, let expected, let found):
      "\(path): its member \(member.quotedBriefly) has \(found) bytes, not records of \(expected)"
    case .memberTooLarge(let path, let member, let limit, let found):
      "\(path): its member \(member.quotedBriefly) has \(found) bytes, more than \(limit)"
    case .tooLarge(let path, let limit): "\(path): has more than \(limit) bytes when it is decompressed"
    case .notEnoughMemory(let path, let member, let expected):
      "\(path): there is not enough memory for the \(expected) bytes of its member \(member.quotedBriefly)"
    }
  }
}
