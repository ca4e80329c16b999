import BatchUp
import BatchUpSystem

extension ZipEntry {
  /// Without the name and the extra fields.
  static let localByteCount = 30
  static let localSignature: UInt32 = 0x0403_4B50

  func requireSupported() throws(FileDefect) {
    if flags & Self.encryptionFlags != 0 { throw "is encrypted; write it again without a password" }
    guard let storage else {
      throw "is compressed by method \(method), not stored (0) or deflated (8); write it again with numpy.savez"
    }
    switch storage {
    case .stored:
      guard byteCount == compressedByteCount else {
        throw "is stored in \(compressedByteCount) bytes, not in its \(byteCount)"
      }
    case .deflated:
      let (bound, overflows) = compressedByteCount.multipliedReportingOverflow(by: ZlibStream.expansionBound)
      guard overflows || byteCount <= bound else {
        throw "is said to have \(byteCount) bytes, which \(compressedByteCount) compressed ones cannot become"
      }
    }
  }

  /// Where the data are, by the local header, which has to say the same as this entry; they end at `limit` or before.
  func dataRange(in file: ReadableFile, before limit: Int) throws(FileDefect) -> Range<Int> {
    guard limit >= Self.localByteCount, offset <= limit - Self.localByteCount else {
      throw "is said to begin at byte \(offset), but has to end before byte \(limit)"
    }
    var fields = ZipFields(try bytes(of: file, in: offset..<offset + Self.localByteCount))
    guard fields.next(UInt32.self) == Self.localSignature else { throw "does not begin where the directory says" }
    _ = fields.next(2)
    let localFlags: UInt16 = fields.next() ?? 0
    let localMethod: UInt16 = fields.next() ?? 0
    _ = fields.next(4)
    let localSum: UInt32 = fields.next() ?? 0
    let sizes: [UInt32] = (0..<2).map { _ in fields.next() ?? 0 }
    let counts = (0..<2).map { _ in Int(fields.next(UInt16.self) ?? 0) }
    let nameStart = offset + Self.localByteCount
    let start = nameStart + counts[0] + counts[1]
    guard start <= limit, compressedByteCount <= limit - start else {
      throw "is said to have \(compressedByteCount) bytes from byte \(start) on, but has to end before byte \(limit)"
    }
    let text = try bytes(of: file, in: nameStart..<start)
    guard text.prefix(counts[0]).elementsEqual(nameBytes) else { throw contradiction("name") }
    let checked = Self.encryptionFlags | Self.sizesFollowFlag
    guard localFlags & checked == flags & checked else { throw contradiction("flags") }
    guard localMethod == method else { throw contradiction("compression method") }
    try requireSizes(sizes, localSum, extra: text.dropFirst(counts[0]))
    return start..<start + compressedByteCount
  }

  /// Compares the sizes and the check sum of the local header, which may be zeros where they follow the data.
  private func requireSizes(
    _ sizes: [UInt32], _ sum: UInt32, extra: ArraySlice<UInt8>
  ) throws(FileDefect) {
    guard
      var large = Zip64Field(in: extra), let localByteCount = large.number(sizes[1]),
      let localCompressed = large.number(sizes[0])
    else { throw contradiction("sizes") }
    if flags & Self.sizesFollowFlag != 0, sum == 0, localByteCount == 0, localCompressed == 0 { return }
    guard localByteCount == byteCount, localCompressed == compressedByteCount else {
      throw contradiction("sizes")
    }
    guard sum == checkSum else { throw contradiction("check sum") }
  }

  private func contradiction(_ field: String) -> FileDefect {
    "has another \(field) in its own header than in the directory"
  }

  private func bytes(of file: ReadableFile, in range: Range<Int>) throws(FileDefect) -> [UInt8] {
    do { return try file.zipBytes(in: range) } catch { throw "cannot be read: \(error)" }
  }
}
