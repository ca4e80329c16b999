#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension MappedArray: SampleLoader {
  /// The length of the first axis (1 for an array of rank 0, which has none).
  public var sampleCount: Int { shape.first ?? 1 }
  public var hasSampleAxis: Bool { !shape.isEmpty }

  /// A copy of the samples at `indices`, in their order.
  ///
  /// - Precondition: the indices are in `0..<sampleCount`.
  public func batch(at indices: BatchIndices) throws(MappedArrayError) -> NDArray<Scalar> {
    try batch(at: indices, recycling: nil)
  }

  public func batch(
    at indices: BatchIndices, recycling recycler: StorageRecycler?
  ) throws(MappedArrayError) -> NDArray<Scalar> {
    let batch = NDArray<Scalar>(
      uninitializedCount: indices.count, rowShape: rowShape, rowLength: rowLength, recycler: recycler)
    let bytes = UnsafeMutableRawBufferPointer(start: batch.start, count: batch.count * MemoryLayout<Scalar>.size)
    if case .run(let range) = indices.storage {
      try copy(indices, into: bytes, inOrder: true)
      let limit = residencyLimit ?? 64 << 20
      mapping.release(over: limit, afterRun: range.lowerBound * rowByteCount..<range.upperBound * rowByteCount)
    } else if let residencyLimit, residencyLimit < mapping.range.count {
      try read(indices, into: bytes)
    } else {
      try copy(indices, into: bytes, inOrder: false)
    }
    conversion.apply(to: bytes, elementSize: MemoryLayout<Scalar>.size)
    return batch
  }

  private func copy(
    _ indices: BatchIndices, into bytes: UnsafeMutableRawBufferPointer, inOrder: Bool
  ) throws(MappedArrayError) {
    guard let destination = bytes.baseAddress else { return }
    mapping.expect(inOrder: inOrder)
    let isWhole = gatherMappedRows(
      from: mapping.start, rowCount: sampleCount, at: indices, into: destination, rowByteCount: rowByteCount)
    // The rest of the last page of a shorter file reads as zeros, without a fault.
    try requireWholeFile()
    if !isWhole { throw .cannotRead(path: path, reason: SystemError(code: EIO).text) }
  }

  private func requireWholeFile() throws(MappedArrayError) {
    let found: Int?
    do { found = try mapping.shrunkByteCount() } catch { throw .cannotRead(path: path, reason: error.text) }
    if let found { throw .shrunk(path: path, expected: mapping.range.upperBound, found: found) }
  }

  /// Row by row, with neighbours at once, through no mapping.
  private func read(
    _ indices: BatchIndices, into bytes: UnsafeMutableRawBufferPointer
  ) throws(MappedArrayError) {
    var position = 0
    while position < indices.count {
      let first = indices[position]
      precondition(
        first >= 0 && first < sampleCount,
        "sample index \(first) at position \(position) of a batch is outside 0..<\(sampleCount)")
      var end = position + 1
      while end < indices.count, indices[end] < sampleCount, indices[end] == first + (end - position) { end += 1 }
      let rows = bytes[position * rowByteCount..<end * rowByteCount]
      try read(fromRow: first, into: UnsafeMutableRawBufferPointer(rebasing: rows))
      position = end
    }
  }

  private func read(
    fromRow row: Int, into bytes: UnsafeMutableRawBufferPointer
  ) throws(MappedArrayError) {
    let count: Int
    do {
      count = try mapping.file.read(into: bytes, at: mapping.range.lowerBound + row * rowByteCount)
    } catch {
      throw .cannotRead(path: path, reason: error.text)
    }
    if count < bytes.count {
      try requireWholeFile()
      throw .cannotRead(path: path, reason: SystemError(code: EIO).text)
    }
  }
}
