import BatchUpSystem

/// Hands out the memory of a region for the arrays of one batch, one piece behind the other.
final class SharedArena: Sendable {
  private struct ByteCounts {
    var used = 0
    var asked = 0
  }

  let region: SharedRegion?
  private let byteCounts = Guarded(ByteCounts())

  init(_ region: SharedRegion?) {
    self.region = region
  }

  /// The bytes of all pieces that were asked for, whether or not there was room for them.
  var askedByteCount: Int { byteCounts.withLock { $0.asked } }

  /// Memory of the region, which the piece keeps; nil where there is no room.
  func storage(byteCount: Int) -> ArrayStorage? {
    guard let offset = claim(byteCount), let region else { return nil }
    return ArrayStorage(borrowing: region.base + offset, byteCount: SharedRegion.aligned(byteCount)) {
      withExtendedLifetime(region) {}
    }
  }

  /// The offset of a piece of the region; nil where there is no room.
  func claim(_ byteCount: Int) -> Int? {
    let byteCount = SharedRegion.aligned(byteCount)
    return byteCounts.withLock { counts in
      counts.asked += byteCount
      guard let region, byteCount <= region.byteCount - counts.used else { return nil }
      counts.used += byteCount
      return counts.used - byteCount
    }
  }
}
