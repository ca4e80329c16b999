import BatchUpSystem
import Synchronization

/// Hands out the memory of batches again once nobody holds it any more.
///
/// An iterator keeps one, which the threads that make its batches share. It remembers the last pieces of memory that it
/// handed out, and gives one again only when it finds itself the only holder; so a batch may be kept for as long as one
/// likes, and dropping each batch before the next is asked for makes the steady state allocate nothing.
@usableFromInline
final class StorageRecycler: Sendable {
  private struct Pieces {
    var handedOut: [ArrayStorage]
    var hasLeftovers: Bool
    var allocationCount = 0

    mutating func removeUnheld() -> [ArrayStorage] {
      var unheld: [ArrayStorage] = []
      for i in handedOut.indices.reversed() where isKnownUniquelyReferenced(&handedOut[i]) {
        unheld.append(handedOut.remove(at: i))
      }
      return unheld
    }
  }

  private let pieces: Guarded<Pieces>
  /// Pieces beyond this number are forgotten, the oldest first; their holders free them.
  private let limit: Int
  /// What is measured while batches are made, where anybody wants to know.
  @usableFromInline let meter: StageMeter?
  private let allocate: @Sendable (_ byteCount: Int) -> ArrayStorage

  /// The number of times that new memory had to be allocated.
  var allocationCount: Int { pieces.withLock { $0.allocationCount } }

  /// A recycler that has handed out nothing yet.
  @usableFromInline
  convenience init() { self.init(limit: 16, meter: nil) }

  /// - Parameter leftovers: Memory of another recycler, to be handed out first. When the first of it does not fit any
  ///   more, all is let go that nobody holds.
  init(
    limit: Int, meter: StageMeter? = nil, leftovers: [ArrayStorage] = [],
    allocatingBy allocate: @escaping @Sendable (_ byteCount: Int) -> ArrayStorage = ArrayStorage.init(byteCount:)
  ) {
    self.limit = limit
    self.meter = meter
    pieces = Guarded(Pieces(handedOut: leftovers, hasLeftovers: !leftovers.isEmpty))
    self.allocate = allocate
  }

  /// Whether nobody holds any of the pieces that are remembered.
  var isOnlyHolder: Bool {
    pieces.withLock { pieces in
      pieces.handedOut.indices.allSatisfy { isKnownUniquelyReferenced(&pieces.handedOut[$0]) }
    }
  }

  /// The memory that nobody else holds, which this recycler forgets.
  func takeUnheld() -> [ArrayStorage] { pieces.withLock { $0.removeUnheld() } }

  func storage(byteCount: Int) -> ArrayStorage {
    meter?.note(byteCount: byteCount)
    let (storage, forgotten) = recycledStorage(byteCount: byteCount)
    withExtendedLifetime(forgotten) {}
    if let storage { return storage }
    let allocated = allocate(byteCount)
    pieces.withLock { $0.handedOut.append(allocated) }
    return allocated
  }

  /// Memory that has no other holder, or nil; and the pieces to release to make room for new memory.
  private func recycledStorage(byteCount: Int) -> (ArrayStorage?, forgotten: [ArrayStorage]) {
    pieces.withLock { pieces in
      for i in pieces.handedOut.indices
      where pieces.handedOut[i].byteCapacity >= byteCount
        && pieces.handedOut[i].byteCapacity <= max(2 * byteCount, 64)
        && isKnownUniquelyReferenced(&pieces.handedOut[i])
      {
        // What its last holder did with it comes before it let go of it; what is done now comes behind.
        atomicMemoryFence(ordering: .acquiring)
        return (pieces.handedOut[i], [])
      }
      var forgotten: [ArrayStorage] = []
      if pieces.hasLeftovers {
        pieces.hasLeftovers = false
        forgotten = pieces.removeUnheld()
      }
      pieces.allocationCount += 1
      // More than one where leftovers are of a recycler with a higher limit.
      let surplusCount = max(pieces.handedOut.count - limit + 1, 0)
      forgotten += pieces.handedOut.prefix(surplusCount)
      pieces.handedOut.removeFirst(surplusCount)
      return (nil, forgotten)
    }
  }
}
