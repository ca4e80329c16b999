import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct ChoiceSourceTests {
  /// Which member each batch comes from.
  private func chosenMembers(
    _ source: ChoiceSource<Numbers>, batchSize: Int = 1, shuffle: Shuffle? = nil, limit: Int = 200
  ) -> [Int] {
    let batches = shuffle.map { source.indexed().batches(of: batchSize, shuffle: $0) }
    return (batches ?? source.indexed().batches(of: batchSize)).prefix(limit).map(\.indices.member)
  }

  private func withEveryMembers(_ body: ([Int]) throws -> Void) rethrows {
    for first in 0...4 {
      try body([first])
      for second in 0...4 {
        try body([first, second])
        for third in 0...4 { try body([first, second, third]) }
      }
    }
  }

  /// Batches of each member, in order.
  private func batches(_ counts: [Int], _ batchSize: Int) -> [[[Int]]] {
    counts.enumerated().map { member, count in
      definedBatches(
        ofPasses: { _ in (0..<count).map { 100 * member + $0 } }, sampleCount: count, batchSize: batchSize, repeats: 1,
        remainder: .keep)
    }
  }

  @Test func roundsEndWithTheFirstMemberThatHasNoMore() throws {
    try withEveryMembers { counts in
      for batchSize in 1...5 {
        let batches = batches(counts, batchSize)
        var expected: [[Int]] = []
        var turn = 0
        while turn / counts.count < batches[turn % counts.count].count {
          expected.append(batches[turn % counts.count][turn / counts.count])
          turn += 1
        }
        let source = try ChoiceSource(members(counts))
        #expect(source.batches(of: batchSize).map(\.scalars) == expected)
      }
    }
  }

  @Test func sequentialMembersComeOneAfterTheOther() throws {
    try withEveryMembers { counts in
      for batchSize in 1...5 {
        let source = try members(counts).concatenated()
        #expect(source.batches(of: batchSize).map(\.scalars) == batches(counts, batchSize).flatMap { $0 })
        let shuffled = source.batches(of: batchSize, shuffle: .seed(1))
        #expect(shuffled.map(\.count) == batches(counts, batchSize).flatMap { $0.map(\.count) })
        let members = shuffled.flatMap { batch in batch.scalars.map { $0 / 100 } }
        #expect(members == counts.indices.flatMap { repeatElement($0, count: counts[$0]) })
      }
    }
  }

  @Test func stratifiedMembersDeliverAllSpreadEvenly() throws {
    // The order is Python's: in steps, in each of which every member comes at most once. Over these cases a member is
    // less than one batch ahead of or behind its share where there are two, and less than two where there are three.
    try withEveryMembers { counts in
      for batchSize in 1...3 {
        let batchCounts = counts.map { ($0 + batchSize - 1) / batchSize }
        let source = try ChoiceSource(members(counts), selection: .stratified)
        let chosen = chosenMembers(source, batchSize: batchSize)
        expectEvenSpread(chosen, of: batchCounts, within: Double(max(counts.count - 1, 1)))
        let shuffled = chosenMembers(source, batchSize: batchSize, shuffle: .seed(4))
        #expect(shuffled.sorted() == chosen.sorted())
      }
    }
  }

  private func expectEvenSpread(_ chosen: [Int], of counts: [Int], within bound: Double) {
    let total = counts.reduce(0, +)
    #expect(chosen.count == total)
    var found = counts.map { _ in 0 }
    for (position, member) in chosen.enumerated() {
      found[member] += 1
      for member in counts.indices {
        let share = Double(counts[member] * (position + 1)) / Double(total)
        #expect(abs(Double(found[member]) - share) < bound, "\(chosen) of \(counts)")
      }
    }
    #expect(found == counts)
  }

  @Test func proportionsAreExactInEachRound() throws {
    let endless = try members([2, 3, 4], repeats: .forever)
    withEvery("first", in: 0...4) { first in
      withEvery("second", in: 0...4) { second in
        withEvery("third", in: (0...4).filter { first + second + $0 > 0 }) { third in
          let proportions = [first, second, third]
          let round = first + second + third
          let source = ChoiceSource(endless, selection: .proportional(proportions))
          let inOrder = chosenMembers(source, limit: 3 * round)
          expectEvenSpread(Array(inOrder.prefix(round)), of: proportions, within: 1)
          #expect(inOrder == (0..<3).flatMap { _ in inOrder.prefix(round) })
          let shuffled = chosenMembers(source, shuffle: .seed(1), limit: 3 * round)
          for start in [0, round, 2 * round] {
            #expect(shuffled[start..<start + round].sorted() == inOrder.prefix(round).sorted())
          }
        }
      }
    }
  }

  @Test func proportionalRoundsEndWithTheMemberThatHasNoMore() throws {
    let source = try ChoiceSource(members([9, 5]), selection: .proportional([2, 1]))
    // Rounds of 0, 1, 0: the first member has five batches of two.
    #expect(chosenMembers(source, batchSize: 2) == [0, 1, 0, 0, 1, 0, 0, 1])
    #expect(try chosenMembers(ChoiceSource(members([9, 0]), selection: .proportional([1, 0]))).count == 9)
    #expect(try chosenMembers(ChoiceSource(members([0, 9]), selection: .proportional([1, 0]))).isEmpty)
  }

  @Test func membersThatNeverComeAreNotCounted() throws {
    #expect(try ChoiceSource(members([9, 5]), selection: .proportional([2, 0])).sampleCount == .finite(9))
    let mixed = try [numbers(0..<3, repeats: .forever), numbers(0..<5)]
    #expect(ChoiceSource(mixed, selection: .proportional([1, 0])).sampleCount == .infinite)
    #expect(ChoiceSource(mixed, selection: .proportional([0, 1])).batches(of: 2).sampleCount == .finite(5))
  }

  @Test func countsBeyondAllNumbers() throws {
    let endless = try numbers(0..<3, repeats: .times(.max))
    #expect(endless.sampleCount == .finite(.max))
    #expect(ChoiceSource([endless, endless]).sampleCount == .finite(.max))
    #expect(Array(endless.batches(of: 2, shuffle: .seed(1)).prefix(2)).count == 2)
  }

  @Test func everyOrderOfMembersIsEquallyLikely() throws {
    // 12 orders of 0, 0, 1, 2, one after the other in two rounds: 144 pairs, 50 expected of each. Where the members end
    // after 2, 1 and 1 batches, there is one round: 600 expected of each.
    let endless = try members([1, 1, 1], repeats: .forever)
    try expectAllEquallyLikely(ChoiceSource(endless, selection: .proportional([2, 1, 1])), take: 8, orderCount: 144)
    try expectAllEquallyLikely(
      ChoiceSource(members([2, 1, 1]), selection: .stratified), take: 4, orderCount: 12, number: 600)
    // Two rounds of three.
    try expectAllEquallyLikely(ChoiceSource(endless), take: 6, orderCount: 36, number: 200)
  }

  private func expectAllEquallyLikely(
    _ source: ChoiceSource<Numbers>, take: Int, orderCount: Int, number: Int = 50
  ) throws {
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<number * orderCount {
      counts[chosenMembers(source, shuffle: .seed(11, epoch: epoch), limit: take), default: 0] += 1
    }
    #expect(counts.count == orderCount)
    #expect(chiSquared(counts.values) < chiSquaredBound(degreesOfFreedom: orderCount - 1))
  }

  @Test func choiceAndOrdersOfMembersAreIndependent() throws {
    // 6 orders of members 0, 0, 1, 1, and 2 orders of the samples of either: 24 combinations, 100 expected of each.
    let source = try ChoiceSource(members([2, 2]), selection: .stratified)
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<2_400 {
      counts[source.batches(of: 1, shuffle: .seed(3, epoch: epoch)).flatMap(\.scalars), default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(chiSquared(counts.values) < chiSquaredBound(degreesOfFreedom: 23))
  }

  @Test func roundsAreIndependentOfTheMembersOrders() throws {
    // A round of three members of three samples each: 6 orders of the members and 6 of the samples of each. With one key
    // for both, they would be the same. 36 pairs, 100 expected of each.
    let source = try ChoiceSource(members([3, 3, 3]))
    var counts = [[[Int]: Int]](repeating: [:], count: 3)
    for epoch in 0..<3_600 {
      let batches = source.batches(of: 3, shuffle: .seed(8, epoch: epoch)).map(\.scalars)
      let round = batches.map { $0[0] / 100 }
      for (member, batch) in zip(round, batches) { counts[member][round + batch, default: 0] += 1 }
    }
    for pairs in counts {
      #expect(pairs.count == 36)
      #expect(chiSquared(pairs.values) < chiSquaredBound(degreesOfFreedom: 35))
    }
  }

  @Test func stratifiedMembersWithoutAnEndComeInRounds() throws {
    let mixed = try [numbers(0..<5), numbers(0..<2, repeats: .forever)]
    #expect(chosenMembers(ChoiceSource(mixed, selection: .stratified), batchSize: 2) == [0, 1, 0, 1, 0, 1])
    #expect(
      chosenMembers(ChoiceSource(mixed, selection: .stratified), batchSize: 2, shuffle: .seed(1))
        == chosenMembers(ChoiceSource(mixed), batchSize: 2, shuffle: .seed(1)))
  }

  @Test func membersWithMoreBatchesThanTheirCountSaysDeliverThemAll() throws {
    // Three samples in two batches, since they are of two sources: the count alone promises one batch of three.
    let nested = try ChoiceSource(
      [members([2, 1]).concatenated(), members([3]).concatenated()], selection: .stratified)
    for shuffle: Shuffle in [.seed(1), .seed(2), .seed(3)] {
      #expect(nested.batches(of: 3, shuffle: shuffle).map(\.count).sorted() == [1, 2, 3])
    }
  }

  @Test func sampleCounts() throws {
    let (five, endless) = try (numbers(0..<5), numbers(0..<3, repeats: .forever))
    for selection: ChoiceSource<Numbers>.Selection in [
      .untilFirstExhausted, .stratified, .sequential, .proportional([1, 1]),
    ] {
      let mixed = ChoiceSource([five, endless], selection: selection)
      #expect(mixed.sampleCount == (selection == .sequential ? .infinite : .unknown))
      #expect(ChoiceSource([endless, endless], selection: selection).sampleCount == .infinite)
      let finite = ChoiceSource([five, five], selection: selection)
      #expect(finite.sampleCount == .finite(10))
      #expect(finite.sampleCount(batchSize: 3, remainder: .drop) == .finite(6))
      #expect(finite.sampleCount(batchSize: 3, remainder: .keep) == .finite(10))
    }
  }

  @Test func aMemberThatFailsLosesNothingButItsBatch() throws {
    typealias Choice = ChoiceSource<ArraySource<[Int], StandardSampler, any Error>>
    for selection: Choice.Selection in [.untilFirstExhausted, .stratified, .sequential, .proportional([1, 2])] {
      for shuffle: Shuffle in [.seed(1), .seed(2)] {
        func choice(_ unreadable: Set<Int>) throws -> [[Int]?] {
          let members = try [loaded(0..<7, unreadable: unreadable), loaded(100..<108, unreadable: unreadable)]
          return outcomes(Choice(members, selection: selection).batches(of: 3, shuffle: shuffle)).map { try? $0.get() }
        }
        let whole = try choice([])
        for bad in [0, 3, 6, 101, 107] {
          #expect(try choice([bad]) == whole.map { $0?.contains(bad) == true ? nil : $0 })
        }
      }
    }
  }

  @Test func batchSizesBeyondAllSamples() throws {
    for selection: ChoiceSource<Numbers>.Selection in [.untilFirstExhausted, .stratified, .sequential] {
      for batchSize in [1 << 40, .max] {
        let source = try ChoiceSource([numbers(0..<3, repeats: 2), numbers(5..<9)], selection: selection)
        #expect(source.batches(of: batchSize).map(\.scalars) == [[0, 1, 2, 0, 1, 2], [5, 6, 7, 8]])
        #expect(source.batches(of: batchSize, remainder: .drop).sampleCount == .finite(0))
      }
    }
  }

  @Test func misuse() async {
    await #expect(processExitsWith: .failure) { _ = ChoiceSource([Numbers]()) }
    await #expect(processExitsWith: .failure) {
      _ = try ChoiceSource(members([1, 1]), selection: .proportional([1]))
    }
    await #expect(processExitsWith: .failure) {
      _ = try ChoiceSource(members([1, 1]), selection: .proportional([2, -1]))
    }
    await #expect(processExitsWith: .failure) {
      _ = try ChoiceSource(members([1, 1]), selection: .proportional([0, 0]))
    }
  }
}
