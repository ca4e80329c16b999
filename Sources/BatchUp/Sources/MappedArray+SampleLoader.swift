import BatchUpSystem

extension MappedArray: SampleLoader {
  /// The length of the first axis (1 for an array of rank 0, which has none).
  public var sampleCount: Int { shape.first ?? 1 }
  public var hasSampleAxis: Bool { !shape.isEmpty }

  /// As that of an array in memory.
  public var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.combine(contentsOf: shape)
    fingerprint.combine(MemoryLayout<Scalar>.size)
    return fingerprint
  }

  /// A copy of the samples at `indices`, in their order.
  ///
  /// - Precondition: the indices are in `0..<sampleCount`.
  public func batch(at indices: BatchIndices) throws(MappedArrayError) -> NDArray<Scalar> {
    try batch(at: indices, in: BatchContext())
  }

  public func batch(
    at indices: BatchIndices, in context: BatchContext
  ) throws(MappedArrayError) -> NDArray<Scalar> {
    let batch = NDArray<Scalar>(
      uninitializedCount: indices.count, rowShape: rowShape, rowLength: rowLength, recycler: context.memory)
    let bytes = UnsafeMutableRawBufferPointer(start: batch.start, count: batch.count * MemoryLayout<Scalar>.size)
    let hint = context.hint
    let announced = hint.map { announce($0) } ?? []
    if let range = indices.run {
      try copy(indices, into: bytes, expecting: .inOrder)
      mapping.release(over: residencyLimit ?? 64 << 20, afterRun: self.bytes(of: range))
    } else if !(hint?.isOfBlocks ?? false) {
      try copyScattered(indices, hint, into: bytes)
    } else if !isLimited {
      try copy(indices, into: bytes, expecting: .inBlocks)
    } else if let limit = hint.flatMap(releaseLimit) {
      try copy(indices, into: bytes, expecting: .inBlocks)
      for run in announced { mapping.release(over: limit, afterRun: run) }
    } else {
      try read(indices, into: bytes)
    }
    conversion.apply(to: bytes, elementSize: MemoryLayout<Scalar>.size)
    return batch
  }

  /// Samples from anywhere. Where they come from the disk, the kernel is told of all of them before the first one is
  /// waited for, and then of those of the next batch, which it reads while this one is worked on.
  private func copyScattered(
    _ indices: BatchIndices, _ hint: ReadAheadHint?, into bytes: UnsafeMutableRawBufferPointer
  ) throws(MappedArrayError) {
    let look = mapping.beginLook()
    defer { mapping.endLook(look) }
    if look.isFromDisk { readAhead(indices) }
    if isLimited {
      try read(indices, into: bytes)
    } else {
      try copy(indices, into: bytes, expecting: .anywhere)
    }
    if look.isFromDisk { hint?.samples(behind: indices, count: indices.count).map(readAhead) }
  }

  private func readAhead(_ indices: BatchIndices) {
    for index in indices where index >= 0 && index < sampleCount { mapping.readAhead(bytes(of: index..<index + 1)) }
  }

  /// Whether not all of the file may be mapped in.
  private var isLimited: Bool { residencyLimit.map { $0 < mapping.range.count } ?? false }

  private func bytes(of rows: Range<Int>) -> Range<Int> {
    rows.lowerBound * rowByteCount..<rows.upperBound * rowByteCount
  }

  /// Has the kernel read the rows that come soon; returns where they are.
  private func announce(_ hint: ReadAheadHint) -> [Range<Int>] {
    let runs = hint.ranges.filter { $0.upperBound <= sampleCount }.map(bytes(of:))
    for run in runs {
      mapping.announce(run)
      // At most the window in use and the one behind it are still needed.
      if isLimited, let window = hint.window {
        mapping.forgetAnnounced(beyond: 2 * min(window.sampleCount, sampleCount) * rowByteCount, after: run)
      }
    }
    return runs
  }

  /// How many bytes may be announced between two releases; nil where windows are too large to be mapped in.
  ///
  /// Between two releases, what is looked at is in the window of the first one, in the part of the next one that was
  /// announced before it, and in what was announced since. Each of the two is at most a window.
  private func releaseLimit(_ hint: ReadAheadHint) -> Int? {
    guard let residencyLimit, let window = hint.window else { return nil }
    // No more than the array's samples, so that the product is no more than its bytes.
    let byteCount = min(window.sampleCount, sampleCount) * rowByteCount
    let bound = FileMapping.residentBound(byteCount: byteCount, runCount: window.runCount)
    return bound <= residencyLimit / 4 ? residencyLimit / 2 : nil
  }

  private func copy(
    _ indices: BatchIndices, into bytes: UnsafeMutableRawBufferPointer, expecting access: FileMapping.Access
  ) throws(MappedArrayError) {
    guard let destination = bytes.baseAddress else { return }
    mapping.expect(access)
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
