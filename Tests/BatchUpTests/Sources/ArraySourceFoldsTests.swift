import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct ArraySourceFoldsTests {
  private func samples<S: InOrderSampler>(_ source: ArraySource<NDArray<Int>, S, Never>) -> [Int] {
    source.batches(of: 5).flatMap(\.scalars)
  }

  /// Checks that every sample is in one validation part and in the training parts of the other folds, and all are in
  /// order; returns the validation parts.
  private func checked(_ folds: [Fold<NDArray<Int>, Never>], of samples: Range<Int>) -> [[Int]] {
    for fold in folds {
      let (training, validation) = (self.samples(fold.training), self.samples(fold.validation))
      #expect(training == training.sorted())
      #expect(validation == validation.sorted())
      #expect((training + validation).sorted() == Array(samples))
    }
    let parts = folds.map { self.samples($0.validation) }
    #expect(parts.joined().sorted() == Array(samples))
    return parts
  }

  private func spread(_ counts: [Int]) -> Int { (counts.max() ?? 0) - (counts.min() ?? 0) }

  /// All lists of labels from 0 up, in which each new one is one more than the largest before.
  private func labelings(_ count: Int) -> [[Int]] {
    (0..<count).reduce([[]]) { lists, _ in
      lists.flatMap { list in (0...((list.max() ?? -1) + 1)).map { list + [$0] } }
    }
  }

  @Test func sizesDifferByOneAtMost() throws {
    try withEvery("count", in: 2...13) { count in
      try withEvery("foldCount", in: 2...count) { foldCount in
        try withEvery("shuffle", in: [.seed(3), .random, .numPy(NumPyRandomState(seed: 1))] as [Shuffle]) { shuffle in
          let parts = try checked(numbers(0..<count).folds(foldCount, shuffle: shuffle), of: 0..<count)
          #expect(parts.count == foldCount)
          #expect(spread(parts.map(\.count)) <= 1)
          #expect(parts.map(\.count) == parts.map(\.count).sorted(by: >))
        }
      }
    }
  }

  @Test func classesAreSpreadWithinOne() throws {
    for labels in (2...6).flatMap(labelings) {
      for foldCount in 2...labels.count {
        let parts = try checked(
          numbers(0..<labels.count).folds(foldCount, stratifiedBy: labels, shuffle: .seed(1)), of: 0..<labels.count)
        #expect(spread(parts.map(\.count)) <= 1)
        for label in Set(labels) { #expect(spread(parts.map { $0.count { labels[$0] == label } }) <= 1) }
      }
    }
  }

  @Test func groupsStayTogether() throws {
    for groups in (2...7).flatMap(labelings) {
      let groupCount = Set(groups).count
      let largest = Set(groups).map { group in groups.count { $0 == group } }.max() ?? 0
      for foldCount in 2...groups.count {
        let source = try numbers(0..<groups.count)
        if foldCount > groupCount {
          #expect(throws: SplitError.tooFewGroups(expected: foldCount, found: groupCount)) {
            try source.folds(foldCount, groupedBy: groups, shuffle: .seed(1))
          }
          continue
        }
        let parts = try checked(
          source.folds(foldCount, groupedBy: NDArray(groups), shuffle: .seed(2)), of: 0..<groups.count)
        #expect(parts.map { Set($0.map { groups[$0] }).count }.reduce(0, +) == groupCount)
        #expect(parts.allSatisfy { !$0.isEmpty })
        #expect(spread(parts.map(\.count)) <= largest)
      }
    }
  }

  @Test func groupsStayTogetherInSplits() throws {
    for groups in (1...6).flatMap(labelings) {
      let count = groups.count
      let groupCount = Set(groups).count
      let largest = Set(groups).map { group in groups.count { $0 == group } }.max() ?? 0
      for first in 0...count {
        for second in 0...count - first {
          let source = try numbers(0..<count)
          let goals = [first, second]
          let wanted = goals.count { $0 > 0 }
          if wanted > groupCount {
            #expect(throws: SplitError.tooFewGroups(expected: wanted, found: groupCount)) {
              try source.split(.counts(goals), groupedBy: groups, shuffle: .seed(1))
            }
            continue
          }
          let parts: [[Int]]
          do { parts = try source.split(.counts(goals), groupedBy: groups, shuffle: .seed(1)).map(samples) } catch {
            guard case SplitError.emptyPart(let part, count) = error else { throw error }
            // The largest group is more than what the other part is to have.
            #expect(goals[part] > 0 && goals[part] < largest)
            continue
          }
          let names = parts.map { Set($0.map { groups[$0] }) }
          #expect(names[0].isDisjoint(with: names[1]))
          for (part, goal) in zip(parts, goals) {
            #expect(
              part.allSatisfy { sample in
                groups.indices.allSatisfy { groups[$0] != groups[sample] || part.contains($0) }
              })
            #expect(part.count < goal + largest)
            #expect(part.isEmpty == (goal == 0))
          }
        }
      }
    }
  }

  @Test func everyPartitionIsEquallyLikely() throws {
    // Six samples in three folds of two: 90 partitions, 40 expected of each.
    let source = try numbers(0..<6)
    var counts: [[[Int]]: Int] = [:]
    for seed in 0..<3_600 {
      counts[try source.folds(3, shuffle: .seed(seed)).map { samples($0.validation) }, default: 0] += 1
    }
    #expect(counts.count == 90)
    #expect(chiSquared(counts.values) < chiSquaredBound(degreesOfFreedom: 89))
  }

  @Test func foldsOfSubsetsAndRepetitions() throws {
    let source = try ArraySource(NDArray(Array(0..<20)), indices: [15, 3, 9, 12], repeats: 2)
    let folds = try source.folds(2, groupedBy: (0..<20).map { $0 / 12 }, shuffle: .seed(1))
    #expect(Set(folds.map { samples($0.validation) }) == [[15, 12, 15, 12], [3, 9, 3, 9]])
    #expect(Set(folds.map { samples($0.training) }) == [[15, 12, 15, 12], [3, 9, 3, 9]])
  }

  @Test func aSeedGivesTheSameFoldsAlways() throws {
    let source = try numbers(0..<40)
    let folds = try source.folds(4, shuffle: .seed(1)).map { samples($0.validation) }
    #expect(try source.folds(4, shuffle: .seed(1)).map { samples($0.validation) } == folds)
    #expect(try source.folds(4, shuffle: .seed(2)).map { samples($0.validation) } != folds)
  }

  @Test func errors() throws {
    let source = try numbers(0..<3)
    #expect(throws: SplitError.tooManyFolds(expected: 3, found: 4)) { try source.folds(4, shuffle: .seed(1)) }
    #expect(throws: SplitError.tooManyFolds(expected: 3, found: 4)) {
      try source.folds(4, stratifiedBy: [0, 1, 2], shuffle: .seed(1))
    }
    for labels in [[0, 1], [0, 1, 0, 1]] {
      #expect(throws: SplitError.unequalLabelCount(expected: 3, found: labels.count)) {
        try source.folds(2, stratifiedBy: labels, shuffle: .seed(1))
      }
      #expect(throws: SplitError.unequalLabelCount(expected: 3, found: labels.count)) {
        try source.folds(2, groupedBy: labels, shuffle: .seed(1))
      }
    }
    for count in [1, 0, -1] {
      #expect(throws: SplitError.tooFewFolds(found: count)) { try source.folds(count, shuffle: .seed(1)) }
    }
    #expect(throws: SplitError.labelsNotAList(shape: [3, 1])) {
      try source.folds(2, groupedBy: NDArray([0, 1, 2], shape: [3, 1]), shuffle: .seed(1))
    }
    #expect("\(SplitError.tooManyFolds(expected: 3, found: 4))" == "there are 4 folds, but the source has 3 samples")
    #expect("\(SplitError.tooFewGroups(expected: 3, found: 2))" == "there are 2 groups for 3 parts")
  }
}
