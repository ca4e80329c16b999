internal import CBatchUpSystem

/// Finds out whether a file's bytes come from a disk: only then is it worth telling the kernel of single rows, which
/// takes as long as copying them from the page cache does.
package struct DiskWatch {
  private var lookCount = 0
  /// How many measured looks without a read from the disk still make it a file in the page cache.
  private var looksUntilCached = 0

  /// A batch, while it is being copied.
  package struct Look {
    package let isFromDisk: Bool
    /// What the thread had read from disks before; nil where it was not asked for.
    fileprivate let readCount: Int?

    var isMeasured: Bool { readCount != nil }
  }

  /// While nothing is read from the disk, counting takes place at the first look and at every `interval`-th one after it.
  private static let interval = 16
  /// What came from the disk once is likely to do so again soon.
  private static let persistence = 16

  /// - Parameter readCount: what the thread has read from disks so far; asked for only now and then.
  mutating func beginLook(readCount: @autoclosure () -> Int = cbs_disk_read_count()) -> Look {
    defer { lookCount &+= 1 }
    let isFromDisk = looksUntilCached > 0
    let isMeasured = isFromDisk || lookCount.isMultiple(of: Self.interval)
    return Look(isFromDisk: isFromDisk, readCount: isMeasured ? readCount() : nil)
  }

  /// - Precondition: on the thread where the look began (Linux counts by thread).
  mutating func endLook(_ look: Look, readCount: @autoclosure () -> Int = cbs_disk_read_count()) {
    guard let earlierCount = look.readCount else { return }
    looksUntilCached = readCount() > earlierCount ? Self.persistence : max(looksUntilCached - 1, 0)
  }
}
