import Synchronization

/// Hands out the memory of a region for the arrays of one batch, one piece behind the other.
final class SharedArena: Sendable {
  let region: SharedRegion?
  private let askedByteCount = Mutex(0)
  private let usedByteCount = Mutex(0)

  init(_ region: SharedRegion?) {
    self.region = region
  }

  /// The bytes of all pieces that were asked for, whether or not there was room for them.
  var wantedByteCount: Int { askedByteCount.withLock { $0 } }

  /// A piece of the region; nil where there is no room. The piece keeps the region, and is written only by who asked for it.
  func storage(byteCount: Int) -> ArrayStorage? {
    guard let region, let offset = claim(byteCount) else { return nil }
    return ArrayStorage(borrowing: region.base + offset, byteCount: SharedRegion.aligned(byteCount)) {
      withExtendedLifetime(region) {}
    }
  }

  /// The place of a piece of the region; nil where there is no room.
  func claim(_ byteCount: Int) -> Int? {
    let byteCount = SharedRegion.aligned(max(byteCount, 1))
    askedByteCount.withLock { $0 += byteCount }
    return usedByteCount.withLock { used in
      guard let region, byteCount <= region.byteCount - used else { return nil }
      used += byteCount
      return used - byteCount
    }
  }
}
