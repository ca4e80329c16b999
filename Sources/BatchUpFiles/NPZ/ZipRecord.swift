/// The headers of an entry that is written, and the records behind all of them.
struct ZipRecord {
  let name: String
  let method: UInt16
  let checkSum: UInt32
  var compressedByteCount: Int
  let byteCount: Int
  /// Where the local header begins.
  let offset: Int

  /// The data of stored entries begin at a multiple of that, as NumPy's header is one.
  static let alignment = 64
  /// An extra field for this purpose, as Android's zipalign writes it: the alignment, and zeros.
  private static let alignmentFieldID: UInt16 = 0xD935
  /// 2.0, which knows deflate, and 4.5, which knows zip64; in the upper byte, that external attributes are Unix's.
  private static let version: UInt16 = 20
  private static let largeVersion: UInt16 = 45
  private static let unixSystem: UInt16 = 3 << 8
  /// The first day that the format knows, since the same arrays are to make the same file.
  private static let date: UInt16 = 1 << 5 | 1
  private static let fileAttributes: UInt32 = 0o100600 << 16

  /// What the two headers of an entry have in common, from the flags to the sizes.
  private func appendCommonFields(_ sizes: (compressed: UInt32, whole: UInt32), to bytes: inout [UInt8]) {
    bytes.append(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : ZipEntry.utf8Flag, as: UInt16.self)
    bytes.append(method, as: UInt16.self)
    bytes.append(0, as: UInt16.self)
    bytes.append(Self.date, as: UInt16.self)
    bytes.append(checkSum, as: UInt32.self)
    bytes.append(sizes.compressed, as: UInt32.self)
    bytes.append(sizes.whole, as: UInt32.self)
    bytes.append(UInt16(name.utf8.count), as: UInt16.self)
  }

  /// The header before the data, of the same length whatever the sizes are.
  func localHeader(isLarge: Bool) -> [UInt8] {
    var extra: [UInt8] = []
    if isLarge {
      extra.append(Zip64.fieldID, as: UInt16.self)
      extra.append(16, as: UInt16.self)
      extra.append(UInt64(byteCount), as: UInt64.self)
      extra.append(UInt64(compressedByteCount), as: UInt64.self)
    }
    if method == 0 { appendAlignment(to: &extra) }
    var bytes: [UInt8] = []
    bytes.append(ZipEntry.localSignature, as: UInt32.self)
    bytes.append(isLarge ? Self.largeVersion : Self.version, as: UInt16.self)
    appendCommonFields(
      isLarge ? (Zip64.mark32, Zip64.mark32) : (UInt32(compressedByteCount), UInt32(byteCount)), to: &bytes)
    bytes.append(UInt16(extra.count), as: UInt16.self)
    return bytes + name.utf8 + extra
  }

  private func appendAlignment(to extra: inout [UInt8]) {
    let fixed = 6
    let end = offset + ZipEntry.localByteCount + name.utf8.count + extra.count
    if end % Self.alignment == 0 { return }
    let fill = -(end + fixed) & (Self.alignment - 1)
    extra.append(Self.alignmentFieldID, as: UInt16.self)
    extra.append(UInt16(fixed - 4 + fill), as: UInt16.self)
    extra.append(UInt16(Self.alignment), as: UInt16.self)
    extra += [UInt8](repeating: 0, count: fill)
  }

  func directoryEntry(zip64From limit: Int) -> [UInt8] {
    var large: [UInt8] = []
    func short(_ number: Int) -> UInt32 {
      if number < limit { return UInt32(number) }
      large.append(UInt64(number), as: UInt64.self)
      return Zip64.mark32
    }
    // In the order of the zip64 field.
    let whole = short(byteCount)
    let compressed = short(compressedByteCount)
    let start = short(offset)
    let version = large.isEmpty ? Self.version : Self.largeVersion
    var bytes: [UInt8] = []
    bytes.append(ZipEntry.signature, as: UInt32.self)
    bytes.append(Self.unixSystem | version, as: UInt16.self)
    bytes.append(version, as: UInt16.self)
    appendCommonFields((compressed, whole), to: &bytes)
    bytes.append(large.isEmpty ? 0 : UInt16(4 + large.count), as: UInt16.self)
    // No comment, on the first disk, no internal attributes.
    bytes += [UInt8](repeating: 0, count: 6)
    bytes.append(Self.fileAttributes, as: UInt32.self)
    bytes.append(start, as: UInt32.self)
    bytes += name.utf8
    if !large.isEmpty {
      bytes.append(Zip64.fieldID, as: UInt16.self)
      bytes.append(UInt16(large.count), as: UInt16.self)
    }
    return bytes + large
  }

  /// What stands behind the directory.
  static func end(entryCount: Int, directory: Range<Int>, zip64From limit: Int) -> [UInt8] {
    let isLarge = directory.upperBound >= limit || entryCount >= min(limit, Int(Zip64.mark16))
    var bytes = isLarge ? largeEnd(entryCount: entryCount, directory: directory) : []
    bytes.append(ZipEndRecord.signature, as: UInt32.self)
    bytes.append(0, as: UInt32.self)
    for _ in 0..<2 { bytes.append(isLarge ? Zip64.mark16 : UInt16(entryCount), as: UInt16.self) }
    bytes.append(isLarge ? Zip64.mark32 : UInt32(directory.count), as: UInt32.self)
    bytes.append(isLarge ? Zip64.mark32 : UInt32(directory.lowerBound), as: UInt32.self)
    bytes.append(0, as: UInt16.self)
    return bytes
  }

  private static func largeEnd(entryCount: Int, directory: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(ZipEndRecord.largeSignature, as: UInt32.self)
    bytes.append(UInt64(ZipEndRecord.largeByteCount - 12), as: UInt64.self)
    bytes.append(unixSystem | largeVersion, as: UInt16.self)
    bytes.append(largeVersion, as: UInt16.self)
    bytes.append(0, as: UInt64.self)
    for _ in 0..<2 { bytes.append(UInt64(entryCount), as: UInt64.self) }
    bytes.append(UInt64(directory.count), as: UInt64.self)
    bytes.append(UInt64(directory.lowerBound), as: UInt64.self)
    bytes.append(ZipEndRecord.locatorSignature, as: UInt32.self)
    bytes.append(0, as: UInt32.self)
    bytes.append(UInt64(directory.upperBound), as: UInt64.self)
    bytes.append(1, as: UInt32.self)
    return bytes
  }
}
