/// Says which member of a choice delivers the next batch.
///
/// What it draws from an order, it draws when the number that depends on it is asked for, as Python BatchUp does.
@usableFromInline
struct MemberChooser {
  private enum Plan {
    /// Rounds of members, to the end of the first member that ends.
    case rounds
    /// One list of members, and then whatever members have left.
    case once
  }

  /// In which order the members of one round, or of the whole iteration, come.
  private enum Turns {
    /// As the samples do: one after the other in order, and shuffled.
    case ordered
    case evenlySpread([Int])
    case spreadAsInPython([Int])
  }

  private let plan: Plan
  private let turns: Turns
  private let order: SampleOrder
  private let memberCount: Int
  /// Where the batches of each member end in a list of those of one round, or of the whole iteration, by member.
  private let ends: [Int]

  /// What is left of the current round; worked out batch by batch, but for a shuffle.
  private var round: (any IteratorProtocol<Int>)?
  private var startedRounds = 0
  private var exhausted: Set<Int> = []
  private var hasEnded = false
  private let recycler = StorageRecycler()

  init(
    selection: ChoiceSource<some BatchSource>.Selection, counts: [SampleCount], batchSize: Int, order: SampleOrder
  ) {
    self.order = order
    memberCount = counts.count
    var isInOrder = false
    if case .inOrder = order { isInOrder = true }
    switch selection {
    case .untilFirstExhausted:
      (plan, turns, ends) = (.rounds, .ordered, Self.ends(of: counts.map { _ in 1 }))
    case .stratified:
      if let batchCounts = Self.batchCounts(counts, batchSize: batchSize) {
        (plan, turns) = (.once, isInOrder ? .spreadAsInPython(batchCounts) : .ordered)
        ends = Self.ends(of: batchCounts)
      } else {
        (plan, turns, ends) = (.rounds, .ordered, Self.ends(of: counts.map { _ in 1 }))
      }
    case .proportional(let proportions):
      (plan, turns) = (.rounds, isInOrder ? .evenlySpread(proportions) : .ordered)
      ends = Self.ends(of: proportions)
    case .sequential:
      (plan, turns, ends) = (.once, .ordered, [])
    }
  }

  @usableFromInline
  mutating func next() -> Int? {
    if hasEnded { return nil }
    if let member = round?.next() { return member }
    if plan == .rounds || startedRounds == 0 {
      round = nil  // whose memory the next one can use
      round = makeRound()
      startedRounds += 1
      if let member = round?.next() { return member }
    }
    return (0..<memberCount).first { !exhausted.contains($0) }
  }

  @usableFromInline
  mutating func memberIsExhausted(_ member: Int) {
    exhausted.insert(member)
    hasEnded = plan == .rounds || exhausted.count == memberCount
  }

  private func makeRound() -> any IteratorProtocol<Int> {
    switch turns {
    case .evenlySpread(let counts): return BatchUp.evenlySpread(counts)
    case .spreadAsInPython(let counts): return PythonSpreadParts(counts)
    case .ordered:
      let total = ends.last ?? 0
      // Of a list, and of what it takes to shuffle it.
      requireMemory(
        for: total, byteCountEach: 2 * shuffleByteCount(for: total), "a shuffled choice among \(total) batches",
        advice: "use smaller proportions or larger batches")
      let turns = order.ofChoice.permutation(count: total, pass: startedRounds, recycler: recycler)
      return MembersInTurn(ends: ends, turns: turns)
    }
  }

  private static func ends(of counts: [Int]) -> [Int] {
    var end = 0
    return counts.map { count in
      end = end.addingSaturating(count)
      return end
    }
  }

  /// The number of batches of each member; nil where not all numbers of samples are known and finite.
  private static func batchCounts(_ counts: [SampleCount], batchSize: Int) -> [Int]? {
    var batchCounts: [Int] = []
    for case .finite(let count) in counts { batchCounts.append(count / batchSize + (count % batchSize > 0 ? 1 : 0)) }
    return batchCounts.count == counts.count ? batchCounts : nil
  }
}

/// The members whose batches have these numbers in a list of the batches of all.
private struct MembersInTurn: IteratorProtocol {
  let ends: [Int]
  let turns: BatchIndices
  var position = 0

  mutating func next() -> Int? {
    if position == turns.count { return nil }
    defer { position += 1 }
    let number = turns[position]
    var members = 0..<ends.count
    while members.count > 1 {
      let middle = members.lowerBound + members.count / 2
      members = number < ends[middle - 1] ? members.lowerBound..<middle : middle..<members.upperBound
    }
    return members.lowerBound
  }
}
