import BatchUp
import BatchUpFiles
import BatchUpSystem

/// In what a file differs from the one that was wanted.
enum SourceMismatch: Error {
  case byteCount(expected: Int, found: Int)
  case digest(expected: String, found: String)
}

extension SourceFile {
  /// Makes sure that a file is this one, as far as size and SHA-256 are known.
  ///
  /// - Throws: `SourceMismatch`, `DatasetError` or `CancellationError`.
  func verify(_ path: String, options: FetchOptions) async throws {
    try await onThread("verify") { isCancelled in
      let (file, size) = try DatasetError.openedWithSize(path)
      if let byteCount, byteCount != size { throw SourceMismatch.byteCount(expected: byteCount, found: size) }
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
      if found != sha256 { throw SourceMismatch.digest(expected: sha256, found: found) }
    }
  }

  /// As `verify`, for a file of the user's.
  func verifyLocal(_ path: String, options: FetchOptions) async throws {
    do { try await verify(path, options: options) } catch let mismatch as SourceMismatch {
      throw mismatch.error(path)
    }
  }
}

extension SourceMismatch {
  func error(_ path: String) -> DatasetError {
    switch self {
    case .byteCount(let expected, let found): .wrongByteCount(path: path, expected: expected, found: found)
    case .digest(let expected, let found): .wrongDigest(path: path, expected: expected, found: found)
    }
  }

  var failure: DownloadFailure.Reason {
    switch self {
    case .byteCount(let expected, let found): .wrongByteCount(expected: expected, found: found)
    case .digest(let expected, let found): .wrongDigest(expected: expected, found: found)
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
      let count: Int
      do { count = try read(into: block, at: offset) } catch {
        throw DatasetError.cannotRead(path: path, reason: error.text)
      }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
      offset += count
    }
  }
}
