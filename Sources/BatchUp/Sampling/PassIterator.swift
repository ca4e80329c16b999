/// Samples to be gone through a number of times.
struct Passes: Sendable {
  let samples: BatchIndices
  let repeats: Repetition

  init(over samples: BatchIndices, repeats: Repetition) {
    do throws(SourceError) { try repeats.requireOne() } catch { endProgram("\(error)") }
    self.samples = samples
    self.repeats = repeats
  }

  var sampleCount: SampleCount {
    switch repeats {
    case .times(let count): .finite(count.multipliedSaturating(by: samples.count))
    case .forever: samples.isEmpty ? .finite(0) : .infinite
    }
  }

  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint(sampleCount)
    fingerprint.combine(samples.fingerprint)
    return fingerprint
  }
}

/// Lists of sample indices that run on from one pass over the samples into the next.
///
/// Pass p of a shuffled order is a permutation of its own, a function of (seed, epoch, p).
///
/// Under NumPy's generator the permutations are drawn when Python BatchUp draws them, since others may draw in between:
/// the next one as soon as a batch that did not fit into the rest of a pass has used one up, even where no pass is
/// left, unless there is only one.
public struct PassIterator: IteratorProtocol {
  private let passes: Passes
  private let order: SampleOrder
  private let drawsAhead: Bool
  private var ranges: BatchRanges
  /// The samples of the current pass in their order, their number, and how many of them have been delivered.
  private var pass = Pass.listed(BatchIndices(0..<0))
  private var passCount = 0
  private var position = 0
  private var startedPasses = 0
  private var hasEnded = false
  /// Of the blocks of which the list that was delivered last is made.
  private var blockHint: ReadAheadHint?
  /// The hint of all lists of a pass that is listed in an order of its own.
  private var passHint: ReadAheadHint?
  private let recycler = StorageRecycler()

  init(passes: Passes, ranges: BatchRanges, order: SampleOrder) {
    self.passes = passes
    self.order = order
    drawsAhead = if case .numPy = order { passes.repeats != .times(1) } else { false }
    self.ranges = ranges.limited(to: passes.sampleCount.end)
  }

  /// What will be read behind the list that was delivered last.
  var hint: ReadAheadHint? { passHint ?? blockHint }

  public mutating func next() -> BatchIndices? {
    if blockHint != nil { blockHint = nil }
    if startedPasses == 0, drawsAhead { startPass() }
    guard let range = ranges.next() else {
      if drawsAhead, position == passCount { startPass() }
      return nil
    }
    if range.isEmpty { return BatchIndices(0..<0) }
    let fitsIntoPass = passCount - position >= ranges.batchSize
    seek(to: range.lowerBound)
    let batch = range.count <= passCount - position ? take(range.count) : takeAcrossPasses(range.count)
    if drawsAhead, !fitsIntoPass, position == passCount { startPass() }
    return batch
  }

  private var hasMorePasses: Bool {
    switch passes.repeats {
    case .times(let count): startedPasses < count
    case .forever: true
    }
  }

  private mutating func startPass() {
    if hasEnded { return }
    (position, passCount) = (0, 0)
    pass = .listed(BatchIndices(0..<0))  // releases its memory, which the new pass can use
    passHint = nil
    hasEnded = !hasMorePasses || passes.samples.isEmpty
    if !hasEnded {
      pass = makePass()
      passCount = passes.samples.count
      // The parts of other ranks follow on that of one.
      if case .listed(let list) = pass, list.run == nil, ranges.rankCount == 1 { passHint = ReadAheadHint(pass: list) }
    } else if drawsAhead {
      _ = makePass()
    }
    startedPasses += 1
  }

  private func makePass() -> Pass {
    let samples = passes.samples
    if case .shuffled(let key) = order {
      let pass = UInt32(truncatingIfNeeded: startedPasses)
      switch key.memory {
      case .proportional: break
      case .constant:
        return .computed(ConstantOrder(count: samples.count, seed: key.seed, epoch: key.epoch, pass: pass))
      case .blocks(let shuffle):
        return .blocks(BlockOrder(count: samples.count, shuffle, seed: key.seed, epoch: key.epoch, pass: pass))
      }
    }
    let order = order.permutation(count: samples.count, pass: startedPasses, recycler: recycler)
    return .listed(samples.reordered(by: order, recycler: recycler))
  }

  /// Moves to the place behind `offset` others.
  private mutating func seek(to offset: Int) {
    let count = passes.samples.count
    if position < passCount, offset == (startedPasses - 1) * count + position { return }
    let (passIndex, position) = offset.quotientAndRemainder(dividingBy: count)
    if startedPasses != passIndex + 1 {
      startedPasses = passIndex
      startPass()
    }
    self.position = position
  }

  private mutating func take(_ count: Int) -> BatchIndices {
    defer { position += count }
    let positions = position..<position + count
    switch pass {
    case .listed(let list):
      return list.part(positions)
    case .computed(let order):
      return passes.samples.reordered(by: order.indices(at: positions, recycler: recycler), recycler: recycler)
    case .blocks(let order):
      let (indices, hint) = order.indices(at: positions, of: passes.samples, recycler: recycler)
      blockHint = hint.following(blockHint)
      return indices
    }
  }

  private mutating func takeAcrossPasses(_ count: Int) -> BatchIndices {
    requireMemory(forBatchOf: min(count, passes.sampleCount.end))
    var indices: [Int] = []
    while indices.count < count {
      if position == passCount { startPass() }
      if passCount == 0 { break }
      indices += take(min(count - indices.count, passCount - position))
    }
    return BatchIndices(indices)
  }
}

/// The samples of one pass in their order.
private enum Pass {
  case listed(BatchIndices)
  case computed(ConstantOrder)
  case blocks(BlockOrder)
}

extension BatchIndices {
  /// The samples at the positions that `order` names.
  func reordered(by order: BatchIndices, recycler: StorageRecycler) -> BatchIndices {
    switch storage {
    case .run(let range) where range.lowerBound == 0: order
    case .run(let range): order.moved(into: range, recycler: recycler)
    case .narrow(let list): BatchIndices(.narrow(list.gathered(order, recycler: recycler)))
    case .wide(let list): BatchIndices(.wide(list.gathered(order, recycler: recycler)))
    }
  }

  /// The samples at these positions in `range`.
  private func moved(into range: Range<Int>, recycler: StorageRecycler) -> BatchIndices {
    let start = range.lowerBound
    return switch storage {
    case .run(let positions): BatchIndices(start + positions.lowerBound..<start + positions.upperBound)
    case .narrow(let list) where UInt32(exactly: range.upperBound) != nil:
      BatchIndices(.narrow(list.map(recycler) { $0 &+ UInt32(truncatingIfNeeded: start) }))
    case .narrow(let list):
      BatchIndices(.wide(list.map(recycler) { UInt64($0) &+ UInt64(truncatingIfNeeded: start) }))
    case .wide(let list): BatchIndices(.wide(list.map(recycler) { $0 &+ UInt64(truncatingIfNeeded: start) }))
    }
  }
}

extension NDArray {
  fileprivate func map<Result>(_ recycler: StorageRecycler, _ transform: (Scalar) -> Result) -> NDArray<Result> {
    let results = NDArray<Result>(uninitializedCount: count, recycler: recycler)
    withUnsafeBufferPointer { for i in $0.indices { results.start[i] = transform($0[i]) } }
    return results
  }
}
