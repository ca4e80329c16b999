internal import CBatchKernels

/// Copies rows named by `indices` from `source` to `destination`, row after row.
///
/// - Precondition: every index is below `rowCount`, the length of the first axis of the source; it is checked for all
///   before anything is written.
func gatherRows(
  from source: UnsafeRawPointer, rowCount: Int, at indices: BatchIndices,
  into destination: UnsafeMutableRawPointer, rowByteCount: Int
) {
  switch indices.storage {
  case .run(let range):
    requireRun(range, inside: rowCount)
    destination.copyMemory(
      from: source + range.lowerBound * rowByteCount, byteCount: range.count * rowByteCount)
  case .narrow(let list):
    let valid = list.withUnsafeBufferPointer {
      cbk_gather_u32(source, rowCount, $0.baseAddress, destination, $0.count, rowByteCount)
    }
    requireAllValid(valid, of: indices, inside: rowCount)
  case .wide(let list):
    let valid = list.withUnsafeBufferPointer {
      cbk_gather_u64(source, rowCount, $0.baseAddress, destination, $0.count, rowByteCount)
    }
    requireAllValid(valid, of: indices, inside: rowCount)
  }
}

/// As `gatherRows` for rows of bytes, each byte b written as b * scale + offset.
func gatherRescaledRows(
  from source: UnsafePointer<UInt8>, rowCount: Int, at indices: BatchIndices,
  into destination: UnsafeMutablePointer<Float>, rowLength: Int, by rescaling: ByteRescaling
) {
  let layout = rescaling.layout(rowLength: rowLength)
  let factors = rescaling.factors(for: layout)
  factors.scales.withUnsafeBufferPointer { scales in
    factors.offsets.withUnsafeBufferPointer { offsets in
      var conversion = cbk_conversion(
        element: CBK_ELEMENT_UINT8, layout: layout.isPlanar ? CBK_LAYOUT_CHANNELS_FIRST : CBK_LAYOUT_CHANNELS_LAST,
        channels: layout.channelCount, height: 1, width: layout.width, scales: scales.baseAddress,
        offsets: offsets.baseAddress, per_channel: true)
      gatherConvertedRows(
        from: source, rowCount: rowCount, at: indices, by: &conversion, into: destination,
        rowByteCount: rowLength)
    }
  }
}

private func gatherConvertedRows(
  from source: UnsafeRawPointer, rowCount: Int, at indices: BatchIndices,
  by conversion: UnsafePointer<cbk_conversion>, into destination: UnsafeMutablePointer<Float>,
  rowByteCount: Int
) {
  switch indices.storage {
  case .run(let range):
    requireRun(range, inside: rowCount)
    cbk_convert_rows(
      source + range.lowerBound * rowByteCount, conversion, nil, destination, range.count)
  case .narrow(let list):
    let valid = list.withUnsafeBufferPointer {
      cbk_gather_converted_u32(
        source, rowCount, $0.baseAddress, conversion, nil, destination, $0.count)
    }
    requireAllValid(valid, of: indices, inside: rowCount)
  case .wide(let list):
    let valid = list.withUnsafeBufferPointer {
      cbk_gather_converted_u64(
        source, rowCount, $0.baseAddress, conversion, nil, destination, $0.count)
    }
    requireAllValid(valid, of: indices, inside: rowCount)
  }
}

func requireRun(_ range: Range<Int>, inside rowCount: Int) {
  precondition(
    range.lowerBound >= 0 && range.upperBound <= rowCount, "samples \(range) are not inside 0..<\(rowCount)")
}

func requireAllValid(_ valid: Int, of indices: BatchIndices, inside rowCount: Int) {
  precondition(
    valid == indices.count,
    "sample index \(indices[valid]) at position \(valid) of a batch is outside 0..<\(rowCount)")
}
