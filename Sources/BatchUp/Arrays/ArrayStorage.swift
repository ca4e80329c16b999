import BatchUpSystem

/// The bytes behind arrays and index lists, and the shape of a row, which is here so that an array has one reference
/// alone. The only type that allocates or frees such memory.
///
/// Owned memory is aligned to 64 bytes; from 4 MiB on it is aligned to 2 MiB and the kernel is asked for huge
/// pages, without which each random row costs a page walk. Borrowed memory is written to by who lends it, at most.
///
/// All of it changes only while one holder is known to be the only one, which makes sharing it between threads safe.
@usableFromInline
final class ArrayStorage: @unchecked Sendable {  // The only holder changes it, as above.
  @usableFromInline let base: UnsafeMutableRawPointer
  let byteCapacity: Int
  @exclusivity(unchecked) private(set) var rowShape: [Int]
  /// What the bytes belong to where they have rows of another shape here.
  private var whole: ArrayStorage?
  /// Called once when the last holder of borrowed memory releases it; nil where this object owns the memory.
  private let release: (@Sendable () -> Void)?
  /// Remembers this memory besides its holders, to recycle it; nil where nothing does.
  @exclusivity(unchecked) private var lender: Guarded<StorageRecycler.Pieces>?
  /// Whether the lender remembers it no longer, but again when the last holder releases it.
  @exclusivity(unchecked) private var isWithdrawn = false

  static let hugePageThreshold = 4 << 20
  private static let hugePageSize = 2 << 20
  private static let lineSize = 64

  init(byteCount: Int, rowShape: [Int] = []) {
    requireGrant(byteCount: byteCount)
    let isHuge = byteCount >= Self.hugePageThreshold
    byteCapacity = max(byteCount, Self.lineSize)
    base = .allocate(byteCount: byteCapacity, alignment: isHuge ? Self.hugePageSize : Self.lineSize)
    self.rowShape = rowShape
    release = nil
    #if os(Linux)
      if isHuge { madvise(base, byteCapacity, MADV_HUGEPAGE) }
    #endif
  }

  init(
    borrowing base: UnsafeRawPointer, byteCount: Int, rowShape: [Int] = [], release: @escaping @Sendable () -> Void
  ) {
    self.base = UnsafeMutableRawPointer(mutating: base)
    byteCapacity = byteCount
    self.rowShape = rowShape
    self.release = release
  }

  /// The bytes of `other`, in rows of another shape.
  init(sharing other: ArrayStorage, rowShape: [Int]) {
    let whole = other.whole ?? other
    (base, byteCapacity) = (whole.base, whole.byteCapacity)
    self.rowShape = rowShape
    self.whole = whole
    release = nil
  }

  /// The bytes of a withdrawn piece, whose last holder has released it.
  private init(returning other: ArrayStorage) {
    (base, byteCapacity, rowShape, lender) = (other.base, other.byteCapacity, other.rowShape, other.lender)
    release = nil
  }

  deinit {
    if let release {
      release()
    } else if isWithdrawn {
      let returned = ArrayStorage(returning: self)
      withExtendedLifetime(lender?.withLock { $0.remember(returned) }) {}
    } else if whole == nil {
      base.deallocate()
    }
  }

  /// Whether the only holder may change the bytes.
  @usableFromInline var isWritable: Bool {
    whole == nil ? release == nil : isKnownUniquelyReferenced(&whole) && whole?.isWritable == true
  }

  /// Makes the caller, which holds `storage`, its only holder where nothing but a recycler holds it too.
  ///
  /// - Returns: Whether the caller may change the bytes.
  static func withdraw(_ storage: inout ArrayStorage) -> Bool {
    if storage.release != nil { return false }
    if !isKnownUniquelyReferenced(&storage) {
      guard let lender = storage.lender, lender.withLock({ $0.withdraw(&storage) }) else { return false }
      storage.isWithdrawn = true
    }
    guard var whole = storage.whole.take() else { return true }
    defer { storage.whole = whole }
    return withdraw(&whole)
  }

  /// Notes what remembers the memory, of which the caller is the only other holder.
  func noteLender(_ pieces: Guarded<StorageRecycler.Pieces>) {
    if lender !== pieces { lender = pieces }
  }

  /// The only holder gives the rows another shape.
  func reshapeRows(_ rowShape: [Int]) {
    if self.rowShape != rowShape { self.rowShape = rowShape }
  }

  /// The only holder gives the rows the shape of other ones.
  func reshapeRows(like other: ArrayStorage) {
    if rowShape != other.rowShape { rowShape = other.rowShape }
  }
}
