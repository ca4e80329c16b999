/// Hands out the memory of batches again once nobody holds it any more.
///
/// An iterator keeps one. It remembers the last pieces of memory that it handed out, and gives one again only when it
/// finds itself the only holder; so a batch may be kept for as long as one likes, and dropping each batch before the
/// next is asked for makes the steady state allocate nothing.
public final class StorageRecycler {
  private var handedOut: [ArrayStorage] = []
  /// The number of times that new memory had to be allocated.
  public private(set) var allocationCount = 0

  /// Pieces beyond this number are forgotten, the oldest first; their holders free them.
  private static let limit = 16

  /// A recycler that has handed out nothing yet.
  public init() {}

  func storage(byteCount: Int) -> ArrayStorage {
    for i in handedOut.indices
    where handedOut[i].byteCapacity >= byteCount && handedOut[i].byteCapacity <= max(2 * byteCount, 64)
      && isKnownUniquelyReferenced(&handedOut[i])
    {
      return handedOut[i]
    }
    allocationCount += 1
    if handedOut.count == Self.limit { handedOut.removeFirst() }
    let storage = ArrayStorage(byteCount: byteCount)
    handedOut.append(storage)
    return storage
  }
}
