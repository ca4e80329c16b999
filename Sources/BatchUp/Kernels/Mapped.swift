internal import CBatchKernels

func mappedFilesAreGuarded() -> Bool { cbk_mapped_is_guarded() }

func guardMappedFiles(_ areGuarded: Bool) { cbk_mapped_set_guarded(areGuarded) }

/// As `gatherRows` from a mapped file; nil where the array has no bytes. False where the file no longer has some of the
/// rows, or its disk fails.
func gatherMappedRows(
  from source: UnsafeRawPointer?, rowCount: Int, at indices: BatchIndices,
  into destination: UnsafeMutableRawPointer, rowByteCount: Int
) -> Bool {
  switch indices.storage {
  case .run(let range):
    requireRun(range, inside: rowCount)
    guard let source else { return true }
    return cbk_mapped_copy(source + range.lowerBound * rowByteCount, destination, range.count * rowByteCount)
  case .narrow(let list):
    let valid = list.withUnsafeBufferPointer {
      cbk_mapped_gather_u32(source, rowCount, $0.baseAddress, destination, $0.count, rowByteCount)
    }
    return requireValidOrFault(valid, of: indices, inside: rowCount)
  case .wide(let list):
    let valid = list.withUnsafeBufferPointer {
      cbk_mapped_gather_u64(source, rowCount, $0.baseAddress, destination, $0.count, rowByteCount)
    }
    return requireValidOrFault(valid, of: indices, inside: rowCount)
  }
}

private func requireValidOrFault(_ valid: Int, of indices: BatchIndices, inside rowCount: Int) -> Bool {
  // CBK_MAPPED_FAULT, the largest number, which no batch has as many rows as.
  if valid == -1 { return false }
  requireAllValid(valid, of: 0..<indices.count, inside: rowCount) { indices[$0] }
  return true
}
