import BatchUp
import Testing

/// Permutations and choices.
@Suite struct NumPyRandomStateChoiceTests {
  /// All kinds of things are put in the same order, for all small counts.
  @Test func everythingIsPermutedAlike() {
    for count in 0...40 {
      let seeded = { NumPyRandomState(seed: 5) }
      let order = seeded().permutation(of: count)
      #expect(order.sorted() == Array(0..<count))
      let texts = (0..<count).map { "sample \($0)" }
      #expect(seeded().permutation(of: texts) == order.map { texts[$0] })
      var shuffled = texts
      seeded().shuffle(&shuffled)
      #expect(shuffled == order.map { texts[$0] })
      let scalars = Array(0..<2 * count)
      let rows = NDArray(scalars, shape: [count, 2])
      let expected = NDArray(order.flatMap { [2 * $0, 2 * $0 + 1] }, shape: [count, 2])
      #expect(seeded().permutation(of: rows) == expected)
      var shuffledRows = rows
      seeded().shuffle(&shuffledRows)
      #expect(shuffledRows == expected)
      #expect(rows.scalars == scalars)
    }
  }

  @Test func choiceWithoutReplacementTakesEachOnce() throws {
    let state = NumPyRandomState(seed: 6)
    for population in 0...12 {
      for count in 0...population {
        let chosen = state.choice(from: population, count: count, replacing: false)
        #expect(chosen.count == count && Set(chosen).count == count)
        #expect(Set(chosen).isSubset(of: 0..<population))
        if population == 0 { continue }
        let even = [Double](repeating: 1 / Double(population), count: population)
        let weighted = try state.choice(from: population, count: count, replacing: false, probabilities: even)
        #expect(weighted.count == count && Set(weighted).count == count)
      }
    }
  }

  /// Nearly all of the probability is on one number: each round after the first draws by what is left.
  @Test func choiceWithoutReplacementEndsWithSmallProbabilities() throws {
    let state = NumPyRandomState(seed: 6)
    let probabilities = [.leastNonzeroMagnitude, 1, 0, 1e-300, 1e-30]
    for _ in 0..<20 {
      #expect(try state.choice(from: 5, count: 4, replacing: false, probabilities: probabilities) == [1, 4, 3, 0])
    }
  }

  /// NumPy's checks, in its order.
  @Test func numbersThatAreNoProbabilitiesAreRefused() throws {
    let cases: [(population: Int, count: Int, probabilities: [Double], error: ProbabilityError)] = [
      (3, 1, [0.5, 0.5], .unequalCounts(expected: 3, found: 2)),
      (1, 1, [.nan, 1], .unequalCounts(expected: 1, found: 2)),
      (0, 0, [], .sumIsNotOne(found: 0)),
      (3, 1, [-1, .nan, 0.5], .notANumber(position: 1)),
      (3, 1, [0.5, 1, -0.5], .negative(position: 2, found: -0.5)),
      (2, 1, [0.5, 0.25], .sumIsNotOne(found: 0.75)),
      (3, 1, [0.5, .infinity, 0], .sumIsNotOne(found: .infinity)),
      (2, 1, [0.5, 0.5 + 1.5e-8], .sumIsNotOne(found: 1 + 1.5e-8)),
      (2, 1, [0.5, 0.5 - 1.5e-8], .sumIsNotOne(found: 1 - 1.5e-8)),
      // Without compensation, each of the small ones would be lost.
      (6, 1, [1, 0x1p-53, 0x1p-53, 0x1p-53, 0x1p-53, 0.5], .sumIsNotOne(found: 1.5 + 0x1p-51)),
    ]
    for replacing in [true, false] {
      for (population, count, probabilities, error) in cases {
        let state = NumPyRandomState(seed: 8)
        #expect(throws: error) {
          try state.choice(from: population, count: count, replacing: replacing, probabilities: probabilities)
        }
        #expect(state.state == NumPyRandomState(seed: 8).state)
      }
    }
    let state = NumPyRandomState(seed: 8)
    #expect(throws: ProbabilityError.tooFewPositive(expected: 3, found: 2)) {
      try state.choice(from: 3, count: 3, replacing: false, probabilities: [0.5, 0, 0.5])
    }
    #expect(throws: ProbabilityError.tooFewPositive(expected: 4, found: 3)) {
      try state.choice(from: 3, count: 4, replacing: false, probabilities: [0.5, 0.25, 0.25])
    }
    #expect(try state.choice(from: 3, count: 3, probabilities: [0.5, 0, 0.5]).count == 3)
  }

  @Test func sumsWithinTheRoundingAreAccepted() throws {
    let state = NumPyRandomState(seed: 8)
    for error in [1.48e-8, -1.48e-8] {
      #expect(try state.choice(from: 2, count: 1, probabilities: [0.5, 0.5 + error]).count == 1)
    }
    #expect(try state.choice(from: 2, count: 9, probabilities: [-0.0, 1]) == [Int](repeating: 1, count: 9))
  }

  @Test func errorsSayWhatIsWrong() {
    #expect("\(ProbabilityError.unequalCounts(expected: 3, found: 2))" == "2 probabilities for a choice from 3")
    #expect("\(ProbabilityError.negative(position: 2, found: -0.5))".contains("position 2 is negative: -0.5"))
    #expect("\(ProbabilityError.notANumber(position: 7))".contains("position 7"))
    #expect("\(ProbabilityError.sumIsNotOne(found: 0.75))".contains("0.75"))
    #expect("\(ProbabilityError.tooFewPositive(expected: 4, found: 3))".hasPrefix("3 probabilities"))
  }
}
