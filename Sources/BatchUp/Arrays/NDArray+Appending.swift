extension NDArray {
  /// No rows of the same shape, in memory for so many of them. It is not used before it is written to.
  func emptyRows(capacity: Int) -> NDArray {
    NDArray(
      storage: ArrayStorage(byteCount: capacity * rowLength * MemoryLayout<Scalar>.stride, rowShape: rowShape),
      sampleCount: 0, rowLength: rowLength)
  }

  /// Copies the rows of another array behind the last one; in place as long as nobody else holds the memory and there is
  /// room.
  ///
  /// - Precondition: the rows have the same shape.
  /// - Complexity: O(rows appended), on average over many calls.
  mutating func append(_ rows: NDArray) {
    precondition(rows.rowShape == rowShape, "rows of shape \(rows.rowShape) among rows of shape \(rowShape)")
    let rowCount = sampleCount + rows.sampleCount
    if rowCount > rowCapacity || !ArrayStorage.withdraw(&storage) {
      var grown = emptyRows(capacity: max(rowCount, rowCapacity == 0 ? 0 : 2 * sampleCount))
      grown.place(self, behind: 0)
      self = grown
    }
    place(rows, behind: sampleCount)
  }

  /// The same rows, copied to memory of their own size where they fill less than half of what they have.
  func withoutMuchSpareMemory() -> NDArray {
    if rowCapacity <= 2 * sampleCount + 1 { return self }
    var rows = emptyRows(capacity: sampleCount)
    rows.place(self, behind: 0)
    return rows
  }

  private var rowCapacity: Int {
    let rowByteCount = rowLength * MemoryLayout<Scalar>.stride
    return rowByteCount == 0 ? .max : storage.byteCapacity / rowByteCount - (offset + rowLength - 1) / max(rowLength, 1)
  }

  private mutating func place(_ rows: NDArray, behind rowCount: Int) {
    withExtendedLifetime(rows) { (start + rowCount * rowLength).update(from: rows.start, count: rows.count) }
    self = NDArray(
      storage: storage, offset: offset, sampleCount: rowCount + rows.sampleCount, rowLength: rowLength)
  }
}
