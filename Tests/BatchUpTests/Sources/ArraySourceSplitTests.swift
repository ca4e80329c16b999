import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct ArraySourceSplitTests {
  private func samples<S>(_ parts: [ArraySource<NDArray<Int>, S, Never>]) -> [[Int]] where S: InOrderSampler {
    parts.map { $0.batches(of: 4).flatMap(\.scalars) }
  }

  /// Checks that the parts are disjoint and in order, and returns their sizes.
  private func sizes(_ parts: [[Int]], of samples: Range<Int>) -> [Int] {
    let all = parts.joined().sorted()
    #expect(Set(all).count == all.count)
    #expect(Set(all).isSubset(of: samples))
    for part in parts { #expect(part == part.sorted()) }
    return parts.map(\.count)
  }

  /// All lists of `count` numbers from 0 up, with at most this sum.
  private func lists(_ count: Int, sum: Int) -> [[Int]] {
    if count == 0 { return [[]] }
    return (0...sum).flatMap { first in lists(count - 1, sum: sum - first).map { [first] + $0 } }
  }

  @Test func countsAreExact() throws {
    for count in 0...6 {
      let source = try numbers(0..<count)
      try withEvery("partCount", in: 0...3) { partCount in
        try withEvery("counts", in: lists(partCount, sum: count)) { counts in
          try withEvery("shuffle", in: [.seed(3), .random, .numPy(NumPyRandomState(seed: 1))] as [Shuffle]) { shuffle in
            let parts = try samples(source.split(.counts(counts), shuffle: shuffle))
            #expect(sizes(parts, of: 0..<count) == counts)
          }
        }
      }
    }
  }

  /// Fractions k / d: rounded so that no part is a whole sample away from its share, and those that are rounded up have
  /// no smaller remainders than those that are rounded down. The sum is rounded, too; either way from a half.
  @Test func fractionsAreRoundedByLargestRemainders() throws {
    try withEvery("denominator", in: 1...6) { denominator in
      try withEvery("partCount", in: 1...3) { partCount in
        try withEvery("parts", in: lists(partCount, sum: denominator)) { parts in
          try withEvery("count", in: 0...12) { count in
            let fractions = parts.map { Double($0) / Double(denominator) }
            let split: [[Int]]
            do { split = try samples(numbers(0..<count).split(.fractions(fractions), shuffle: .seed(1))) } catch {
              guard case SplitError.emptyPart(let part, count) = error else { throw error }
              // Less than a sample is its share.
              #expect(parts[part] > 0 && parts[part] * count < denominator)
              return
            }
            let sizes = sizes(split, of: 0..<count)
            let total = parts.reduce(0, +) * count
            #expect(abs(2 * (sizes.reduce(0, +) * denominator - total)) <= denominator)
            let excesses = zip(sizes, parts).map { $0 * denominator - $1 * count }
            for excess in excesses { #expect(abs(excess) < denominator) }
            let largestUp = excesses.filter { $0 > 0 }.max() ?? -denominator
            for excess in excesses where excess <= 0 { #expect(excess + denominator >= largestUp || excess == 0) }
          }
        }
      }
    }
  }

  @Test func sizesThatPeopleWrite() throws {
    func sizes(_ fractions: [Double], _ count: Int) throws -> [Int] {
      try numbers(0..<count).split(.fractions(fractions), shuffle: .seed(1)).map { part in
        part.batches(of: 1).reduce(0) { $0 + $1.count }
      }
    }
    #expect(try sizes([0.8, 0.1, 0.1], 10) == [8, 1, 1])
    #expect(try sizes([0.29, 0.71], 100) == [29, 71])
    #expect(try sizes([0.7, 0.2, 0.1], 15) == [11, 3, 1])
    #expect(try sizes([1 / 3, 1 / 3, 1 / 3], 10) == [4, 3, 3])
    #expect(try sizes(Array(repeating: 0.1, count: 10), 30) == Array(repeating: 3, count: 10))
    #expect(try sizes([1, 0], 1) == [1, 0])
    #expect(try sizes([0.25], 100) == [25])
  }

  @Test func everyAssignmentIsEquallyLikely() throws {
    // Parts of 2 and 3 out of 6 samples: 60 assignments, 50 expected of each. All samples and pairs of samples follow.
    let source = try numbers(0..<6)
    var counts: [[[Int]]: Int] = [:]
    for seed in 0..<3_000 { counts[try samples(source.split(.counts([2, 3]), shuffle: .seed(seed))), default: 0] += 1 }
    #expect(counts.count == 60)
    #expect(chiSquared(counts.values) < chiSquaredBound(degreesOfFreedom: 59))
  }

  @Test func everyAssignmentWithinAClassIsEquallyLikely() throws {
    // Halves of classes of 4 and 2 samples: 6 times 2 assignments, 200 expected of each.
    let source = try numbers(0..<6)
    var counts: [[[Int]]: Int] = [:]
    for seed in 0..<2_400 {
      let parts = try source.split(
        .counts([3, 3]), stratifiedBy: ["a", "b", "a", "a", "b", "a"], shuffle: .seed(seed))
      counts[samples(parts), default: 0] += 1
    }
    #expect(counts.count == 12)
    #expect(chiSquared(counts.values) < chiSquaredBound(degreesOfFreedom: 11))
  }

  /// Checks the sizes and, for each class and part, the distance from the exact share, all times the number of samples.
  private func expectStratified(_ classCounts: [Int], _ sizes: [Int], seed: Int) throws {
    let labels = classCounts.enumerated().flatMap { repeatElement($0, count: $1) }
    let count = labels.count
    let parts = try samples(
      numbers(0..<count).split(.counts(sizes), stratifiedBy: NDArray(labels), shuffle: .seed(seed)))
    #expect(self.sizes(parts, of: 0..<count) == sizes)
    let hasTwoParts = sizes.count == 2 && sizes.reduce(0, +) == count
    for (part, size) in zip(parts, sizes) {
      for (label, classCount) in classCounts.enumerated() {
        let distance = abs(part.filter { labels[$0] == label }.count * count - classCount * size)
        #expect(hasTwoParts ? distance <= count : distance < max(2 * count, 1), "\(classCounts) in \(sizes)")
      }
    }
  }

  @Test func smallClassesAreStratifiedWithinTheBounds() throws {
    for classCounts in (1...3).flatMap({ lists($0, sum: 6) }) {
      let count = classCounts.reduce(0, +)
      for partCount in 1...3 {
        for sizes in lists(partCount, sum: count) { try expectStratified(classCounts, sizes, seed: 1) }
      }
    }
  }

  @Test func randomClassesAreStratifiedWithinTheBounds() throws {
    var generator = SeededGenerator(seed: 5)
    for seed in 0..<400 {
      let classes = 0..<Int.random(in: 1...8, using: &generator)
      let classCounts = classes.map { _ in Int.random(in: 0...30, using: &generator) }
      let count = classCounts.reduce(0, +)
      var left = count
      var sizes = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        let size = Int.random(in: 0...left, using: &generator)
        left -= size
        return size
      }
      if Bool.random(using: &generator) { sizes.append(left) }
      try expectStratified(classCounts, sizes, seed: seed)
    }
  }

  @Test func partsOfSubsetsAndRepetitions() throws {
    let source = try ArraySource(NDArray(Array(0..<20)), indices: [15, 3, 3, 9, 12], repeats: 2)
    for seed in 0..<20 {
      let parts = try samples(source.split(.counts([2, 3]), shuffle: .seed(seed)))
      #expect(parts.map(\.count) == [4, 6])
      for part in parts {
        let pass = part.prefix(part.count / 2)
        #expect(Array(part) == Array(pass + pass))
        let positions = pass.map { [15: 0, 3: 1, 9: 3, 12: 4][$0, default: -1] }
        #expect(positions == positions.sorted())
      }
      #expect(parts.joined().sorted() == [3, 3, 3, 3, 9, 9, 12, 12, 15, 15])
      let stratified = try source.split(
        .fractions([0.4, 0.6]), stratifiedBy: (0..<20).map { $0 / 8 }, shuffle: .seed(seed))
      #expect(samples(stratified).joined().sorted() == [3, 3, 3, 3, 9, 9, 12, 12, 15, 15])
    }
  }

  @Test func labelsAreThoseOfTheSamplesInTheData() throws {
    // Four chosen samples of either class: halves have two of each.
    let source = try ArraySource(NDArray(Array(0..<12)), indices: [11, 4, 9, 6, 5, 10, 8, 7])
    for seed in 0..<20 {
      let parts = try samples(
        source.split(.counts([4, 4]), stratifiedBy: (0..<12).map { $0 / 4 }, shuffle: .seed(seed)))
      for part in parts { #expect(part.map { $0 / 4 }.sorted() == [1, 1, 2, 2]) }
    }
  }

  @Test func aSeedGivesTheSamePartsAlways() throws {
    let source = try numbers(0..<50)
    let labels = (0..<50).map { $0 % 3 }
    for seed in 0..<5 {
      let parts = try samples(source.split(.counts([10, 20]), shuffle: .seed(seed)))
      #expect(try samples(source.split(.counts([10, 20]), shuffle: .seed(seed))) == parts)
      #expect(try samples(source.split(.counts([10, 20]), shuffle: .seed(seed, epoch: 1))) != parts)
      let stratified = try samples(source.split(.counts([10, 20]), stratifiedBy: labels, shuffle: .seed(seed)))
      #expect(
        try samples(source.split(.counts([10, 20]), stratifiedBy: NDArray(labels), shuffle: .seed(seed))) == stratified)
    }
  }

  @Test func errors() throws {
    func expect(_ error: SplitError, _ message: String, _ sizes: SplitSizes) {
      #expect(throws: error) { try numbers(0..<10).split(sizes, shuffle: .seed(1)) }
      #expect(throws: error) { try numbers(0..<10).split(sizes, stratifiedBy: Array(0..<10), shuffle: .seed(1)) }
      #expect("\(error)" == message)
    }
    expect(
      .fractionOutOfRange(part: 1, fraction: -0.5), "the fraction of part 1 is -0.5, not in 0...1",
      .fractions([0.5, -0.5]))
    expect(
      .fractionOutOfRange(part: 0, fraction: 1.5), "the fraction of part 0 is 1.5, not in 0...1", .fractions([1.5]))
    expect(
      .fractionsAboveOne(sum: 1.25), "the fractions of all parts add up to 1.25, which is more than 1",
      .fractions([0.5, 0.75]))
    expect(
      .negativeCount(part: 2, count: -1), "the count of part 2 is -1, which is negative", .counts([20, 3, -1]))
    expect(
      .tooManySamples(expected: 10, found: 11), "the parts have 11 samples together, but the source has 10",
      .counts([5, 6]))
    expect(
      .tooManySamples(expected: 10, found: .max), "the parts have \(Int.max) samples together, but the source has 10",
      .counts([.max, 1, .max]))
    #expect(throws: SplitError.self) { try numbers(0..<10).split(.fractions([.nan]), shuffle: .seed(1)) }
  }

  @Test func labelsThatDoNotFit() throws {
    let source = try ArraySource(NDArray(Array(0..<10)), indices: [1, 7, 4])
    for count in [0, 5, 9, 11] {
      #expect(throws: SplitError.unequalLabelCount(expected: 10, found: count)) {
        try source.split(.counts([1]), stratifiedBy: Array(0..<count), shuffle: .seed(1))
      }
      #expect(throws: SplitError.unequalLabelCount(expected: 10, found: count)) {
        try source.split(.counts([1]), groupedBy: Array(0..<count), shuffle: .seed(1))
      }
      #expect(throws: SourceError.unequalSamplerCount(expected: 10, found: count)) {
        try source.balanced(by: Array(0..<count))
      }
    }
    let message = "\(SplitError.unequalLabelCount(expected: 10, found: 5))"
    #expect(message == "there are 5 labels, but the arrays have 10 samples")
    #expect(throws: SplitError.labelsNotAList(shape: [10, 2])) {
      try source.split(.counts([1]), stratifiedBy: NDArray(Array(0..<20), shape: [10, 2]), shuffle: .seed(1))
    }
    #expect("\(SplitError.labelsNotAList(shape: [10, 2]))" == "labels lie along one axis, not in shape [10, 2]")
    let (labels, longer) = ([0, 0, 0, 0, 1, 0, 0, 0, 0, 0], [7, 7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    let parts = try source.split(.counts([1, 2]), stratifiedBy: labels, shuffle: .seed(1))
    let same = try source.split(.counts([1, 2]), stratifiedBy: longer[2...], shuffle: .seed(1))
    #expect(parts.map(\.indices) == same.map(\.indices))
  }

  @Test func fractionsThatLeaveAPartEmpty() throws {
    #expect(throws: SplitError.emptyPart(part: 1, sampleCount: 4)) {
      try numbers(0..<4).split(.fractions([0.9, 0.1]), shuffle: .seed(1))
    }
    #expect(throws: SplitError.emptyPart(part: 1, sampleCount: 10)) {
      try numbers(0..<10).split(
        .fractions([0.8, 0.2]), groupedBy: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], shuffle: .seed(1))
    }
    let parts = try numbers(0..<4).split(.fractions([1, 0]), shuffle: .seed(1))
    #expect(parts.map(\.indices.count) == [4, 0])
    #expect("\(SplitError.emptyPart(part: 1, sampleCount: 4))" == "part 1 of 4 samples is empty")
  }

  @Test func partsForValidationEnd() throws {
    let endless = try numbers(0..<10, repeats: .forever)
    let parts = try endless.split(.fractions([0.5, 0.3, 0.2]), shuffle: .seed(1))
    #expect(parts.map(\.sampleCount) == [.infinite, .finite(3), .finite(2)])
    for fold in try endless.folds(5, shuffle: .seed(1)) {
      #expect(fold.training.sampleCount == .infinite)
      #expect(fold.validation.sampleCount == .finite(2))
    }
    let twice = try numbers(0..<10, repeats: 2).split(.counts([6, 4]), shuffle: .seed(1))
    #expect(twice.map(\.sampleCount) == [.finite(12), .finite(8)])
  }

  @Test func indicesOfParts() throws {
    let source = try numbers(0..<10)
    #expect(source.indices == BatchIndices(0..<10))
    let parts = try source.split(.counts([6, 4]), shuffle: .seed(1))
    #expect(parts.flatMap(\.indices).sorted() == Array(0..<10))
    for part in parts { #expect(part.batches(of: 3).flatMap(\.scalars) == Array(part.indices)) }
    #expect(source.filter { $0 % 3 == 0 }.indices == [0, 3, 6, 9])
  }

  @Test func balancedParts() throws {
    let labels = (0..<100).map { $0 < 90 ? 0 : 1 }
    let parts = try numbers(0..<100).split(.counts([60, 40]), stratifiedBy: labels, shuffle: .seed(1))
    for part in parts {
      let drawn = try part.balanced(by: labels, count: 10_000).batches(of: 100, shuffle: .seed(1)).flatMap(\.scalars)
      #expect(drawn.count == 10_000)
      #expect(Set(drawn).isSubset(of: part.indices))
      // Six standard deviations of a binomial count.
      #expect(abs(drawn.count { labels[$0] == 1 } - 5_000) < 300)
    }
    #expect(throws: WeightsError.notAList(shape: [50, 2])) {
      try parts[0].balanced(by: NDArray(labels, shape: [50, 2]))
    }
    let once = try parts[1].balanced(by: NDArray(labels), replacing: false)
    #expect(once.batches(of: 7, shuffle: .seed(1)).flatMap(\.scalars).sorted() == Array(parts[1].indices))
  }
}
