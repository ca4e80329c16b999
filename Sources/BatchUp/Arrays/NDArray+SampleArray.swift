extension NDArray: SampleArray {
  public typealias Failure = Never

  public var hasSampleAxis: Bool { rank > 0 }

  /// Of the shape, and of the size of an element.
  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.combine(contentsOf: shape)
    fingerprint.combine(MemoryLayout<Scalar>.size)
    return fingerprint
  }

  /// The samples at `indices`, in their order: neighbouring ones as a view, others copied.
  ///
  /// - Precondition: the indices are in `0..<sampleCount`.
  public func batch(at indices: BatchIndices) -> NDArray {
    batch(at: indices, recycling: nil)
  }

  public func batch(at indices: BatchIndices, recycling recycler: StorageRecycler?) -> NDArray {
    if case .run(let range) = indices.storage { return self[rows: range] }
    let batch = NDArray(
      uninitializedCount: indices.count, rowShape: rowShape, rowLength: rowLength, recycler: recycler)
    withExtendedLifetime(storage) {
      gatherRows(
        from: start, rowCount: sampleCount, at: indices, into: batch.start,
        rowByteCount: rowLength * MemoryLayout<Scalar>.stride, by: recycler?.team)
    }
    return batch
  }
}
