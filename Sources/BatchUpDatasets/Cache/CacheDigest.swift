import BatchUp
import BatchUpFiles
import BatchUpSystem

/// The SHA-256 of a data set's file, which the file has in an attribute of its root group.
///
/// It covers all bytes of the file, with the digits themselves taken as `emptyDigits`: every byte that changes later is
/// found, whether it belongs to an array or to the structure around it. The attribute is written first, so that it lies in
/// the page that the file begins with, without which the file cannot be opened. Where either the name or the prefix of
/// the value is there, the file has a digest: no single change of bytes makes it look like one without.
struct CacheDigest {
  private static let name = "BATCHUP_DIGEST"
  private static let prefix = "sha256:"
  private static let digitCount = 64
  private static let emptyDigits = String(repeating: "-", count: digitCount)
  private static let headByteCount = 4096

  private let file: ReadableFile
  private let head: [UInt8]

  /// A writer of a file with room for its digest.
  static func writer() -> HDF5Writer {
    var writer = HDF5Writer()
    writer.addAttribute(name, prefix + emptyDigits)
    return writer
  }

  /// Puts the digest into a file that has room for it and that no other process uses yet.
  static func seal(_ path: String) throws {
    let digest = try CacheDigest(path)
    guard let offset = digest.offset else {
      throw DatasetError.cannotWrite(path: path, reason: "it has no room for its digest")
    }
    let digits = Array(try digest.computed(at: offset).utf8)
    let descriptor = path.withSystemPath { path in retryingInterrupted { open(path, O_WRONLY | O_CLOEXEC) } }
    if descriptor < 0 { throw DatasetError.cannotWrite(path: path, reason: SystemError.last.text) }
    defer { close(descriptor) }
    do { try writeFully(digits, to: descriptor, at: offset) } catch {
      throw DatasetError.cannotWrite(path: path, reason: error.text)
    }
  }

  /// Throws where the file is not as it was when it was sealed. A file without a digest, as Python's BatchUp and earlier
  /// versions of this one make them, passes.
  ///
  /// - Complexity: O(bytes of the file): one to two seconds per GB with instructions for SHA-256, about three times that
  ///   without.
  static func check(_ path: String) throws {
    let digest = try CacheDigest(path)
    guard digest.isPresent else { return }
    guard let offset = digest.offset else {
      throw DatasetContentsError.wrongDigest(path: path, expected: "that they had", found: "none")
    }
    let expected = String(decoding: digest.head[offset..<offset + digitCount], as: UTF8.self)
    let found = try digest.computed(at: offset)
    if found != expected { throw DatasetContentsError.wrongDigest(path: path, expected: expected, found: found) }
  }

  private init(_ path: String) throws(DatasetError) {
    file = try DatasetError.opened(path)
    head = try DatasetError.bytes(Self.headByteCount, of: file, at: 0)
  }

  private var isPresent: Bool { offset != nil || head.firstRange(of: Array(Self.name.utf8)) != nil }

  /// Where the digits are.
  private var offset: Int? {
    guard let end = head.firstRange(of: Array(Self.prefix.utf8))?.upperBound, end + Self.digitCount <= head.count else {
      return nil
    }
    return end
  }

  private func computed(at offset: Int) throws -> String {
    guard let sha256 = SHA256() else {
      throw DatasetError.cannotRead(path: file.path, reason: "libcrypto cannot compute its SHA-256")
    }
    var bytes = head
    bytes.replaceSubrange(offset..<offset + Self.digitCount, with: Array(Self.emptyDigits.utf8))
    bytes.withUnsafeBytes { sha256.update($0) }
    try file.forEachBlock(from: head.count, isCancelled: { false }) { sha256.update($0) }
    return sha256.finish()
  }
}
