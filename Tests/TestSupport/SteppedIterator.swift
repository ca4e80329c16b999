import BatchUp

/// Draws one position after the other, and makes the batch there, or its first samples, where it is wanted.
struct SteppedIterator<Source: BatchSource> {
  let source: Source
  var positions: Source.Positions
  var position: Source.Position?
  let context = BatchContext()

  mutating func advance() -> Int? {
    position = nil
    position = positions.next()
    return position?.sampleCount
  }

  mutating func makeBatch(ofFirst count: Int) throws(Source.Failure) -> Source.Batch {
    guard let position else { preconditionFailure("no batch to make: advance() comes first, and once for each") }
    self.position = nil
    return try source.batch(at: position.sampleCount == count ? position : position.trimmed(to: count), in: context)
  }
}
