import BatchUp
import BatchUpFiles
import BatchUpSystem

extension SourceFile {
  /// Makes sure that a file is this one, as far as size and SHA-256 are known.
  ///
  /// - Throws: `DownloadFailure.Reason`, `DatasetError` or `CancellationError`.
  func verify(_ path: String, options: FetchOptions) async throws {
    try await onThread("verify") { isCancelled in
      let (file, size) = try DatasetError.openedWithSize(path)
      if let byteCount, byteCount != size {
        throw DownloadFailure.Reason.wrongByteCount(expected: byteCount, found: size)
      }
      guard let sha256 else { return }
      guard let digest = SHA256() else {
        throw DatasetError.cannotRead(path: path, reason: "libcrypto cannot compute its SHA-256")
      }
      var counter = options.counter(of: .verification(file: name), totalCount: size)
      try file.forEachBlock(isCancelled: isCancelled) { block in
        digest.update(block)
        counter.advance(by: block.count)
      }
      counter.finish()
      let found = digest.finish()
      if found != sha256 { throw DownloadFailure.Reason.wrongDigest(expected: sha256, found: found) }
    }
  }

  /// As `verify`, for a file of the user's.
  func verifyLocal(_ path: String, options: FetchOptions) async throws {
    do { try await verify(path, options: options) } catch let mismatch as DownloadFailure.Reason {
      throw mismatch.error(ofFile: path)
    }
  }
}

extension DownloadFailure.Reason {
  /// The same about a file of the user's that was verified.
  func error(ofFile path: String) -> any Error {
    switch self {
    case .wrongByteCount(let expected, let found):
      DatasetError.wrongByteCount(path: path, expected: expected, found: found)
    case .wrongDigest(let expected, let found): DatasetError.wrongDigest(path: path, expected: expected, found: found)
    default: self
    }
  }
}

extension ReadableFile {
  /// Copies the file; the copy appears whole, or not at all.
  func copy(to path: String) throws {
    var copy = try AtomicFile<DatasetError>(path: path)
    try forEachBlock(isCancelled: { false }) { block in try copy.write(block) }
    try copy.commit()
  }

  /// The bytes of the file from `start` to the last, in blocks that take little memory.
  func forEachBlock(
    from start: Int = 0, isCancelled: () -> Bool, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var offset = start
    while true {
      if isCancelled() { throw CancellationError() }
      let count = try DatasetError.read(self, into: block, at: offset)
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
      offset += count
    }
  }
}
