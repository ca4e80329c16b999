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

    /// Memory that has no other holder; nil where none fits.
    mutating func recycled(byteCount: Int) -> ArrayStorage? {
      let capacities = byteCount...max(byteCount.multipliedSaturating(by: 2), 64)
      for i in handedOut.indices
      where capacities.contains(handedOut[i].byteCapacity) && isKnownUniquelyReferenced(&handedOut[i]) {
        // What its last holder did with it comes before it was released; what is done now comes behind.
        atomicMemoryFence(ordering: .acquiring)
        return handedOut[i]
      }
      return nil
    }

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
    allocatingBy allocate: @escaping @Sendable (_ byteCount: Int) -> ArrayStorage = { ArrayStorage(byteCount: $0) }
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

  /// - Postcondition: The shape of a row is that of an earlier use.
  func storage(byteCount: Int) -> ArrayStorage {
    meter?.note(byteCount: byteCount)
    return pieces.withLock { $0.recycled(byteCount: byteCount) } ?? allocated(byteCount: byteCount)
  }

  private func allocated(byteCount: Int) -> ArrayStorage {
    withExtendedLifetime(makeRoom()) {}
    let allocated = allocate(byteCount)
    pieces.withLock { $0.handedOut.append(allocated) }
    return allocated
  }

  /// Forgets the pieces that it returns, for the caller to release.
  private func makeRoom() -> [ArrayStorage] {
    pieces.withLock { pieces in
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
      return forgotten
    }
  }
}
