/// The samples that an iteration will read soon, so that a loader can read ahead.
public final class ReadAheadHint: Sendable {
  /// Of an order of blocks: neighbours that come within the next window or so, and that no earlier hint has named.
  let ranges: [Range<Int>]
  /// What is mixed with each other; nil where the samples of a block may be far from each other.
  let window: Window?
  /// Of other orders: the samples of the whole pass, of which the batch is a view; nil where they are not listed.
  private let pass: BatchIndices?

  /// An upper bound on the samples of a window, and on its runs of neighbours.
  struct Window: Sendable {
    let sampleCount: Int
    let runCount: Int
  }

  init(ranges: [Range<Int>], window: Window?) {
    self.ranges = ranges
    self.window = window
    pass = nil
  }

  /// Creates the hint for all batches that are views of a pass.
  init(pass: BatchIndices) {
    ranges = []
    window = nil
    self.pass = pass
  }

  /// Whether the samples are those of an order of blocks.
  var isOfBlocks: Bool { pass == nil }

  /// The samples behind the batch in its pass, at most `count`.
  func samples(behind batch: BatchIndices, count: Int) -> BatchIndices? {
    guard let pass, let end = batch.endPosition(in: pass) else { return nil }
    return pass.part(end..<min(end + count, pass.count))
  }

  /// The hint of a batch of which this is that of the later part.
  func following(_ earlier: ReadAheadHint?) -> ReadAheadHint {
    guard let earlier, isOfBlocks else { return self }
    return ReadAheadHint(ranges: earlier.ranges + ranges, window: window)
  }
}

extension BatchIndices {
  /// Where this view of a list ends in it; nil where it is none.
  fileprivate func endPosition(in list: BatchIndices) -> Int? {
    switch (storage, list.storage) {
    case (.narrow(let part), .narrow(let whole)): part.endPosition(in: whole)
    case (.wide(let part), .wide(let whole)): part.endPosition(in: whole)
    default: nil
    }
  }

  /// Where the samples at neighbouring positions lie; nil where that is far apart.
  func span(of positions: Range<Int>) -> Range<Int>? {
    if positions.isEmpty { return nil }
    let (first, last) = (self[positions.lowerBound], self[positions.upperBound - 1])
    guard first >= 0, last >= first, (last - first) / 4 < positions.count else { return nil }
    return first..<last + 1
  }
}

extension NDArray {
  fileprivate func endPosition(in whole: NDArray) -> Int? {
    let end = offset + count - whole.offset
    return storage === whole.storage && (0...whole.count).contains(end) ? end : nil
  }
}
