import BatchUp
import Foundation
import TestSupport
import Testing

/// Draws, and the state after them, against NumPy's.
@Suite struct NumPyRandomStateDrawTests {
  /// From NumPy 2.4.6.
  @Test func knownAnswers() throws {
    let probabilities = [0.1, 0.2, 0.3, 0.25, 0.15]
    #expect(NumPyRandomState(seed: 0).permutation(of: 10) == [2, 8, 4, 9, 1, 6, 7, 3, 0, 5])
    #expect(NumPyRandomState(seed: [1, 2, 3]).permutation(of: 10) == [0, 4, 8, 1, 2, 6, 7, 5, 3, 9])
    #expect(NumPyRandomState(seed: 0).randomSample(shape: [2]) == [0.5488135039273248, 0.7151893663724195])
    #expect(NumPyRandomState(seed: 0).integers(in: 0..<10, shape: [6]) == [5, 0, 3, 3, 7, 9])
    #expect(
      try NumPyRandomState(seed: 42).choice(from: 5, count: 6, probabilities: probabilities) == [2, 4, 3, 2, 1, 1])
  }

  private func checkIntegers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_ type: T.Type) {
    let (low, high) = (T.min, T.max)
    let middle = low &+ (high / 2 - low / 2) &+ 1
    let ranges: [ClosedRange<T>] = [
      low...high, low...low, high...high, 0...1, 3...100, low...middle, low + 1...high - 1,
      0...(T(exactly: UInt64(UInt32.max)) ?? high), 0...(T(exactly: UInt64(1) << 32) ?? high),
    ]
    for range in ranges {
      let state = NumPyRandomState(seed: 9)
      let bits = "\(T.bitWidth) \(T.isSigned ? "bits" : "unsigned bits")"
      var trace = NumPyGoldens.randomState.trace("\(range.lowerBound) to \(range.upperBound) in \(bits)")
      for count in [0, 1, 2, 17, 1000] {
        trace.check("\(count) integers", state.integers(in: range, shape: [count]).scalars)
      }
      trace.check("wide word", [state.next()])
      trace.check("integer", [state.integers(in: range)])
      trace.check("wide word", [state.next()])
      #expect(trace.difference == nil)
    }
  }

  @Test func integersOfEachTypeEqualNumPy() {
    checkIntegers(Int8.self)
    checkIntegers(Int16.self)
    checkIntegers(Int32.self)
    checkIntegers(Int64.self)
    checkIntegers(Int.self)
    checkIntegers(UInt8.self)
    checkIntegers(UInt16.self)
    checkIntegers(UInt32.self)
    checkIntegers(UInt64.self)
    checkIntegers(UInt.self)
  }

  @Test func halfOpenRangesAreClosedOnesWithoutTheirEnd() {
    let (one, two) = (NumPyRandomState(seed: 3), NumPyRandomState(seed: 3))
    for upper in Int8(-127)...127 {
      #expect(one.integers(in: -128..<upper) == two.integers(in: -128...upper - 1))
      #expect(one.integers(in: -128..<upper, shape: [2, 2]) == two.integers(in: -128...upper - 1, shape: [2, 2]))
    }
    #expect(one.state == two.state)
  }

  /// The draws of the traces of seeds, in their order.
  private struct Draws {
    let state: NumPyRandomState
    var trace: NumPyTrace

    mutating func addWord() { trace.check("wide word", [state.next()]) }

    mutating func addState() {
      let state = state.state
      trace.check("key", state.key)
      let cached = rounded([state.cachedNormal ?? 0])[0]
      trace.check(
        "position, cached normal number", [Int64(state.position), state.cachedNormal == nil ? 0 : 1, cached])
    }

    mutating func addReals() {
      trace.check("random_sample((3, 5))", state.randomSample(shape: [3, 5]).scalars)
      trace.check("random_sample()", [state.randomSample()])
      trace.check("uniform(-1.5, 2.25, 101)", state.uniform(low: -1.5, high: 2.25, shape: [101]).scalars)
      trace.check("uniform(3, -7)", [state.uniform(low: 3, high: -7)])
      trace.check("uniform(size=0)", state.uniform(shape: [0]).scalars)
      let normals = state.normal(mean: 1.5, standardDeviation: 0.25, shape: [7])
      trace.check("normal(1.5, 0.25, 7)", rounded(normals.scalars))
      addState()
      addWord()
      trace.check("normal()", rounded([state.normal()]))
      addState()
      let others = state.normal(mean: -3, standardDeviation: 2, shape: [2, 3])
      trace.check("normal(-3, 2, (2, 3))", rounded(others.scalars))
      trace.check("normal()", rounded([state.normal()]))
    }

    mutating func addCounts() {
      trace.check("booleans", state.booleans(shape: [77]).scalars.map { $0 ? 1 : 0 })
      addWord()
      let cases = [(0, 0.5), (10, 0), (1, 0.5), (10, 0.7), (59, 0.5), (61, 0.5), (1000, 0.97), (5, 1)]
      for (trials, probability) in cases {
        let many = state.binomial(trials: trials, probability: probability, shape: [3, 7])
        trace.check("binomial of \(trials)", many.scalars)
        trace.check("binomial of \(trials)", [state.binomial(trials: trials, probability: probability)])
      }
      trace.check("normal(size=3)", rounded(state.normal(shape: [3]).scalars))
      addWord()
    }

    mutating func addPermutations() {
      for count in [0, 1, 2, 3, 10, 257, 5000] {
        trace.check("permutation(\(count))", state.permutation(of: count))
      }
      trace.check("permutation of a list", state.permutation(of: [5, 9, 2, 2, 40]))
      let integers = NDArray(Array(0..<60), shape: [20, 3])
      trace.check("permutation of rows", state.permutation(of: integers).scalars)
      var list = Array(0..<37)
      state.shuffle(&list)
      trace.check("shuffle of a list", list)
      var rows = NDArray((0..<60).map(Double.init), shape: [15, 2, 2])
      state.shuffle(&rows)
      trace.check("shuffle of rows", rows.scalars)
      addWord()
    }

    mutating func addChoices() throws {
      for (population, count) in [(0, 0), (1, 5), (7, 0), (7, 1), (100, 41)] {
        trace.check("choice(\(population), \(count))", state.choice(from: population, count: count))
      }
      for (population, count) in [(0, 0), (1, 1), (7, 0), (7, 7), (100, 41)] {
        let chosen = state.choice(from: population, count: count, replacing: false)
        trace.check("choice(\(population), \(count), replace=False)", chosen)
      }
      for population in [1, 2, 11, 300] {
        let weights = (0..<population).map { i in
          let root = Double(i * 7919 % 101 + 1)
          return root * root * root
        }
        let sum = weights.reduce(0, +)
        let p = weights.map { $0 / sum }
        for (count, replacing) in [(50, true), (0, true), (population, false), (population / 2, false)] {
          let chosen = try state.choice(from: population, count: count, replacing: replacing, probabilities: p)
          trace.check("choice(\(population), \(count)) of weights", chosen)
        }
      }
      let sparse = [0, 0.5, 0, 0.25, 0, 0, 0, 0, 0.25]
      let chosen = try state.choice(from: 9, count: 3, replacing: false, probabilities: sparse)
      trace.check("choice(9, 3) of weights", chosen)
      trace.check("normal()", rounded([state.normal()]))
      addState()
    }
  }

  private static let states: [(seed: String, make: @Sendable () -> NumPyRandomState)] = [
    ("0", { NumPyRandomState(seed: 0) }), ("1", { NumPyRandomState(seed: 1) }),
    ("42", { NumPyRandomState(seed: 42) }), ("12345", { NumPyRandomState(seed: 12345) }),
    ("2**32 - 1", { NumPyRandomState(seed: UInt32.max) }), ("[1, 2, 3]", { NumPyRandomState(seed: [1, 2, 3]) }),
    ("[42]", { NumPyRandomState(seed: [42]) }),
    ("[5] * 700", { NumPyRandomState(seed: [Int](repeating: 5, count: 700)) }),
  ]

  @Test(arguments: states.indices)
  func mixedDrawsEqualNumPy(index: Int) throws {
    let (seed, makeState) = Self.states[index]
    var draws = Draws(state: makeState(), trace: NumPyGoldens.randomState.trace("seed \(seed)"))
    draws.addReals()
    draws.addCounts()
    draws.addPermutations()
    try draws.addChoices()
    #expect(draws.trace.difference == nil)
  }

  /// All small counts: one call for a whole array and calls for single numbers leave the same behind.
  @Test func arraysAreManySingleDraws() {
    for count in 0...70 {
      let (whole, single) = (NumPyRandomState(seed: count), NumPyRandomState(seed: count))
      for _ in 0..<3 {
        let samples = (0..<count).map { _ in single.randomSample() }
        #expect(whole.randomSample(shape: [count]).scalars == samples)
        let normals = (0..<count).map { _ in single.normal(mean: 1, standardDeviation: 3) }
        #expect(whole.normal(mean: 1, standardDeviation: 3, shape: [count]).scalars == normals)
        let integers = (0..<count).map { _ in single.integers(in: -3...96) }
        #expect(whole.integers(in: -3...96, shape: [count]).scalars == integers)
        let binomials = (0..<count).map { _ in single.binomial(trials: 80, probability: 0.6) }
        #expect(whole.binomial(trials: 80, probability: 0.6, shape: [count]).scalars == binomials)
        #expect(whole.state == single.state)
      }
    }
  }

  @Test func arraysHaveTheShapeAskedFor() {
    let state = NumPyRandomState(seed: 1)
    for shape in [[], [0], [1], [3, 0], [2, 3, 4]] {
      #expect(state.randomSample(shape: shape).shape == shape)
      #expect(state.normal(shape: shape).shape == shape)
      #expect(state.integers(in: 0...5, shape: shape).shape == shape)
      #expect(state.booleans(shape: shape).shape == shape)
      #expect(state.binomial(trials: 4, probability: 0.5, shape: shape).shape == shape)
    }
  }

  @Test func rangesAreNotLeft() {
    let state = NumPyRandomState(seed: 2)
    #expect(Set(state.integers(in: Int8(-3)...4, shape: [1000]).scalars) == Set(-3...4))
    #expect(Set(state.integers(in: 65_533..<65_536, shape: [1000]).scalars) == Set(65_533..<65_536))
    #expect(Set(state.choice(from: 5, count: 1000)) == Set(0..<5))
    #expect(state.uniform(low: 2, high: 2, shape: [9]).scalars == [Double](repeating: 2, count: 9))
  }

  @Test func itIsARandomNumberGenerator() {
    var state = NumPyRandomState(seed: 0)
    // randint(0, 2**64, dtype=numpy.uint64), NumPy 2.4.6.
    #expect(state.next() == 10_123_822_223_749_065_263)
    #expect((0..<10).shuffled(using: &state).sorted() == Array(0..<10))
  }

  /// Threads that draw at the same time get all the words between them, each once.
  @Test func threadsShareOneSequence() async {
    let shared = NumPyRandomState(seed: 7)
    let drawn = await withTaskGroup(of: [UInt64].self) { group in
      for _ in 0..<8 { group.addTask { (0..<500).map { _ in shared.next() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    let alone = NumPyRandomState(seed: 7)
    #expect(drawn.sorted() == (0..<4000).map { _ in alone.next() }.sorted())
  }

  @Test func impossibleDrawsAreMisuse() async {
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: -1) }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: [Int]()) }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).integers(in: 5..<5) }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).integers(in: Int128(0)...1) }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).uniform(low: 0, high: .infinity) }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).normal(standardDeviation: -1) }
    await #expect(processExitsWith: .failure) {
      _ = NumPyRandomState(seed: 1).binomial(trials: -1, probability: 0.5)
    }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).binomial(trials: 1, probability: 1.5) }
    await #expect(processExitsWith: .failure) {
      _ = NumPyRandomState(seed: 1).binomial(trials: 1, probability: .nan)
    }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).permutation(of: -1) }
    await #expect(processExitsWith: .failure) {
      _ = NumPyRandomState(seed: 1).permutation(of: NDArray([1], shape: []))
    }
    await #expect(processExitsWith: .failure) { _ = NumPyRandomState(seed: 1).choice(from: 0, count: 1) }
    await #expect(processExitsWith: .failure) {
      _ = NumPyRandomState(seed: 1).choice(from: 3, count: 4, replacing: false)
    }
  }
}
