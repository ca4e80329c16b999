@testable import BatchUp

/// A partial file is refused, or the output goes on where it was left and is complete.
func checkPartialOutput(_ bytes: [UInt8], in folder: ScratchFolder) throws {
  try checkTrailer(bytes)
  let path = folder.path("output")
  let partialPath = try folder.write(bytes, as: "output.partial")
  let shape = [3, 2]
  let output: NPYOutput<Float>
  do {
    output = try NPYOutput(path: path, shape: shape, resuming: [1, 2], checkpointInterval: .zero)
  } catch {
    return try requireLine(error, about: partialPath)
  }
  let done = output.completedRowCount
  try require(0...3 ~= done, "\(done) of 3 rows are done")
  for row in done..<3 { try output.write(NDArray([Float(row), -1], shape: [1, 2]), at: row) }
  try output.finish()
  let whole = try NPYFile(path: path).array(of: Float.self)
  try require(whole.shape == shape, "\(whole.shape) is \(shape)")
  let header = NPYHeader.bytes(elementType: .float32, shape: shape)
  let kept = elementBytes(whole[rows: 0..<done])
  try require(bytes.dropFirst(header.count).starts(with: kept), "rows that are done stay as they are")
  for row in done..<3 { try require(whole[row, 0] == Float(row), "rows that were not are written") }
}

/// The trailer alone, which a whole file hides behind its header.
private func checkTrailer(_ bytes: [UInt8]) throws {
  guard case .trailer(var trailer) = ProgressTrailer.content(of: bytes, offset: 0) else { return }
  var changed = bytes
  for rowCount in [trailer.rowCount / 2, Int.max] {
    let (record, offset) = trailer.record(rowCount: rowCount)
    changed.replaceSubrange(offset..<offset + record.count, with: record)
    guard case .trailer(let found) = ProgressTrailer.content(of: changed, offset: 0) else {
      throw Contradiction(description: "a record damages the trailer")
    }
    try require(found.rowCount == rowCount, "the last record counts: \(found.rowCount) is \(rowCount)")
  }
}
