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

  private let plan: Plan
  /// The members of one round, or of the whole iteration, in order.
  private let members: [Int]
  private let order: SampleOrder
  private let memberCount: Int

  /// The current round and how much of it has been chosen.
  private var round: [Int] = []
  private var position = 0
  private var startedRounds = 0
  private var exhausted: Set<Int> = []
  private var hasEnded = false
  private let recycler = StorageRecycler()

  init(
    selection: ChoiceSource<some BatchSource>.Selection, counts: [SampleCount], batchSize: Int, order: SampleOrder
  ) {
    self.order = order
    memberCount = counts.count
    switch selection {
    case .untilFirstExhausted:
      plan = .rounds
      members = Array(counts.indices)
    case .stratified:
      if let batchCounts = Self.batchCounts(counts, batchSize: batchSize) {
        plan = .once
        members = Self.listed(batchCounts, order, inOrder: evenlySpreadAsInPython)
      } else {
        plan = .rounds
        members = Array(counts.indices)
      }
    case .proportional(let proportions):
      plan = .rounds
      members = Self.listed(proportions, order, inOrder: evenlySpread)
    case .sequential:
      plan = .once
      members = []
    }
  }

  @usableFromInline
  mutating func next() -> Int? {
    if hasEnded { return nil }
    if position == round.count, plan == .rounds || startedRounds == 0 { startRound() }
    if position < round.count {
      position += 1
      return round[position - 1]
    }
    return (0..<memberCount).first { !exhausted.contains($0) }
  }

  @usableFromInline
  mutating func memberIsExhausted(_ member: Int) {
    exhausted.insert(member)
    hasEnded = plan == .rounds || exhausted.count == memberCount
  }

  private mutating func startRound() {
    round = order.ofChoice.permutation(count: members.count, pass: startedRounds, recycler: recycler)
      .map { members[$0] }
    position = 0
    startedRounds += 1
  }

  /// The number of batches of each member; nil where not all numbers of samples are known and finite.
  private static func batchCounts(_ counts: [SampleCount], batchSize: Int) -> [Int]? {
    var batchCounts: [Int] = []
    for case .finite(let count) in counts { batchCounts.append(count / batchSize + (count % batchSize > 0 ? 1 : 0)) }
    return batchCounts.count == counts.count ? batchCounts : nil
  }

  /// Member i `counts[i]` times: evenly spread in order, and one after the other before a shuffle.
  private static func listed(
    _ counts: [Int], _ order: SampleOrder, inOrder spread: ([Int]) -> [Int]
  ) -> [Int] {
    let total = counts.reduce(0) { $0.addingSaturating($1) }
    requireMemory(
      for: total, byteCountEach: 32, "a choice in a list of \(total) batches", advice: "use smaller proportions")
    guard case .inOrder = order else {
      return counts.indices.flatMap { repeatElement($0, count: counts[$0]) }
    }
    return spread(counts)
  }
}
