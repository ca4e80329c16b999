import BatchUp
import BatchUpSystem
import FileTestSupport
import Testing

@testable import BatchUpFiles

@Suite struct ZipRecordTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func endRecord(_ count: Int, directory range: Range<Int>) throws -> (end: ZipEndRecord, byteCount: Int) {
    let bytes = ZipRecord.end(entryCount: count, directory: range, zip64From: Int(Zip64.mark32))
    let path = try directory.write([UInt8](repeating: 0, count: range.upperBound) + bytes)
    return (try ZipEndRecord(of: ReadableFile(path: path)), bytes.count)
  }

  /// More entries than 16 bits count need the record of zip64; 65,535 do, too, as that number stands for it.
  @Test(arguments: [0, 1, 65_534, 65_535, 65_536, 65_537, 1 << 32])
  func entryCounts(count: Int) throws {
    for range in [0..<0, 0..<7, 5..<5, 5..<300] {
      let (end, byteCount) = try endRecord(count, directory: range)
      #expect(end.entryCount == count && end.directory == range)
      let isLarge = byteCount > ZipEndRecord.byteCount
      #expect(isLarge == (count >= 65_535))
    }
  }
}
