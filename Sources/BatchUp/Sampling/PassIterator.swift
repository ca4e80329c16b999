/// Samples to be gone through a number of times.
struct Passes: Sendable {
  let samples: BatchIndices
  let repeats: Repetition

  init(over samples: BatchIndices, repeats: Repetition) {
    if case .times(let count) = repeats {
      precondition(count >= 1, "samples are gone through at least once, not \(count) times")
    }
    self.samples = samples
    self.repeats = repeats
  }

  var sampleCount: SampleCount {
    switch repeats {
    case .times(let count): .finite(count.multipliedSaturating(by: samples.count))
    case .forever: samples.isEmpty ? .finite(0) : .infinite
    }
  }

  func makeIterator(batchSize: Int, order: SampleOrder) -> PassIterator {
    PassIterator(passes: self, batchSize: batchSize, order: order)
  }

  /// Nil under NumPy's generator, whose permutations depend on all draws before.
  func makeIterator(over ranges: BatchRanges, order: SampleOrder) -> PassIterator? {
    if case .numPy = order { return nil }
    var iterator = makeIterator(batchSize: ranges.batchSize, order: order)
    iterator.ranges = ranges.limited(to: sampleCount.end)
    return iterator
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
  private let batchSize: Int
  private let order: SampleOrder
  /// The samples of the current pass in their order, and how many of them have been delivered.
  private var pass = Pass.listed(BatchIndices(0..<0))
  /// What the batches of the pass say about those that follow, where it is listed in an order of its own.
  private var outlook: Outlook?
  private var position = 0
  private var startedPasses = 0
  private var hasEnded = false
  /// The places to deliver; nil for all, one after the other.
  fileprivate var ranges: BatchRanges?
  private let recycler = StorageRecycler()

  init(passes: Passes, batchSize: Int, order: SampleOrder) {
    precondition(batchSize > 0, "a batch has at least one sample, not \(batchSize)")
    self.passes = passes
    self.batchSize = batchSize
    self.order = order
  }

  public mutating func next() -> BatchIndices? {
    if ranges != nil { return nextOfRanges() }
    if startedPasses == 0 { startPass() }
    let fitsIntoPass = pass.count - position >= batchSize
    if position == pass.count { startPass() }
    let available = pass.count - position
    if available == 0 { return nil }
    let batch = available < batchSize && hasMorePasses ? takeAcrossPasses(batchSize) : take(min(available, batchSize))
    if drawsAhead, !fitsIntoPass, position == pass.count { startPass() }
    return batch
  }

  private var hasMorePasses: Bool {
    switch passes.repeats {
    case .times(let count): startedPasses < count
    case .forever: true
    }
  }

  private var drawsAhead: Bool {
    if case .numPy = order { passes.repeats != .times(1) } else { false }
  }

  private mutating func startPass() {
    if hasEnded { return }
    position = 0
    pass = .listed(BatchIndices(0..<0))  // lets go of its memory, which the new pass can use
    outlook = nil
    hasEnded = !hasMorePasses || passes.samples.isEmpty
    if !hasEnded {
      pass = makePass()
      // The parts of other ranks follow on that of one.
      if case .listed(let list) = pass, !list.isRun, ranges.map({ $0.rankCount == 1 }) ?? true {
        outlook = Outlook(pass: list)
      }
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
        return .workedOut(ConstantOrder(count: samples.count, seed: key.seed, epoch: key.epoch, pass: pass))
      case .blocks(let shuffle):
        return .blocks(BlockOrder(count: samples.count, shuffle, seed: key.seed, epoch: key.epoch, pass: pass))
      }
    }
    let order = order.permutation(count: samples.count, pass: startedPasses, recycler: recycler)
    return .listed(samples.reordered(by: order, recycler: recycler))
  }

  private mutating func take(_ count: Int) -> BatchIndices {
    defer { position += count }
    let positions = position..<position + count
    return switch pass {
    case .listed(let list): list.part(positions).announcing(outlook)
    case .workedOut(let order):
      passes.samples.reordered(by: order.indices(at: positions, recycler: recycler), recycler: recycler)
    case .blocks(let order): order.indices(at: positions, of: passes.samples, recycler: recycler)
    }
  }

  private mutating func nextOfRanges() -> BatchIndices? {
    guard let places = ranges?.next() else { return nil }
    if places.isEmpty { return BatchIndices(0..<0) }
    seek(to: places.lowerBound)
    return places.count <= pass.count - position ? take(places.count) : takeAcrossPasses(places.count)
  }

  /// Moves to the place behind `place` others.
  private mutating func seek(to place: Int) {
    let (passIndex, position) = place.quotientAndRemainder(dividingBy: passes.samples.count)
    if startedPasses != passIndex + 1 {
      startedPasses = passIndex
      startPass()
    }
    self.position = position
  }

  private mutating func takeAcrossPasses(_ count: Int) -> BatchIndices {
    requireMemory(forBatchOf: min(count, passes.sampleCount.end))
    var indices: [Int] = []
    var outlook: Outlook?
    while indices.count < count {
      if position == pass.count { startPass() }
      if pass.count == 0 { break }
      let part = take(min(count - indices.count, pass.count - position))
      indices += part
      outlook = part.outlook?.following(outlook) ?? outlook
    }
    return BatchIndices(indices).announcing(outlook)
  }
}

/// The samples of one pass in their order.
private enum Pass {
  case listed(BatchIndices)
  case workedOut(ConstantOrder)
  case blocks(BlockOrder)

  var count: Int {
    switch self {
    case .listed(let list): list.count
    case .workedOut(let order): order.count
    case .blocks(let order): order.count
    }
  }
}

extension BatchIndices {
  /// The samples at the positions that `order` names.
  func reordered(by order: BatchIndices, recycler: StorageRecycler) -> BatchIndices {
    switch storage {
    case .run(let range) where range.lowerBound == 0: order
    case .run(let range): order.moved(into: range, recycler: recycler)
    case .narrow(let list): BatchIndices(.narrow(list.batch(at: order, recycling: recycler)))
    case .wide(let list): BatchIndices(.wide(list.batch(at: order, recycling: recycler)))
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
    let results = NDArray<Result>(uninitializedCount: count, rowShape: [], rowLength: 1, recycler: recycler)
    withUnsafeBufferPointer { for i in $0.indices { results.start[i] = transform($0[i]) } }
    return results
  }
}
