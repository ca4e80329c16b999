import BatchUp

extension NDArray {
  /// A copy with the last two axes exchanged: element (…, i, j) of this one is element (…, j, i) of the result.
  ///
  /// Images are small enough for both copies of a plane to be in the cache.
  ///
  /// - Precondition: there are at least two axes.
  func withTransposedPlanes() -> NDArray {
    precondition(rank >= 2, "an array of shape \(shape) has no planes")
    let (rowCount, columnCount) = (shape[rank - 2], shape[rank - 1])
    return NDArray(unsafeUninitializedShape: shape.dropLast(2) + [columnCount, rowCount]) { results in
      withUnsafeBufferPointer { elements in
        guard let source = elements.baseAddress, let target = results.baseAddress else { return }
        for start in stride(from: 0, to: elements.count, by: max(rowCount * columnCount, 1)) {
          transpose(source + start, rowCount, columnCount, to: target + start)
        }
      }
    }
  }
}

private func transpose<Scalar: BitwiseCopyable>(
  _ source: UnsafePointer<Scalar>, _ rowCount: Int, _ columnCount: Int, to target: UnsafeMutablePointer<Scalar>
) {
  for column in 0..<columnCount {
    for row in 0..<rowCount { target[column * rowCount + row] = source[row * columnCount + column] }
  }
}
