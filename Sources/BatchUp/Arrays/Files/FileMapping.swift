#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Neighbouring bytes of a file, mapped for reading; owns the mapping.
///
/// The kernel brings pages in as they are looked at, and counts them to the process until they are released. Released
/// pages stay in the page cache, from where the next look takes them.
final class FileMapping: Sendable {
  let file: ReadableFile
  /// Where in the file the bytes are.
  let range: Range<Int>
  /// The first byte of the range; nil where the range is empty.
  nonisolated(unsafe) let start: UnsafeRawPointer?
  nonisolated(unsafe) private let mapping: UnsafeMutableRawBufferPointer?
  private let use = Guarded(Use())

  private struct Use {
    /// The blocks that runs have touched since the last release, a block as often as a run came to it.
    var blockCount = 0
    var advice = MADV_NORMAL
  }

  /// The most that the kernel maps at one look, where pages have 4 KiB: a huge page of the page cache.
  private static let blockSize = 2 << 20

  /// - Precondition: the range lies inside the file.
  init(of file: ReadableFile, range: Range<Int>) throws(SystemError) {
    self.file = file
    self.range = range
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let offsetInPage = range.lowerBound % pageSize
    guard !range.isEmpty else {
      mapping = nil
      start = nil
      return
    }
    let size = offsetInPage + range.count
    let base = mmap(nil, size, PROT_READ, MAP_SHARED, file.descriptor, off_t(range.lowerBound - offsetInPage))
    guard let base, base != MAP_FAILED else { throw .last }
    mapping = UnsafeMutableRawBufferPointer(start: base, count: size)
    start = UnsafeRawPointer(base) + offsetInPage
  }

  deinit {
    if let mapping { munmap(mapping.baseAddress, mapping.count) }
  }

  /// Tells the kernel whether the next looks are in order, so that reading ahead of them is worth it.
  func expect(inOrder: Bool) {
    let advice = inOrder ? MADV_SEQUENTIAL : MADV_RANDOM
    guard let mapping else { return }
    use.withLock { use in
      guard use.advice != advice else { return }
      use.advice = advice
      madvise(mapping.baseAddress, mapping.count, advice)
    }
  }

  /// Counts a run that was looked at, and releases all pages once there are more than `limit` bytes of them.
  ///
  /// Other threads may be at their own looks meanwhile, which then bring their pages in again.
  func release(over limit: Int, afterRun run: Range<Int>) {
    guard limit < range.count, !run.isEmpty, let mapping else { return }
    let blocks = run.lowerBound / Self.blockSize..<(run.upperBound - 1) / Self.blockSize + 1
    let isOver = use.withLock { use in
      use.blockCount += blocks.count
      let isOver = use.blockCount > limit / Self.blockSize
      if isOver { use.blockCount = 0 }
      return isOver
    }
    if isOver { madvise(mapping.baseAddress, mapping.count, MADV_DONTNEED) }
  }

  /// The size of the file where it has become too short by now; nil where it has not.
  func shrunkByteCount() throws(SystemError) -> Int? {
    let byteCount = try file.byteCount()
    return byteCount < range.upperBound ? byteCount : nil
  }
}
