import BatchUpSystem
import CBatchKernels
import Foundation
import Testing

/// Three pages of a file, of which the last two are gone again.
private final class ShortMapping {
  let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
  let start: UnsafeMutableRawPointer

  init() throws {
    var name = Array("/tmp/batchup-mapped-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    unlink(name)
    try #require(ftruncate(descriptor, off_t(3 * pageSize)) == 0)
    let mapping = mmap(nil, 3 * pageSize, PROT_READ, MAP_SHARED, descriptor, 0)
    start = try #require(mapping != MAP_FAILED ? mapping : nil)
    try #require(ftruncate(descriptor, off_t(pageSize)) == 0)
  }

  deinit { munmap(start, 3 * pageSize) }
}

@Suite struct FaultGuardTests {
  /// The result of a guarded gather of 12 rows; nil where some of them are missing.
  private func gather(
    _ mapping: ShortMapping, narrow: [UInt32] = [], wide: [UInt64] = [], into copy: UnsafeMutableRawPointer
  ) -> Int? {
    narrow.withUnsafeBufferPointer { narrow in
      wide.withUnsafeBufferPointer { wide in
        var gather = cbk_gather(
          source: mapping.start, row_count: 12, narrow: narrow.isEmpty ? nil : narrow.baseAddress,
          wide: wide.baseAddress, destination: copy, count: narrow.count + wide.count, row_bytes: mapping.pageSize / 4,
          valid: 0)
        let isRead = FaultGuard.run(
          reading: 3 * mapping.pageSize, at: mapping.start, cbk_perform_gather, &gather)
        return isRead ? gather.valid : nil
      }
    }
  }

  @Test func missingPagesAreReported() throws {
    let mapping = try ShortMapping()
    let page = mapping.pageSize
    let copy = UnsafeMutableRawPointer.allocate(byteCount: 3 * page, alignment: 64)
    defer { copy.deallocate() }
    // Again and again, since a signal that stays blocked would end the process at the second one.
    for _ in 0..<100 {
      #expect(FaultGuard.copy(mapping.start, to: copy, byteCount: page))
      #expect(!FaultGuard.copy(mapping.start, to: copy, byteCount: page + 1))
      #expect(!FaultGuard.copy(mapping.start + 2 * page, to: copy, byteCount: 1))
      #expect(FaultGuard.copy(mapping.start + 2 * page, to: copy, byteCount: 0))
      #expect(gather(mapping, narrow: [3, 0, 3], into: copy) == 3)
      #expect(gather(mapping, narrow: [3, 4, 0], into: copy) == nil)
      #expect(gather(mapping, narrow: [3, 4, 12], into: copy) == 2)
      #expect(gather(mapping, wide: [3, 0, 3], into: copy) == 3)
      #expect(gather(mapping, wide: [11, 0], into: copy) == nil)
      #expect(gather(mapping, wide: [1 << 40], into: copy) == 0)
    }
  }
}
