import BatchUp

extension NDArray {
  /// A copy with the axes in reverse order: element (i, j, k) of this one is element (k, j, i) of the result.
  ///
  /// Goes over the first and the last axis in squares whose lines stay in the cache, both where they are read and where
  /// they are written.
  ///
  /// - Complexity: O(elements).
  package func withReversedAxes() -> NDArray {
    // Axes of length 1 do not matter, and then there may be nothing to do.
    let lengths = shape.filter { $0 != 1 }
    guard lengths.count > 1, count > 0 else { return reshaped(shape.reversed()) }
    return NDArray(unsafeUninitializedShape: shape.reversed()) { results in
      withUnsafeBufferPointer { elements in
        guard let source = elements.baseAddress, let destination = results.baseAddress else { return }
        transposeAxes(of: lengths, from: source, to: destination)
      }
    }
  }
}

extension NDArray {
  /// A copy with the last two axes exchanged: element (…, i, j) of this one is element (…, j, i) of the result.
  ///
  /// - Precondition: there are at least two axes.
  package func withTransposedPlanes() -> NDArray {
    precondition(rank >= 2, "an array of shape \(shape) has no planes")
    let (rowCount, columnCount) = (shape[rank - 2], shape[rank - 1])
    return NDArray(unsafeUninitializedShape: shape.dropLast(2) + [columnCount, rowCount]) { results in
      withUnsafeBufferPointer { elements in
        guard let source = elements.baseAddress, let target = results.baseAddress else { return }
        for start in stride(from: 0, to: elements.count, by: max(rowCount * columnCount, 1)) {
          transpose(
            rowCount: rowCount, columnCount: columnCount, from: source + start, rowStride: columnCount,
            to: target + start, columnStride: rowCount)
        }
      }
    }
  }
}

/// - Precondition: there are two axes or more, none of length 0.
private func transposeAxes<Scalar: BitwiseCopyable>(
  of lengths: [Int], from source: UnsafePointer<Scalar>, to destination: UnsafeMutablePointer<Scalar>
) {
  let (first, last) = (lengths[0], lengths[lengths.count - 1])
  let middle = Array(lengths.dropFirst().dropLast())
  let middleCount = middle.reduce(1, *)
  let sourceStride = middleCount * last
  let destinationStride = middleCount * first
  var indices = middle.map { _ in 0 }
  for position in 0..<middleCount {
    // The place among the axes in the middle, with these in reverse order.
    let reversed = zip(indices, middle).reversed().reduce(0) { $0 * $1.1 + $1.0 }
    transpose(
      rowCount: first, columnCount: last, from: source + position * last, rowStride: sourceStride,
      to: destination + reversed * first, columnStride: destinationStride)
    advance(&indices, in: middle)
  }
}

/// Element (i, j), at `i * rowStride + j`, goes to `j * columnStride + i`.
private func transpose<Scalar: BitwiseCopyable>(
  rowCount: Int, columnCount: Int, from source: UnsafePointer<Scalar>, rowStride: Int,
  to destination: UnsafeMutablePointer<Scalar>, columnStride: Int
) {
  let side = 64
  for firstRow in stride(from: 0, to: rowCount, by: side) {
    let endRow = min(firstRow + side, rowCount)
    for firstColumn in stride(from: 0, to: columnCount, by: side) {
      for column in firstColumn..<min(firstColumn + side, columnCount) {
        let target = destination + column * columnStride
        for row in firstRow..<endRow { target[row] = source[row * rowStride + column] }
      }
    }
  }
}

/// The next indices, last axis fastest.
private func advance(_ indices: inout [Int], in lengths: [Int]) {
  for axis in lengths.indices.reversed() {
    indices[axis] += 1
    if indices[axis] < lengths[axis] { return }
    indices[axis] = 0
  }
}
