import BatchUpSystem
import Synchronization

/// Hands out the memory of batches again once nobody holds it any more.
///
/// An iterator keeps one, which the threads that make its batches share. It remembers the last pieces of memory that it
/// handed out, and gives one again only when it finds itself the only holder; so a batch may be kept for as long as one
/// likes, and dropping each batch before the next is asked for makes the steady state allocate nothing.
///
/// A piece that its only other holder changes is withdrawn: the recycler forgets it, and remembers its bytes again when
/// that holder releases it.
@usableFromInline
final class StorageRecycler: Sendable {
  struct Pieces {
    fileprivate var handedOut: [ArrayStorage]
    fileprivate var hasLeftovers: Bool
    fileprivate var allocationCount = 0
    /// Pieces beyond this number are forgotten, the oldest first; their holders free them.
    fileprivate var limit: Int

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

    /// Forgets a piece if the caller is its only other holder, and returns whether the caller is now the only one.
    mutating func withdraw(_ piece: inout ArrayStorage) -> Bool {
      let place = handedOut.firstIndex { $0 === piece }
      if let place { handedOut.remove(at: place) }
      if isKnownUniquelyReferenced(&piece) {
        // What earlier holders read comes before what is written now.
        atomicMemoryFence(ordering: .acquiring)
        return true
      }
      if let place { handedOut.insert(piece, at: place) }
      return false
    }

    /// Remembers a piece, and forgets those that it returns, for the caller to release.
    mutating func remember(_ piece: ArrayStorage) -> [ArrayStorage] {
      if limit == 0 { return [piece] }
      defer { handedOut.append(piece) }
      return removeSurplus()
    }

    /// Makes room for one more piece. Removes more than one where leftovers are of a recycler with a higher limit.
    fileprivate mutating func removeSurplus() -> [ArrayStorage] {
      let surplusCount = max(handedOut.count - limit + 1, 0)
      defer { handedOut.removeFirst(surplusCount) }
      return Array(handedOut.prefix(surplusCount))
    }

    /// Forgets all pieces, and remembers none from now on.
    fileprivate mutating func close() -> [ArrayStorage] {
      limit = 0
      defer { handedOut = [] }
      return handedOut
    }
  }

  private let pieces: Guarded<Pieces>
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
    self.meter = meter
    pieces = Guarded(Pieces(handedOut: leftovers, hasLeftovers: !leftovers.isEmpty, limit: limit))
    self.allocate = allocate
  }

  /// The pieces refer to what remembers them.
  deinit { withExtendedLifetime(pieces.withLock { $0.close() }) {} }

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
    return recycled(byteCount: byteCount) ?? allocated(byteCount: byteCount)
  }

  private func recycled(byteCount: Int) -> ArrayStorage? {
    pieces.withLock { pieces in
      let recycled = pieces.recycled(byteCount: byteCount)
      recycled?.noteLender(self.pieces)
      return recycled
    }
  }

  private func allocated(byteCount: Int) -> ArrayStorage {
    withExtendedLifetime(makeRoom()) {}
    let allocated = allocate(byteCount)
    allocated.noteLender(pieces)
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
      return forgotten + pieces.removeSurplus()
    }
  }
}
