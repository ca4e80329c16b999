import BatchUp
import TestSupport
import Testing

@Suite(.namingCases) struct CompositeSourceTests {
  private let repetitions: [Repetition] = [1, 2, .forever]

  @Test func endsWithTheShorterSourceAndTrimsTheLonger() throws {
    try withEvery("first, second", in: (0...5).flatMap({ first in (0...5).map { (first, $0) } })) { first, second in
      try withEvery("firstRepeats, secondRepeats", in: repetitions.flatMap({ one in repetitions.map { (one, $0) } })) {
        firstRepeats, secondRepeats in
        try withEvery("batchSize", in: 1...6) { batchSize in
          func defined(_ count: Int, _ repeats: Repetition) -> [[Int]] {
            definedBatches(
              ofPasses: { _ in Array(0..<count) }, sampleCount: count, batchSize: batchSize, repeats: repeats,
              remainder: .keep, limit: 20)
          }
          let expected = zip(defined(first, firstRepeats), defined(second, secondRepeats)).map { one, two in
            Array(zip(one, two).map { 1_000 * $0 + $1 })
          }
          let source = try zip(
            numbers(0..<first, repeats: firstRepeats), numbers(0..<second, repeats: secondRepeats))
          #expect(source.batches(of: batchSize).prefix(20).map { paired($0, $1) } == expected)
        }
      }
    }
  }

  @Test func sampleCounts() throws {
    let (endless, five) = try (numbers(0..<3, repeats: .forever), numbers(0..<5))
    #expect(try zip(five, numbers(0..<7)).sampleCount == .finite(5))
    #expect(zip(endless, five).sampleCount == .finite(5))
    #expect(zip(five, endless).batches(of: 2, remainder: .drop).sampleCount == .finite(4))
    #expect(zip(endless, endless).sampleCount == .infinite)
    let existing = SequenceSource([NDArray([1])])
    #expect(zip(endless, existing).sampleCount == .unknown)
    #expect(zip(existing, five).sampleCount == .unknown)
  }

  @Test func plainSequencesAreStillZipped() throws {
    #expect(zip([1, 2, 3], "ab").map { number, letter -> String in "\(number)\(letter)" } == ["1a", "2b"])
    #expect(zip(1..., [5]).map { $0 + $1 } == [6])
    let batches = try numbers(0..<5).batches(of: 2)
    #expect(zip(batches, 0...).map { $1 + $0.count } == [2, 3, 3])
    #expect(zip(batches, batches).allSatisfy { $0 == $1 })
  }

  @Test func eachMemberIsShuffledIndependently() throws {
    // The orders of three members of three samples each, two by two: 36 pairs of orders, 100 expected of each.
    let source = try zip(zip(numbers(0..<3), numbers(0..<3)), numbers(0..<3)).flattened()
    var counts = [[[Int]: Int]](repeating: [:], count: 3)
    for epoch in 0..<3_600 {
      for (a, b, c) in source.batches(of: 3, shuffle: .seed(7, epoch: epoch)) {
        counts[0][a.scalars + b.scalars, default: 0] += 1
        counts[1][a.scalars + c.scalars, default: 0] += 1
        counts[2][b.scalars + c.scalars, default: 0] += 1
      }
    }
    for pairs in counts {
      #expect(pairs.count == 36)
      #expect(chiSquared(pairs.values) < chiSquaredBound(degreesOfFreedom: 35))
    }
  }

  @Test func pairsDifferBetweenEpochs() throws {
    let source = try zip(numbers(0..<50), numbers(0..<50))
    let pairings = (0..<20).map { epoch in
      Set(source.batches(of: 8, shuffle: .seed(1, epoch: epoch)).flatMap { paired($0, $1) })
    }
    #expect(Set(pairings).count == 20)
    // Two independent pairings of 50 share a pair with probability 1/50 for each, so one in the mean; more than 9 come
    // less often than once in a million times (Poisson's distribution).
    for (one, two) in zip(pairings, pairings.dropFirst()) { #expect(one.intersection(two).count <= 9) }
  }

  @Test func orderOfOneMemberDoesNotDependOnTheOther() throws {
    for order: Shuffle in [.seed(5), .seed(5, epoch: 2)] {
      let one = try zip(numbers(0..<7), numbers(0..<9)).batches(of: 3, shuffle: order).flatMap(\.0.scalars)
      let two = try zip(numbers(0..<7), numbers(0..<40, repeats: 2)).batches(of: 4, shuffle: order).flatMap(\.0.scalars)
      #expect(one == two)
    }
  }

  @Test func aBatchThatFailsTakesItsPartnerWithIt() throws {
    for batchSize in 1...4 {
      let whole = try zip(loaded(0..<7), loaded(100..<108)).batches(of: batchSize, shuffle: .seed(3))
      let expected = try outcomes(whole).map { paired(try $0.get().0, try $0.get().1) }
      for bad in Array(0..<7) + Array(100..<108) {
        let source = try zip(loaded(0..<7, unreadable: [bad]), loaded(100..<108, unreadable: [bad]))
        let found = outcomes(source.batches(of: batchSize, shuffle: .seed(3)))
        #expect(found.count == expected.count)
        for (outcome, pairs) in zip(found, expected) {
          let isBad = pairs.contains { $0 / 1_000 == bad || $0 % 1_000 == bad }
          switch outcome {
          case .success(let batch): #expect(!isBad && paired(batch.0, batch.1) == pairs)
          case .failure(let error): #expect(isBad && error as? UnreadableSample == UnreadableSample(index: bad))
          }
        }
      }
    }
  }

  @Test func failuresOfGeneratedBatchesAndOfBothMembersAtOnce() throws {
    for (first, second) in [([1], []), ([], [1]), ([1], [1]), ([0, 2], [1, 2]), ([0, 1, 2], [])] {
      let source = zip(generated(0..<6, failing: Set(first)), generated(10..<17, failing: Set(second)))
      let expected: [[Int]?] = (0..<3).map { batch in
        first.contains(batch) || second.contains(batch)
          ? nil : paired([2 * batch, 2 * batch + 1], [10 + 2 * batch, 11 + 2 * batch])
      }
      let found = outcomes(source.batches(of: 2)).map { try? paired($0.get().0, $0.get().1) }
      #expect(found == expected)
    }
  }

  @Test func errorsKeepTheirTypeWhereBothMembersHaveIt() throws {
    let source = zip(generated(0..<4, failing: [0]), generated(0..<4, failing: []))
    var iterator = source.batches(of: 2).makeIterator()
    do throws(NoBatch) {
      _ = try iterator.nextBatch()
      Issue.record("the first batch fails")
    } catch { #expect(error == NoBatch(number: 0)) }
    let mixed = try zip(numbers(0..<4), loaded(0..<4, unreadable: [3]))
    #expect(outcomes(mixed.batches(of: 2)).map { (try? $0.get()) == nil } == [false, true])
  }

  @Test func flatteningKeepsMembersAndOrder() throws {
    let source = try zip(ArraySource(NDArray([0, 1, 2]), ["a", "b", "c"], repeats: .forever), numbers(10..<17))
    let nested = source.batches(of: 3, shuffle: .seed(2)).map { ($0.0.scalars, $0.1, $1.scalars) }
    let flat = source.flattened().batches(of: 3, shuffle: .seed(2)).map { ($0.scalars, $1, $2.scalars) }
    #expect(nested.elementsEqual(flat, by: ==))
    #expect(flat.map(\.0.count) == [3, 3, 1])
  }
}
