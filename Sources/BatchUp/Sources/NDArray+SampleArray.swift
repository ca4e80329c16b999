extension NDArray: RowLoader, SampleArray {
  public typealias Failure = Never

  public var hasSampleAxis: Bool { rank > 0 }

  /// Of the shape, and of the size of an element.
  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.combine(contentsOf: shape)
    fingerprint.combine(MemoryLayout<Scalar>.size)
    return fingerprint
  }

  /// The samples at `indices`, in their order: neighboring ones as a view, others copied.
  ///
  /// - Precondition: the indices are in `0..<sampleCount`.
  public func batch(at indices: BatchIndices, in context: BatchContext) -> NDArray {
    gathered(indices, recycler: context.memory) { gather in
      context.makeRows(gather.count, rowByteCount: gather.rowByteCount) { gather.perform($0) }
    }
  }

  public func load(_ index: Int, into row: UnsafeMutableBufferPointer<Scalar>) {
    loadRows(at: BatchIndices(index..<index + 1), into: row) { _, _ in }
  }

  public func loadRows(
    at indices: BatchIndices, into rows: UnsafeMutableBufferPointer<Scalar>,
    reporting report: (_ place: Int, Never) -> Void
  ) {
    guard let start = rows.baseAddress else { return }
    let gather = RowGather(
      count: indices.count, from: self.start, rowCount: sampleCount, at: indices.words, into: start,
      rowByteCount: rowLength * MemoryLayout<Scalar>.stride)
    gather.perform(0..<indices.count)
    withExtendedLifetime((storage, indices)) {}
  }
}
