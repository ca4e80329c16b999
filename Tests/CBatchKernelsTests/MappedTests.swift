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

@Suite struct MappedTests {
  /// CBK_MAPPED_FAULT, which Swift does not see: sizes are signed there.
  private static let fault = -1

  @Test func missingPagesAreReported() throws {
    let mapping = try ShortMapping()
    let page = mapping.pageSize
    let copy = UnsafeMutableRawPointer.allocate(byteCount: 3 * page, alignment: 64)
    defer { copy.deallocate() }
    // Again and again, since a signal that stays blocked would end the process at the second one.
    for _ in 0..<100 {
      #expect(cbk_mapped_copy(mapping.start, copy, page))
      #expect(!cbk_mapped_copy(mapping.start, copy, page + 1))
      #expect(!cbk_mapped_copy(mapping.start + 2 * page, copy, 1))
      #expect(cbk_mapped_copy(mapping.start + 2 * page, copy, 0))
      #expect(cbk_mapped_gather_u32(mapping.start, 12, [3, 0, 3], copy, 3, page / 4) == 3)
      #expect(cbk_mapped_gather_u32(mapping.start, 12, [3, 4, 0], copy, 3, page / 4) == Self.fault)
      #expect(cbk_mapped_gather_u32(mapping.start, 12, [3, 4, 12], copy, 3, page / 4) == 2)
      #expect(cbk_mapped_gather_u64(mapping.start, 12, [3, 0, 3], copy, 3, page / 4) == 3)
      #expect(cbk_mapped_gather_u64(mapping.start, 12, [11, 0], copy, 2, page / 4) == Self.fault)
      #expect(cbk_mapped_gather_u64(mapping.start, 12, [1 << 40], copy, 1, page / 4) == 0)
    }
  }
}
