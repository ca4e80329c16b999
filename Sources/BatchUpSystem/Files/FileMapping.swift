/// Neighbouring bytes of a file, mapped for reading; owns the mapping.
///
/// The kernel brings pages in as they are looked at, and counts them to the process until they are released. Released
/// pages stay in the page cache, from where the next look takes them.
package final class FileMapping: Sendable {
  package let file: ReadableFile
  /// Where in the file the bytes are.
  package let range: Range<Int>
  /// The first byte of the range; nil where the range is empty.
  package nonisolated(unsafe) let start: UnsafeRawPointer?
  nonisolated(unsafe) private let mapping: UnsafeMutableRawBufferPointer?
  private let use = Guarded(Use())

  private struct Use {
    /// The blocks that runs have touched since the last release, a block as often as a run came to it.
    var blockCount = 0
    var advice = MADV_NORMAL
    var disk = DiskWatch()
    /// What was announced and is not forgotten yet, and the size of it.
    var announced: [Range<Int>] = []
    var announcedByteCount = 0
  }

  /// The most that the kernel maps at one look, where pages have 4 KiB: a huge page of the page cache.
  private static let blockSize = 2 << 20

  /// - Precondition: the range lies inside the file.
  package init(of file: ReadableFile, range: Range<Int>) throws(SystemError) {
    self.file = file
    self.range = range
    let offsetInPage = range.lowerBound % Self.pageSize
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

  /// Where the next looks are.
  package enum Access {
    case inOrder
    /// In blocks that are announced; near each other even where they were not.
    case inBlocks
    case anywhere
  }

  /// Tells the kernel where the next looks are, so that it reads ahead of them where that is worth it, and only there.
  package func expect(_ access: Access) {
    let advice =
      switch access {
      case .inOrder: MADV_SEQUENTIAL
      case .inBlocks: MADV_NORMAL
      case .anywhere: MADV_RANDOM
      }
    guard let mapping else { return }
    use.withLock { use in
      guard use.advice != advice else { return }
      use.advice = advice
      madvise(mapping.baseAddress, mapping.count, advice)
    }
  }

  /// Says, before looks at bytes from anywhere, whether bytes come from the disk just now.
  package func beginLook() -> DiskWatch.Look { use.withLock { $0.disk.beginLook() } }

  /// Takes note, after looks, of whether they read from the disk, with all that was read ahead meanwhile.
  package func endLook(_ look: DiskWatch.Look) { if look.isMeasured { use.withLock { $0.disk.endLook(look) } } }

  /// Has the kernel read a few bytes of the range, as `announce` does for many.
  package func readAhead(_ run: Range<Int>) {
    file.readAhead(range.lowerBound + run.lowerBound..<range.lowerBound + run.upperBound)
  }

  /// Has the kernel read bytes of the range into the page cache, without waiting for them and without mapping them in.
  ///
  /// It is a hint: the later look finds out what the file no longer has, or what the kernel does not read.
  package func announce(_ run: Range<Int>) {
    guard let mapping, let base = mapping.baseAddress, !run.isEmpty else { return }
    let offset = mapping.count - range.count
    let end = min(run.upperBound + offset, mapping.count)
    // From a page on; the kernel wants that.
    var start = (run.lowerBound + offset) & ~(Self.pageSize - 1)
    while start < end {
      madvise(base + start, min(Self.announcedSize, end - start), MADV_WILLNEED)
      start += Self.announcedSize
    }
  }

  /// Has the kernel forget what was announced earliest, so that no more than `limit` bytes stay.
  ///
  /// Left to itself, in a limited memory, it forgets first what was read ahead and has not been looked at yet.
  package func forgetAnnounced(beyond limit: Int, after run: Range<Int>) {
    let used = use.withLock { use in
      use.announced.append(run)
      use.announcedByteCount += run.count
      var used: [Range<Int>] = []
      for run in use.announced where use.announcedByteCount > limit {
        use.announcedByteCount -= run.count
        used.append(run)
      }
      use.announced.removeFirst(used.count)
      return used
    }
    for run in used { file.forget(range.lowerBound + run.lowerBound..<range.lowerBound + run.upperBound) }
  }

  /// The kernel reads no more than its read-ahead at once, which is 128 KiB unless changed.
  private static let announcedSize = 128 << 10
  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// An upper bound on the bytes mapped by reading `byteCount` bytes in `runCount` runs.
  package static func residentBound(byteCount: Int, runCount: Int) -> Int {
    let (margins, overflows) = runCount.multipliedReportingOverflow(by: 2 * blockSize)
    let (bound, exceeds) = byteCount.addingReportingOverflow(margins)
    return overflows || exceeds ? .max : bound
  }

  /// Counts a run that was looked at, or will be, and releases all pages once there are more than `limit` bytes of them.
  ///
  /// Other threads may be at their own looks meanwhile, which then bring their pages in again.
  package func release(over limit: Int, afterRun run: Range<Int>) {
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
  package func shrunkByteCount() throws(SystemError) -> Int? {
    let byteCount = try file.byteCount()
    return byteCount < range.upperBound ? byteCount : nil
  }
}
