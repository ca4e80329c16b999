internal import CBatchKernels

extension ByteRescaling {
  /// Calls `body` with what the kernels need to know for rows of this length.
  func withConversion(rowLength: Int, _ body: (UnsafePointer<cbk_conversion>) -> Void) {
    let layout = layout(rowLength: rowLength)
    let factors = factors(for: layout)
    factors.scales.withUnsafeBufferPointer { scales in
      factors.offsets.withUnsafeBufferPointer { offsets in
        let conversion = cbk_conversion(
          element: CBK_ELEMENT_UINT8, layout: layout.isPlanar ? CBK_LAYOUT_CHANNELS_FIRST : CBK_LAYOUT_CHANNELS_LAST,
          channels: layout.channelCount, height: 1, width: layout.width, scales: scales.baseAddress,
          offsets: offsets.baseAddress, per_channel: true)
        withUnsafePointer(to: conversion, body)
      }
    }
  }
}

extension NDArray {
  /// The rows at `indices`: neighboring ones as a view, others copied by `perform` to memory of the recycler.
  func gathered(
    _ indices: BatchIndices, recycler: StorageRecycler,
    by perform: (RowGather) -> Void = { $0.perform(0..<$0.count) }
  ) -> NDArray {
    if let range = indices.run { return self[rows: range] }
    let stride = MemoryLayout<Scalar>.stride
    return NDArray(
      storage: storage.gathered(
        indices, from: offset * stride, rowCount: sampleCount, rowByteCount: rowLength * stride, recycler: recycler,
        by: perform),
      sampleCount: indices.count, rowLength: rowLength)
  }
}

extension ArrayStorage {
  /// A copy of the rows at `indices`, of `rowCount` rows that begin behind `offset` bytes.
  fileprivate func gathered(
    _ indices: BatchIndices, from offset: Int, rowCount: Int, rowByteCount: Int, recycler: StorageRecycler,
    by perform: (RowGather) -> Void
  ) -> ArrayStorage {
    let words = indices.words
    let batch = recycler.storage(byteCount: indices.count.multipliedSaturating(by: rowByteCount))
    batch.reshapeRows(like: self)
    perform(
      RowGather(
        count: indices.count, from: base + offset, rowCount: rowCount, at: words, into: batch.base,
        rowByteCount: rowByteCount))
    withExtendedLifetime(indices) {}
    withExtendedLifetime(self) {}
    return batch
  }
}

/// What is gathered from where to make one batch, which can be done in parts, on several threads.
///
/// It holds addresses alone: who makes the batch keeps alive what is there until all parts are done.
struct RowGather: @unchecked Sendable {
  /// The number of rows of the batch.
  let count: Int
  private let source: UnsafeRawPointer
  private let rowCount: Int
  let rowByteCount: Int
  private let indices: BatchIndices.Words
  private let destination: UnsafeMutableRawPointer
  /// Nil where rows are copied as they are.
  private let conversion: UnsafePointer<cbk_conversion>?

  /// The indices, the conversion and the memory outlive this.
  init(
    count: Int, from source: UnsafeRawPointer, rowCount: Int, at indices: BatchIndices.Words,
    into destination: UnsafeMutableRawPointer, rowByteCount: Int, conversion: UnsafePointer<cbk_conversion>? = nil
  ) {
    self.count = count
    self.source = source
    self.rowCount = rowCount
    self.rowByteCount = rowByteCount
    self.indices = indices
    self.destination = destination
    self.conversion = conversion
  }

  /// The bytes that a row has in the batch.
  var batchRowByteCount: Int { conversion == nil ? rowByteCount : rowByteCount * MemoryLayout<Float>.stride }

  /// Makes the rows at neighbouring places of the batch.
  func perform(_ places: Range<Int>) {
    let (first, count) = (places.lowerBound, places.count)
    let destination = destination + first * batchRowByteCount
    let floats = destination.assumingMemoryBound(to: Float.self)
    let valid: Int
    switch (indices, conversion) {
    case (.run(let range), let conversion):
      requireRun(range, inside: rowCount)
      let source = source + (range.lowerBound + first) * rowByteCount
      if let conversion {
        cbk_convert_rows(source, conversion, nil, floats, count)
      } else {
        destination.copyMemory(from: source, byteCount: count * rowByteCount)
      }
      valid = count
    case (.narrow(let list), nil):
      valid = cbk_gather_u32(source, rowCount, list + first, destination, count, rowByteCount)
    case (.narrow(let list), let conversion?):
      valid = cbk_gather_converted_u32(source, rowCount, list + first, conversion, nil, floats, count)
    case (.wide(let list), nil):
      valid = cbk_gather_u64(source, rowCount, list + first, destination, count, rowByteCount)
    case (.wide(let list), let conversion?):
      valid = cbk_gather_converted_u64(source, rowCount, list + first, conversion, nil, floats, count)
    }
    requireAllValid(valid, of: places, inside: rowCount) { indices[$0] }
  }
}

func requireRun(_ range: Range<Int>, inside rowCount: Int) {
  precondition(
    range.lowerBound >= 0 && range.upperBound <= rowCount, "samples \(range) are not inside 0..<\(rowCount)")
}

/// Of the indices at these places of a batch, `valid` come before the first one that names no row.
func requireAllValid(_ valid: Int, of places: Range<Int>, inside rowCount: Int, index: (_ place: Int) -> Int) {
  let place = places.lowerBound + valid
  precondition(
    place == places.upperBound,
    "sample index \(index(place)) at position \(place) of a batch is outside 0..<\(rowCount)")
}
