import BatchUpSystem

/// The bytes behind arrays and index lists: the only type that allocates or frees such memory.
///
/// Owned memory is aligned to 64 bytes; from 4 MiB on it is aligned to 2 MiB and the kernel is asked for huge
/// pages, without which each random row costs a page walk. Borrowed memory is written to by who lends it, at most.
///
/// The bytes change only while one holder is known to be the only one, which makes sharing them between threads safe.
@usableFromInline
final class ArrayStorage: Sendable {
  @usableFromInline nonisolated(unsafe) let base: UnsafeMutableRawPointer
  let byteCapacity: Int
  /// Called once when the last holder lets go of borrowed memory; nil where this object owns the memory.
  private let release: (@Sendable () -> Void)?

  static let hugePageThreshold = 4 << 20
  private static let hugePageSize = 2 << 20
  private static let lineSize = 64

  init(byteCount: Int) {
    requireGrant(byteCount: byteCount)
    let isHuge = byteCount >= Self.hugePageThreshold
    byteCapacity = max(byteCount, Self.lineSize)
    base = .allocate(byteCount: byteCapacity, alignment: isHuge ? Self.hugePageSize : Self.lineSize)
    release = nil
    #if os(Linux)
      if isHuge { madvise(base, byteCapacity, MADV_HUGEPAGE) }
    #endif
  }

  init(borrowing base: UnsafeRawPointer, byteCount: Int, release: @escaping @Sendable () -> Void) {
    self.base = UnsafeMutableRawPointer(mutating: base)
    byteCapacity = byteCount
    self.release = release
  }

  deinit {
    if let release { release() } else { base.deallocate() }
  }

  @usableFromInline var isWritable: Bool { release == nil }
}
