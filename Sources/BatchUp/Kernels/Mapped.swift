import BatchUpSystem
internal import CBatchKernels

/// As `gatherRows` from a mapped file; nil where the array has no bytes. False where the file no longer has some of the
/// rows, or its disk fails.
func gatherMappedRows(
  from source: UnsafeRawPointer?, rowCount: Int, at indices: BatchIndices,
  into destination: UnsafeMutableRawPointer, rowByteCount: Int
) -> Bool {
  var gather = cbk_gather()
  (gather.source, gather.row_count) = (source, rowCount)
  (gather.destination, gather.count, gather.row_bytes) = (destination, indices.count, rowByteCount)
  switch indices.words {
  case .run(let range):
    requireRun(range, inside: rowCount)
    guard let source else { return true }
    return FaultGuard.copy(
      source + range.lowerBound * rowByteCount, to: destination, byteCount: range.count * rowByteCount)
  case .narrow(let list): gather.narrow = list
  case .wide(let list): gather.wide = list
  }
  let isRead = withExtendedLifetime(indices) {
    FaultGuard.run(reading: rowCount * rowByteCount, at: source, cbk_perform_gather, &gather)
  }
  if isRead { requireAllValid(gather.valid, of: 0..<indices.count, inside: rowCount) { indices[$0] } }
  return isRead
}
