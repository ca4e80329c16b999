import BatchUp

/// Why an .npz file cannot be read or written.
///
/// `found` is what there is, `expected` what a header or the caller asks for.
public enum NPZError: Error, Hashable, Sendable {
  /// The file cannot be opened; `reason` is what the system says.
  case cannotOpen(path: String, reason: String)
  /// The file is open, but reading from it fails; `reason` is what the system says.
  case cannotRead(path: String, reason: String)
  /// The file cannot be made, written or renamed; `reason` is what the system says.
  case cannotWrite(path: String, reason: String)
  /// There is a pipe or a device at the path.
  case notRegularFile(path: String)
  /// There is no record at the end of the file that ends a zip file; `found` are the file's first bytes.
  case notZip(path: String, found: [UInt8])
  /// The directory at the end of the file is not what the format says.
  case damagedDirectory(path: String, defect: DirectoryDefect)
  /// A member is not what the directory or the format says.
  case damagedMember(path: String, member: String, defect: MemberDefect)
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

  /// What is wrong with the directory at the end of the file.
  public enum DirectoryDefect: Error, Hashable, Sendable {
    /// The file is one part of several.
    case severalDisks
    /// The directory is to be so many bytes from `offset` on, and has to end at byte `end`.
    case misplaced(offset: UInt64, byteCount: UInt64, end: Int)
    /// The record of zip64 is not at `offset`, where it is said to be.
    case misplacedLargeRecord(offset: UInt64)
    /// The record of zip64 and the one behind it differ.
    case contradictingEndRecords
    /// The directory has more bytes than `limit`.
    case tooLarge(limit: Int, found: Int)
    /// There are said to be `expected` entries, and at most `limit` have room.
    case wrongEntryCount(expected: Int, limit: Int)
    /// The directory ends inside the entry, counted from 0.
    case truncatedEntry(number: Int)
    /// An entry, counted from 0, does not begin as one does.
    case wrongSignature(entry: Int)
    /// The name is not in UTF-8 or has a zero byte.
    case invalidName(entry: Int)
    /// The numbers of zip64 are missing or beyond `Int.max`, or the entry is on another disk.
    case invalidSizes(entry: Int)
    /// So many bytes follow behind the last entry.
    case trailingBytes(count: Int)
    /// Reading it fails; `reason` is what the system says.
    case unreadable(reason: String)
  }

  /// What is wrong with a member.
  public enum MemberDefect: Error, Hashable, Sendable {
    /// It is encrypted.
    case encrypted
    /// Neither stored (0) nor deflated (8).
    case unsupportedMethod(UInt16)
    /// A stored member is to have other sizes with and without compression.
    case wrongStoredByteCount(expected: Int, found: Int)
    /// More bytes than so many compressed ones can become.
    case impossibleByteCount(found: Int, compressed: Int)
    /// The local header is to begin at a byte where it has no room before the directory, which starts at `limit`.
    case misplaced(offset: Int, limit: Int)
    /// Its local header does not begin as one does.
    case wrongSignature
    /// The data would not end before the directory, which starts at `limit`.
    case misplacedData(start: Int, byteCount: Int, limit: Int)
    /// The local header says something else than the directory.
    case contradictingLocalHeader(field: String)
    /// The member begins before another one ends.
    case overlapping(start: Int, end: Int)
    /// The data have another size than the directory says; `found` are counted no further than one byte too many.
    case wrongByteCount(expected: Int, found: Int)
    /// Its bytes have another CRC-32 than the directory says.
    case wrongCheckSum(expected: UInt32, found: UInt32)
    /// The compressed data contradict themselves; `reason` is zlib's message.
    case damagedDeflate(reason: String)
    /// The compressed data end too early.
    case truncatedDeflate
    /// Bytes follow behind the end of the compressed data.
    case trailingBytes(count: Int)
    /// Reading it fails; `reason` is what the system says.
    case unreadable(reason: String)
  }
}

extension NPZError: FileReadingError, FileWritingError {}

extension NPZError: CustomStringConvertible {
  /// The file, what is wrong with it and what to do, in one line.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    case .notRegularFile(let path): "\(path): is not a regular file; copy its contents to one first"
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

extension NPZError.DirectoryDefect: CustomStringConvertible {
  public var description: String {
    switch self {
    case .severalDisks: "it is one of several disks"
    case .misplaced(let offset, let byteCount, let end):
      "it is said to be \(byteCount) bytes from byte \(offset) on, and ends at byte \(end)"
    case .misplacedLargeRecord(let offset): "there is no zip64 record at byte \(offset)"
    case .contradictingEndRecords: "its two end records differ"
    case .tooLarge(let limit, let found): "it has \(found) bytes, more than \(limit)"
    case .wrongEntryCount(let expected, let limit):
      "it is said to have \(expected) entries, and has room for \(limit) at most"
    case .truncatedEntry(let number): "it ends in entry \(number)"
    case .wrongSignature(let entry): "entry \(entry) does not begin as one"
    case .invalidName(let entry): "the name of entry \(entry) is not UTF-8 or has a zero byte"
    case .invalidSizes(let entry): "entry \(entry) has no valid sizes"
    case .trailingBytes(let count): "\(count) bytes follow its last entry"
    case .unreadable(let reason): reason
    }
  }
}

extension NPZError.MemberDefect: CustomStringConvertible {
  public var description: String {
    switch self {
    case .encrypted: "is encrypted; write it again without a password"
    case .unsupportedMethod(let method):
      "is compressed by method \(method), not stored (0) or deflated (8); write it again with numpy.savez"
    case .wrongStoredByteCount(let expected, let found): "is stored in \(found) bytes, not in its \(expected)"
    case .impossibleByteCount(let found, let compressed):
      "is said to have \(found) bytes, which \(compressed) compressed ones cannot become"
    case .misplaced(let offset, let limit): "is said to begin at byte \(offset), but has to end before byte \(limit)"
    case .wrongSignature: "does not begin where the directory says"
    case .misplacedData(let start, let byteCount, let limit):
      "is said to have \(byteCount) bytes from byte \(start) on, but has to end before byte \(limit)"
    case .contradictingLocalHeader(let field): "has another \(field) in its own header than in the directory"
    case .overlapping(let start, let end): "begins at byte \(start), before another ends at byte \(end)"
    case .wrongByteCount(let expected, let found): "has not the \(expected) bytes of the directory, but \(found)"
    case .wrongCheckSum(let expected, let found): "is damaged: its check sum is \(found), not \(expected)"
    case .damagedDeflate(let reason): "is damaged: \(reason)"
    case .truncatedDeflate: "is damaged: its compressed data end too early"
    case .trailingBytes(let count): "is damaged: \(count) bytes follow its compressed data"
    case .unreadable(let reason): "cannot be read: \(reason)"
    }
  }
}

extension String {
  /// The beginning of a name from a file, in quotes.
  var quotedBriefly: String { "\"\(briefly)\"" }
}
