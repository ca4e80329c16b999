import BatchUp
import BatchUpFiles

/// The decompressed bytes of an archive, for libarchive, which would not compare their check sum.
final class TarInput {
  private let path: String
  private var stream: GzipStream
  private let buffer: UnsafeMutableRawBufferPointer
  /// How many bytes may still come.
  private var allowance: Int
  private let byteLimit: Int
  /// Why there are no more bytes.
  private(set) var failure: ArchiveError?

  init(path: String, byteLimit: Int) throws(ArchiveError) {
    do throws(IDXError) {
      let file = try FileBytes<IDXError>(path: path)
      guard try file.hasGzipMagic(at: 0) else { throw .empty(path: path) }
      stream = try GzipStream(file)
    } catch {
      throw ArchiveError(error)
    }
    // Only now: nobody would free it where this throws.
    buffer = .allocate(byteCount: 256 << 10, alignment: 16)
    self.path = path
    self.byteLimit = byteLimit
    allowance = byteLimit
  }

  deinit { buffer.deallocate() }

  /// The next bytes, valid until the next call; none at the end; nil where `failure` says why.
  func next() -> UnsafeRawBufferPointer? {
    do throws(IDXError) {
      let count = try stream.read(into: buffer)
      allowance -= count
      if allowance >= 0 { return UnsafeRawBufferPointer(rebasing: buffer.prefix(count)) }
      failure = .tooLarge(path: path, limit: byteLimit)
    } catch {
      failure = ArchiveError(error)
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
  fileprivate init(_ error: IDXError) {
    switch error {
    case .file(let failure): self = .file(failure)
    case .empty(let path): self = .notGzip(path: path)
    case .damagedGzip(let path, let reason): self = .damaged(path: path, member: nil, reason: reason)
    case .truncatedGzip(let path, let found):
      self = .damaged(path: path, member: nil, reason: "its compressed bytes do not end within the file's \(found)")
    case .notIDX(let path, _), .truncatedHeader(let path, _, _), .truncatedData(let path, _, _),
      .trailingBytes(let path, _, _), .overflowingDimensions(let path, _, _), .notEnoughMemory(let path, _),
      .wrongElementType(let path, _, _):
      self = .damaged(path: path, member: nil, reason: "\(error)")
    }
  }

  /// The same about a member, where the error is one of the compressed bytes.
  func inside(_ member: String?) -> ArchiveError {
    guard case .damaged(let path, nil, let reason) = self else { return self }
    return .damaged(path: path, member: member, reason: reason)
  }
}
