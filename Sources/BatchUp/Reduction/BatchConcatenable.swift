/// Results of batches that can be joined to one, in order.
public protocol BatchConcatenable {
  /// The samples of all parts, in order; empty for no parts.
  static func concatenating(_ parts: [Self]) -> Self
}

extension NDArray: BatchConcatenable {
  /// The rows of all parts, in order; of shape (0) for no parts.
  ///
  /// - Precondition: the rows of all parts have the same shape.
  public static func concatenating(_ parts: [NDArray]) -> NDArray {
    guard let first = parts.first else { return NDArray([]) }
    let result = NDArray(
      uninitializedCount: parts.reduce(0) { $0 + $1.sampleCount }, rowShape: first.rowShape,
      rowLength: first.rowLength, recycler: nil)
    var end = result.start
    for part in parts {
      precondition(part.rank > 0, "arrays of rank 0 have no samples to concatenate")
      precondition(
        part.rowShape == first.rowShape, "rows of shape \(part.rowShape) among rows of shape \(first.rowShape)")
      withExtendedLifetime(part) { end.update(from: part.start, count: part.count) }
      end += part.count
    }
    return result
  }
}

extension Array: BatchConcatenable {
  public static func concatenating(_ parts: [[Element]]) -> [Element] { Array(parts.joined()) }
}
