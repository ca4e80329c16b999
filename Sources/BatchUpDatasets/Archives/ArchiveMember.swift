import BatchUp
import BatchUpSystem

/// A member of an archive that a data set is made of.
struct ArchiveMember: Hashable {
  let name: String
  /// The member has one record or more of that size.
  var recordByteCount = 1
  /// More than the published one has, and few enough for any machine.
  let byteLimit: Int
}

extension TarArchive {
  /// What may be in an archive beside what a data set is made of.
  private static let spareByteCount = 64 << 20

  /// How many bytes an archive with these members may have when it is decompressed.
  static func byteLimit(with members: [ArchiveMember]) -> Int { members.reduce(spareByteCount) { $0 + $1.byteLimit } }

  /// Calls `body` for each of these members, in the order of the archive, and passes over all others.
  ///
  /// - Parameter isToEnd: whether all of the archive is looked at; else only what comes before the last of the members.
  /// - Throws: `ArchiveError`, where a member is missing, there twice, no file or of a wrong size, or the archive is
  ///   damaged; and what `body` throws.
  static func read(
    _ path: String, _ members: [ArchiveMember], isToEnd: Bool = true, byteLimit: Int? = nil,
    _ body: (ArchiveMember, _ byteCount: Int, inout TarArchive) throws -> Void
  ) throws {
    let limit = byteLimit ?? Self.byteLimit(with: members)
    var archive = try TarArchive(path: path, byteLimit: limit)
    var missing = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0) })
    let names = Set(missing.keys)
    while isToEnd || !missing.isEmpty, let entry = try archive.next() {
      guard names.contains(entry.name) else { continue }
      guard let member = missing.removeValue(forKey: entry.name) else {
        throw ArchiveError.duplicateMember(path: path, member: entry.name)
      }
      try archive.require(entry, as: member)
      try body(member, entry.byteCount, &archive)
    }
    if let member = members.first(where: { missing[$0.name] != nil }) {
      throw ArchiveError.missingMember(path: path, member: member.name)
    }
    if isToEnd { try archive.finish() }
  }

  private func require(_ entry: Entry, as member: ArchiveMember) throws(ArchiveError) {
    guard entry.isFile else { throw .notFile(path: path, member: member.name) }
    guard entry.byteCount <= member.byteLimit else {
      throw .memberTooLarge(path: path, member: member.name, limit: member.byteLimit, found: entry.byteCount)
    }
    guard entry.byteCount > 0, entry.byteCount % member.recordByteCount == 0 else {
      throw .wrongSize(path: path, member: member.name, expected: member.recordByteCount, found: entry.byteCount)
    }
    guard systemGrants(byteCount: entry.byteCount) else {
      throw .notEnoughMemory(path: path, member: member.name, expected: entry.byteCount)
    }
  }

  /// The next bytes of the member, which are there by its header.
  mutating func bytes(shape: [Int]) throws(ArchiveError) -> NDArray<UInt8> {
    try NDArray(unsafeUninitializedShape: shape) { elements throws(ArchiveError) in
      try read(into: UnsafeMutableRawBufferPointer(elements))
    }
  }
}
