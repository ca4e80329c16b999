import BatchUp
import BatchUpFiles
import BatchUpSystem

/// The decompressed bytes of an archive, for libarchive, which would not compare their check sum.
final class TarInput {
  private let path: String
  private var stream: InflatingReader<ArchiveError>
  private let buffer: UnsafeMutableRawBufferPointer
  /// How many bytes may still come.
  private var allowance: Int
  private let byteLimit: Int
  /// Why there are no more bytes.
  private(set) var failure: ArchiveError?

  init(path: String, byteLimit: Int) throws(ArchiveError) {
    let (file, fileByteCount) = try ArchiveError.openedWithSize(path)
    stream = try InflatingReader(of: file, byteCount: fileByteCount) { cause in
      switch cause {
      case .cannotRead(let reason): .cannotRead(path: path, reason: reason)
      case .damaged(let reason): .damaged(path: path, member: nil, reason: reason)
      case .truncated:
        .damaged(
          path: path, member: nil, reason: "its compressed bytes do not end within the file's \(fileByteCount)")
      }
    }
    guard stream.isCompressed else { throw .notGzip(path: path) }
    // Only now: nobody would free it where this throws.
    buffer = .allocate(byteCount: 256 << 10, alignment: 16)
    self.path = path
    self.byteLimit = byteLimit
    allowance = byteLimit
  }

  deinit { buffer.deallocate() }

  /// The next bytes, valid until the next call; none at the end; nil where `failure` says why.
  func next() -> UnsafeRawBufferPointer? {
    do throws(ArchiveError) {
      let count = try stream.read(into: buffer)
      allowance -= count
      if allowance >= 0 { return UnsafeRawBufferPointer(rebasing: buffer.prefix(count)) }
      failure = .tooLarge(path: path, limit: byteLimit)
    } catch {
      failure = error
    }
    return nil
  }

  /// Goes to the end, where the check sum is compared.
  func finish() throws(ArchiveError) {
    while let bytes = next() {
      if bytes.isEmpty { return }
    }
    if let failure { throw failure }
  }
}

extension ArchiveError {
  /// The same about a member, where the error is one of the compressed bytes.
  func inside(_ member: String?) -> ArchiveError {
    guard case .damaged(let path, nil, let reason) = self else { return self }
    return .damaged(path: path, member: member, reason: reason)
  }
}
