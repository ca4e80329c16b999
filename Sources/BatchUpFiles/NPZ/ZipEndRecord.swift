import BatchUp
import BatchUpSystem

/// The record at the end of a zip file, which tells where the central directory is, with the one that zip64 puts before it.
struct ZipEndRecord {
  let directory: Range<Int>
  let entryCount: Int

  static let byteCount = 22
  static let signature: UInt32 = 0x0605_4B50
  static let locatorByteCount = 20
  static let locatorSignature: UInt32 = 0x0706_4B50
  static let largeByteCount = 56
  static let largeSignature: UInt32 = 0x0606_4B50

  init(of file: ReadableFile) throws(NPZError) {
    let path = file.path
    let fileByteCount = try NPZError.byteCount(of: file)
    let start = max(0, fileByteCount - Self.byteCount - Int(UInt16.max))
    let tail = try file.zipBytes(in: start..<fileByteCount)
    guard let position = Self.position(in: tail) else {
      let front = try file.zipBytes(in: 0..<min(4, fileByteCount))
      throw .notZip(path: path, found: front)
    }
    let short = Numbers(short: tail[position...])
    do throws(FileDefect) {
      let end = start + position
      guard let large = try Self.large(before: end, of: file) else {
        try self.init(short, endingAt: end)
        return
      }
      guard short.agrees(with: large.numbers) else { throw "its two end records differ" }
      try self.init(large.numbers, endingAt: large.position)
    } catch {
      throw .damagedDirectory(path: path, defect: error)
    }
  }

  private init(_ numbers: Numbers, endingAt end: Int) throws(FileDefect) {
    guard numbers.disk == 0, numbers.directoryDisk == 0, numbers.diskEntryCount == numbers.entryCount else {
      throw "it is one of several disks"
    }
    guard
      let offset = Int(exactly: numbers.offset), let byteCount = Int(exactly: numbers.byteCount), offset <= end,
      byteCount == end - offset
    else { throw "it is said to be \(numbers.byteCount) bytes from byte \(numbers.offset) on, and ends at byte \(end)" }
    directory = offset..<end
    entryCount = Int(clamping: numbers.entryCount)
  }

  /// Where the record starts: the last place whose comment ends with the file.
  private static func position(in tail: [UInt8]) -> Int? {
    guard tail.count >= byteCount else { return nil }
    return (0...tail.count - byteCount).reversed().first { position in
      var fields = ZipFields(tail[position...])
      guard fields.next(UInt32.self) == signature else { return false }
      let commentCount = UInt16(tail[position + 20]) | UInt16(tail[position + 21]) << 8
      return position + byteCount + Int(commentCount) == tail.count
    }
  }

  /// The numbers of the zip64 record, and where it starts; nil where there is none.
  private static func large(
    before end: Int, of file: ReadableFile
  ) throws(FileDefect) -> (numbers: Numbers, position: Int)? {
    guard end >= locatorByteCount else { return nil }
    var locator = ZipFields(try bytes(of: file, in: end - locatorByteCount..<end))
    guard locator.next(UInt32.self) == locatorSignature else { return nil }
    guard locator.next(UInt32.self) == 0, let offset: UInt64 = locator.next(), locator.next(UInt32.self) == 1 else {
      throw "it is one of several disks"
    }
    let locatorStart = end - locatorByteCount
    guard locatorStart >= largeByteCount, offset <= UInt64(locatorStart - largeByteCount) else {
      throw "there is no zip64 record at byte \(offset)"
    }
    let position = Int(offset)
    var fields = ZipFields(try bytes(of: file, in: position..<position + largeByteCount))
    guard
      fields.next(UInt32.self) == largeSignature, let count: UInt64 = fields.next(),
      count == UInt64(locatorStart - position - 12)
    else { throw "there is no zip64 record at byte \(offset)" }
    return (Numbers(large: &fields), position)
  }

  private static func bytes(
    of file: ReadableFile, in range: Range<Int>
  ) throws(FileDefect) -> [UInt8] {
    do { return try file.zipBytes(in: range) } catch { throw "\(error)" }
  }
}

extension ZipEndRecord {
  /// The numbers of either record.
  private struct Numbers {
    let disk: UInt64
    let directoryDisk: UInt64
    let diskEntryCount: UInt64
    let entryCount: UInt64
    let byteCount: UInt64
    let offset: UInt64

    /// The record, whole.
    init(short record: ArraySlice<UInt8>) {
      var fields = ZipFields(record.dropFirst(4))
      let words = (0..<4).map { _ in UInt64(fields.next(UInt16.self) ?? 0) }
      let longWords = (0..<2).map { _ in UInt64(fields.next(UInt32.self) ?? 0) }
      (disk, directoryDisk, diskEntryCount, entryCount) = (words[0], words[1], words[2], words[3])
      (byteCount, offset) = (longWords[0], longWords[1])
    }

    /// The record from behind its size on.
    init(large fields: inout ZipFields) {
      _ = fields.next(4)
      (disk, directoryDisk) = (UInt64(fields.next(UInt32.self) ?? 0), UInt64(fields.next(UInt32.self) ?? 0))
      let rest = (0..<4).map { _ in fields.next(UInt64.self) ?? 0 }
      (diskEntryCount, entryCount, byteCount, offset) = (rest[0], rest[1], rest[2], rest[3])
    }

    /// Whether each of these numbers, of the short record, is the other one or stands for it.
    func agrees(with large: Numbers) -> Bool {
      func agrees(_ number: UInt64, _ other: UInt64, _ mark: UInt64) -> Bool { number == other || number == mark }
      let mark16 = UInt64(Zip64.mark16)
      let mark32 = UInt64(Zip64.mark32)
      return agrees(disk, large.disk, mark16) && agrees(directoryDisk, large.directoryDisk, mark16)
        && agrees(diskEntryCount, large.diskEntryCount, mark16) && agrees(entryCount, large.entryCount, mark16)
        && agrees(byteCount, large.byteCount, mark32) && agrees(offset, large.offset, mark32)
    }
  }
}
