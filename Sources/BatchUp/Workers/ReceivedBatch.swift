import BatchUpSystem

/// A batch in the memory that a worker process has put it into.
struct ReceivedBatch: Sendable {
  private let arrays: [ArrayPlace]
  private let elements: [ElementType]
  private let lease: RegionLease?

  /// Nil where the arrays would not be inside of the region.
  init?(_ arrays: [ArrayPlace], elements: [ElementType], in lease: RegionLease?) {
    let byteCount = lease?.region.byteCount ?? 0
    guard arrays.count == elements.count else { return nil }
    for (array, element) in zip(arrays, elements) where !array.fits(element, byteCount: byteCount) { return nil }
    self.arrays = arrays
    self.elements = elements
    self.lease = lease
  }

  var byteCount: Int {
    zip(arrays, elements).reduce(0) { $0 + $1.0.shape.reduce($1.1.byteCount, *) }
  }

  /// The lengths of the first axes of its arrays; 1 where there is none.
  var sampleCounts: [Int] { arrays.map { $0.shape.first ?? 1 } }

  /// One of its arrays, without a copy. The region is in use for as long as the array is.
  func array<Scalar>(_ number: Int, of type: Scalar.Type) -> NDArray<Scalar> {
    let place = arrays[number]
    let count = place.shape.reduce(1, *)
    guard count > 0, let lease else { return NDArray([], shape: place.shape) }
    let start = UnsafeRawPointer(lease.region.base + place.offset).assumingMemoryBound(to: Scalar.self)
    return NDArray(borrowing: UnsafeBufferPointer(start: start, count: count), shape: place.shape) {
      withExtendedLifetime(lease) {}
    }
  }
}

extension ArrayPlace {
  fileprivate func fits(_ element: ElementType, byteCount limit: Int) -> Bool {
    if shape.contains(where: { $0 < 0 }) { return false }
    guard let byteCount = elementByteCount(of: shape, elementSize: element.byteCount) else { return false }
    return byteCount == 0
      || offset >= 0 && offset % SharedRegion.alignment == 0 && byteCount <= limit && offset <= limit - byteCount
  }
}

/// A region in use by the arrays of a batch, which goes back with the last of them.
final class RegionLease: Sendable {
  let region: SharedRegion
  private let stock: RegionStock
  /// Where the loader has kept some of it, no other batch can be put into it.
  private let isReusable: Bool

  init(_ region: SharedRegion, from stock: RegionStock, isReusable: Bool) {
    self.region = region
    self.stock = stock
    self.isReusable = isReusable
  }

  deinit { if isReusable { stock.giveBack(region) } else { stock.discard(region) } }
}
