import BatchUp
import BatchUpSystem

/// The central directory of a zip file, with every entry's data located and compared with the local header.
///
/// Our own reader, since no library of zip files tells where in the file the data of an entry are, which mapping needs.
struct ZipDirectory {
  /// In the directory's order.
  let entries: [(entry: ZipEntry, dataRange: Range<Int>)]

  /// Some hundred thousand entries.
  static let byteLimit = 100_000_000

  init(of file: ReadableFile) throws(NPZError) {
    let path = file.path
    let end = try ZipEndRecord(of: file)
    guard end.directory.count <= Self.byteLimit else {
      throw .damagedDirectory(path: path, defect: "it has \(end.directory.count) bytes, more than \(Self.byteLimit)")
    }
    let bytes = try file.zipBytes(in: end.directory)
    let entries: [ZipEntry]
    do { entries = try Self.parse(bytes, count: end.entryCount) } catch {
      throw .damagedDirectory(path: path, defect: error)
    }
    try Self.requireDistinctNames(entries, path: path)
    var located: [(entry: ZipEntry, dataRange: Range<Int>)] = []
    located.reserveCapacity(entries.count)
    for entry in entries {
      do throws(FileDefect) {
        try entry.requireSupported()
        located.append((entry, try entry.dataRange(in: file, before: end.directory.lowerBound)))
      } catch {
        throw .damagedMember(path: path, member: entry.memberName, defect: error)
      }
    }
    try Self.requireDisjoint(located, path: path)
    self.entries = located
  }

  private static func parse(_ bytes: [UInt8], count: Int) throws(FileDefect) -> [ZipEntry] {
    var fields = ZipFields(bytes)
    guard count <= bytes.count / ZipEntry.fixedByteCount else {
      throw "it is said to have \(count) entries, and has room for \(bytes.count / ZipEntry.fixedByteCount) at most"
    }
    var entries: [ZipEntry] = []
    entries.reserveCapacity(count)
    for number in 0..<count { entries.append(try ZipEntry(parsing: &fields, number: number)) }
    guard fields.count == 0 else { throw "\(fields.count) bytes follow its last entry" }
    return entries
  }

  private static func requireDistinctNames(_ entries: [ZipEntry], path: String) throws(NPZError) {
    var names: Set<String> = []
    for entry in entries {
      guard names.insert(entry.memberName).inserted else {
        throw .duplicateMember(path: path, member: entry.memberName)
      }
    }
  }

  /// No two entries share a byte, so that all of them together are not larger than the file.
  private static func requireDisjoint(
    _ entries: [(entry: ZipEntry, dataRange: Range<Int>)], path: String
  ) throws(NPZError) {
    var end = 0
    for (entry, range) in entries.sorted(by: { $0.entry.offset < $1.entry.offset }) {
      guard entry.offset >= end else {
        throw .damagedMember(
          path: path, member: entry.memberName,
          defect: "begins at byte \(entry.offset), before another ends at byte \(end)")
      }
      end = range.upperBound
    }
  }
}

extension ReadableFile {
  /// Bytes that lie inside the file, as far as its size was known.
  func zipBytes(in range: Range<Int>) throws(NPZError) -> [UInt8] {
    let bytes = try NPZError.bytes(range.count, of: self, at: range.lowerBound)
    guard bytes.count == range.count else {
      throw .cannotRead(
        path: path, reason: "it ends at byte \(range.lowerBound + bytes.count), before \(range.upperBound)")
    }
    return bytes
  }
}
