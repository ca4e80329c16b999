import BatchUp
import CArchive

/// The members of a .tar.gz archive, one after the other. Nothing is unpacked to the disk; names are only compared.
struct TarArchive: ~Copyable {
  let path: String
  private let input: TarInput
  private let archive: OpaquePointer
  /// The name of the member that is being read.
  private var member: String?

  struct Entry {
    let name: String
    let isFile: Bool
    let byteCount: Int
  }

  /// - Parameter byteLimit: how many bytes the archive may have when it is decompressed.
  init(path: String, byteLimit: Int) throws(ArchiveError) {
    let input = try TarInput(path: path, byteLimit: byteLimit)
    guard let archive = archive_read_new() else { throw .cannotRead(path: path, reason: "libarchive cannot start") }
    archive_read_support_format_tar(archive)
    let status = archive_read_open(
      archive, Unmanaged.passUnretained(input).toOpaque(), nil, { nextBytes($1, $2) }, nil)
    guard status == ARCHIVE_OK else {
      defer { archive_read_free(archive) }
      throw input.failure ?? Self.damage(archive, path: path, member: nil)
    }
    (self.path, self.input, self.archive) = (path, input, archive)
  }

  deinit { archive_read_free(archive) }

  /// The next member; nil behind the last one. What is left of the one before is passed over.
  mutating func next() throws(ArchiveError) -> Entry? {
    var entry: OpaquePointer?
    let status = archive_read_next_header(archive, &entry)
    if status == ARCHIVE_EOF {
      member = nil
      if let failure = input.failure { throw failure }
      return nil
    }
    try require(status)
    // There is no name where it cannot be told in this machine's encoding: no data set has such members.
    let name = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
    let withoutFolder = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    member = withoutFolder
    let isFile =
      UInt32(archive_entry_filetype(entry)) == 0o100000 && archive_entry_hardlink(entry) == nil
      && archive_entry_size_is_set(entry) != 0
    return Entry(name: withoutFolder, isFile: isFile, byteCount: Int(archive_entry_size(entry)))
  }

  /// Fills the buffer with the next bytes of the member, all of which must be there.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = archive_read_data(archive, rest.baseAddress, rest.count)
      guard count >= 0 else { throw failure() }
      if count == 0 { throw .damaged(path: path, member: member, reason: "it ends before it is complete") }
      filled += count
    }
  }

  /// Makes sure that nothing is wrong with what comes behind the last member.
  mutating func finish() throws(ArchiveError) { try input.finish() }

  private func require(_ status: Int32) throws(ArchiveError) {
    // What the library warns of, such as names that it cannot convert, is of no account.
    if status != ARCHIVE_OK && status != ARCHIVE_WARN { throw failure() }
  }

  private func failure() -> ArchiveError {
    input.failure?.inside(member) ?? Self.damage(archive, path: path, member: member)
  }

  /// What the library says about the call that has failed just now.
  private static func damage(_ archive: OpaquePointer, path: String, member: String?) -> ArchiveError {
    let reason = archive_error_string(archive).map { String(cString: $0).briefly } ?? "libarchive gives no reason"
    return .damaged(path: path, member: member, reason: reason)
  }
}

private func nextBytes(
  _ input: UnsafeMutableRawPointer?, _ start: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> la_ssize_t {
  guard let input, let bytes = Unmanaged<TarInput>.fromOpaque(input).takeUnretainedValue().next() else { return -1 }
  start?.pointee = bytes.baseAddress
  return bytes.count
}
