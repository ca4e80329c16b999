import BatchUpSystem

/// One pass of a `BlockShuffle`: a permutation of 0..<count of which any part can be had in time and memory O(window),
/// besides O(blocks) to begin with.
///
/// THE ORDER FORMAT (`BlockShuffle.orderFormat`). All comes from K, the key derived from (seed, epoch, pass) for block
/// orders. Let L = min(length, count), and let F = floor(P * count / 2^64), where P is the phase derived from K. Block b
/// has the samples (F + i) modulo count for i in b L ..< min((b + 1) L, count). The blocks come in the order of the
/// permutation of (seed K, epoch 0, pass 0). Window w is the blocks at places w * window ..< (w + 1) * window of it. Its
/// samples, block after block in that order, are permuted by the permutation of (seed K, epoch w + 1, pass 0), and the
/// windows come one after the other.
///
/// F is uniform up to count / 2^64, and with it, by symmetry, the sample at each position.
final class BlockOrder: Sendable {
  let count: Int
  let blockCount: Int
  private let length: Int
  private let windowLength: Int
  private let phase: Int
  private let key: UInt64
  private let blocks: BatchIndices
  /// Where the last block comes, which may be shorter, and by how much.
  private let lastBlockPlace: Int
  private let missingCount: Int
  /// The window that was asked for last.
  private let latest = Guarded<Window?>(nil)
  /// Where the positions end that were asked for last.
  private let latestEnd = Guarded(0)

  private struct Window {
    let number: Int
    let start: Int
    let samples: BatchIndices
  }

  init(count: Int, _ shuffle: BlockShuffle, seed: UInt64, epoch: UInt64, pass: UInt32) {
    precondition(count > 0, "there is no order of no samples")
    self.count = count
    length = min(shuffle.length, count)
    blockCount = (count - 1) / length + 1
    windowLength = min(shuffle.window, blockCount)
    key = blockOrderKey(seed: seed, epoch: epoch, pass: pass)
    phase = Int(blockPhase(key: key).multipliedFullWidth(by: UInt64(count)).high)
    blocks = permutation(count: blockCount, seed: key, epoch: 0, pass: 0, recycler: StorageRecycler())
    lastBlockPlace = blocks.firstIndex(of: blockCount - 1) ?? 0
    missingCount = blockCount * length - count
  }

  // MARK: Blocks and their places in the order

  /// The samples of the block at a place: two runs where it lies around the end.
  func samples(at place: Int) -> [Range<Int>] {
    let unturned = blocks[place] * length
    // No sum of two positions, which may be too large.
    let start = unturned < count - phase ? unturned + phase : unturned - (count - phase)
    let size = place == lastBlockPlace ? length - missingCount : length
    let sizeBeforeEnd = min(size, count - start)
    let run = start..<start + sizeBeforeEnd
    return sizeBeforeEnd == size ? [run] : [run, 0..<size - sizeBeforeEnd]
  }

  /// How many samples come before the block at a place, or in all.
  func start(of place: Int) -> Int {
    place * length - (place > lastBlockPlace ? missingCount : 0)
  }

  /// The place of the block, in the unmixed order, to which a position belongs.
  private func place(of position: Int) -> Int {
    let place = position / length
    return start(of: place + 1) <= position ? place + 1 : place
  }

  private func places(ofWindow number: Int) -> Range<Int> {
    min(number * windowLength, blockCount)..<min((number + 1) * windowLength, blockCount)
  }

  // MARK: Samples

  /// Those of `samples` that come at neighbouring positions of the order, and what comes soon behind them.
  func indices(
    at positions: Range<Int>, of samples: BatchIndices, recycler: StorageRecycler
  ) -> (BatchIndices, ReadAheadHint) {
    precondition(
      positions.lowerBound >= 0 && positions.upperBound <= count, "positions \(positions) are not inside 0..<\(count)")
    var parts: [BatchIndices] = []
    var ranges: [Range<Int>] = []
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (window, comesUnannounced) = window(at: position, recycler: recycler)
      let end = min(positions.upperBound, window.start + window.samples.count)
      parts.append(window.samples.part(position - window.start..<end - window.start))
      // Of several ranks, each passes over positions of the others, at which blocks start, too.
      let previousEnd = latestEnd.withLock { latest in
        defer { latest = end }
        return latest
      }
      if comesUnannounced { ranges += places(ofWindow: window.number).flatMap(self.samples(at:)) }
      ranges += blocks(announcedAt: (comesUnannounced ? window.start : min(previousEnd, position))..<end)
      position = end
    }
    let indices = parts.count == 1 ? parts[0] : BatchIndices(parts.joined())
    let hint = ReadAheadHint(
      ranges: ranges.compactMap { samples.span(of: $0) }, window: samples.run == nil ? nil : window)
    return (samples.reordered(by: indices, recycler: recycler), hint)
  }

  /// The blocks that are one window behind those that start at these positions of the unmixed order: with every block
  /// that is used up, one is announced.
  private func blocks(announcedAt positions: Range<Int>) -> [Range<Int>] {
    var place = place(of: positions.lowerBound)
    if start(of: place) < positions.lowerBound { place += 1 }
    var ranges: [Range<Int>] = []
    while place + windowLength < blockCount, start(of: place) < positions.upperBound {
      ranges += samples(at: place + windowLength)
      place += 1
    }
    return ranges
  }

  private var window: ReadAheadHint.Window {
    ReadAheadHint.Window(sampleCount: min(windowLength * length, count), runCount: windowLength + 1)
  }

  /// The window at a position, and whether it is neither the latest one nor the one behind.
  private func window(at position: Int, recycler: StorageRecycler) -> (Window, comesUnannounced: Bool) {
    let number = place(of: position) / windowLength
    return latest.withLock { latest in
      if let latest, latest.number == number { return (latest, false) }
      let isNext = latest.map { $0.number + 1 == number } ?? false
      latest = nil  // lets go of its memory, which this one can use
      let window = makeWindow(number, recycler: recycler)
      latest = window
      return (window, !isNext)
    }
  }

  private func makeWindow(_ number: Int, recycler: StorageRecycler) -> Window {
    let places = places(ofWindow: number)
    let ranges = places.flatMap(samples(at:))
    let start = start(of: places.lowerBound)
    let size = ranges.reduce(0) { $0 + $1.count }
    let order = permutation(count: size, seed: key, epoch: UInt64(number) + 1, pass: 0, recycler: recycler)
    let unmixed =
      count <= 1 << 32
      ? BatchIndices(.narrow(list(ranges, size, recycler) { UInt32(truncatingIfNeeded: $0) }))
      : BatchIndices(.wide(list(ranges, size, recycler) { UInt64($0) }))
    return Window(number: number, start: start, samples: unmixed.reordered(by: order, recycler: recycler))
  }

  private func list<Scalar>(
    _ ranges: [Range<Int>], _ size: Int, _ recycler: StorageRecycler, _ word: (Int) -> Scalar
  ) -> NDArray<Scalar> {
    let list = NDArray<Scalar>(uninitializedCount: size, recycler: recycler)
    var position = 0
    for range in ranges {
      for sample in range {
        list.start[position] = word(sample)
        position += 1
      }
    }
    return list
  }
}
