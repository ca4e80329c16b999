/// Lists of indices of samples with quotas of classes.
public struct ClassQuotaIterator: IteratorProtocol {
  private enum Plan {
    case turns(ClassTurns, samples: Int)
    case shares(ShareQuotas)
  }

  private var plan: Plan
  private var decks: [ClassDeck]
  private let batchSize: Int
  private let endsEarly: Bool
  private var hasEnded = false
  private let recycler = StorageRecycler()

  init(_ sampler: ClassQuotaSampler, batchSize: Int, order: SampleOrder, endsEarly: Bool) {
    requireMemory(forBatchOf: batchSize)
    switch sampler.quotas {
    case .classesTimesSamples(let classes, let samples):
      plan = .turns(ClassTurns(of: sampler.members.count, chosen: classes, order: order.ofChoice), samples: samples)
    case .shares(let shares, let least):
      plan = .shares(ShareQuotas(shares, atLeast: least, batchSize: batchSize))
    }
    decks = sampler.members.enumerated().map { ClassDeck(samples: $1, order: order.ofMember($0)) }
    self.batchSize = batchSize
    self.endsEarly = endsEarly
  }

  public mutating func next() -> BatchIndices? {
    if hasEnded { return nil }
    let quotas = nextQuotas()
    hasEnded = endsEarly && quotas.contains { decks[$0].leftCount < $1 }
    if hasEnded { return nil }
    var list: [Int] = []
    list.reserveCapacity(batchSize)
    for (place, count) in quotas { decks[place].deal(count, into: &list, recycler) }
    return BatchIndices(list)
  }

  private mutating func nextQuotas() -> [(Int, Int)] {
    switch plan {
    case .turns(var turns, let samples):
      let classes = turns.next(recycler)
      plan = .turns(turns, samples: samples)
      return classes.map { ($0, samples) }
    case .shares(var shares):
      let counts = shares.next()
      plan = .shares(shares)
      return counts.enumerated().map { ($0, $1) }
    }
  }
}

/// The samples of one class, shuffled anew whenever all have been dealt.
private struct ClassDeck {
  let samples: BatchIndices
  let order: SampleOrder
  private var shuffled = BatchIndices(0..<0)
  private var position = 0
  private var passCount = 0

  init(samples: BatchIndices, order: SampleOrder) {
    self.samples = samples
    self.order = order
  }

  /// How many are left before a sample comes again.
  var leftCount: Int { passCount == 0 ? samples.count : shuffled.count - position }

  mutating func deal(_ count: Int, into list: inout [Int], _ recycler: StorageRecycler) {
    for _ in 0..<count {
      if position == shuffled.count { shuffle(recycler) }
      list.append(shuffled[position])
      position += 1
    }
  }

  private mutating func shuffle(_ recycler: StorageRecycler) {
    let order = order.permutation(count: samples.count, pass: passCount, recycler: recycler)
    shuffled = samples.reordered(by: order, recycler: recycler)
    position = 0
    passCount += 1
  }
}

/// Distinct classes for one batch after the other, each once in every pass over all.
private struct ClassTurns {
  private let classCount: Int
  private let chosenCount: Int
  private let order: SampleOrder
  /// The classes of the passes so far that have not had their turn.
  private var waiting: [Int] = []
  private var passCount = 0

  init(of classCount: Int, chosen chosenCount: Int, order: SampleOrder) {
    self.classCount = classCount
    self.chosenCount = chosenCount
    self.order = order
  }

  /// Where a batch takes up the rest of a pass, classes of the next one that are in it already wait.
  mutating func next(_ recycler: StorageRecycler) -> [Int] {
    if waiting.count < chosenCount {
      let last = Set(waiting)
      let pass = order.permutation(count: classCount, pass: passCount, recycler: recycler)
      passCount += 1
      let fresh = pass.filter { !last.contains($0) }.prefix(chosenCount - waiting.count)
      let chosen = waiting + fresh
      let taken = Set(fresh)
      waiting = pass.filter { !taken.contains($0) }
      return chosen
    }
    defer { waiting.removeFirst(chosenCount) }
    return Array(waiting.prefix(chosenCount))
  }
}
