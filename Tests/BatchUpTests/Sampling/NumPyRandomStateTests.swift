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

  private static func integers<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_ type: T.Type) -> [UInt64] {
    let (low, high) = (T.min, T.max)
    let middle = low &+ (high / 2 - low / 2) &+ 1
    let ranges: [ClosedRange<T>] = [
      low...high, low...low, high...high, 0...1, 3...100, low...middle, low + 1...high - 1,
      0...(T(exactly: UInt64(UInt32.max)) ?? high), 0...(T(exactly: UInt64(1) << 32) ?? high),
    ]
    return ranges.map { range in
      let state = NumPyRandomState(seed: 9)
      let draws = [0, 1, 2, 17, 1000].map { digest(state.integers(in: range, shape: [$0]).scalars) }
      let word = state.next()
      let one = UInt64(truncatingIfNeeded: state.integers(in: range))
      return digest(draws + [word, one, state.next()])
    }
  }

  @Test func integersOfEachTypeEqualNumPy() {
    #expect(Self.integers(Int8.self) == NumPyRandomStateGoldens.int8)
    #expect(Self.integers(Int16.self) == NumPyRandomStateGoldens.int16)
    #expect(Self.integers(Int32.self) == NumPyRandomStateGoldens.int32)
    #expect(Self.integers(Int64.self) == NumPyRandomStateGoldens.int64)
    #expect(Self.integers(Int.self) == NumPyRandomStateGoldens.int64)
    #expect(Self.integers(UInt8.self) == NumPyRandomStateGoldens.uint8)
    #expect(Self.integers(UInt16.self) == NumPyRandomStateGoldens.uint16)
    #expect(Self.integers(UInt32.self) == NumPyRandomStateGoldens.uint32)
    #expect(Self.integers(UInt64.self) == NumPyRandomStateGoldens.uint64)
    #expect(Self.integers(UInt.self) == NumPyRandomStateGoldens.uint64)
  }

  @Test func halfOpenRangesAreClosedOnesWithoutTheirEnd() {
    let (one, two) = (NumPyRandomState(seed: 3), NumPyRandomState(seed: 3))
    for upper in Int8(-127)...127 {
      #expect(one.integers(in: -128..<upper) == two.integers(in: -128...upper - 1))
      #expect(one.integers(in: -128..<upper, shape: [2, 2]) == two.integers(in: -128...upper - 1, shape: [2, 2]))
    }
    #expect(one.state == two.state)
  }

  private static func stateDigest(_ state: NumPyRandomState.State) -> UInt64 {
    let cached = rounded([state.cachedNormal ?? 0])[0]
    let parts: [Int64] = [
      Int64(bitPattern: digest(state.key)), Int64(state.position), state.cachedNormal == nil ? 0 : 1, cached,
    ]
    return digest(parts)
  }

  /// The steps of `trace` in NumPyRandomStateGoldens, in the order of the values that they yield.
  private struct Trace {
    let state: NumPyRandomState
    var values: [UInt64] = []

    mutating func add(_ drawn: NDArray<Double>) { values.append(digest(drawn.scalars)) }
    mutating func addRounded(_ drawn: [Double]) { values.append(digest(rounded(drawn))) }
    mutating func add(_ drawn: [Int]) { values.append(digest(drawn)) }
    mutating func addWord() { values.append(state.next()) }
    mutating func addState() { values.append(stateDigest(state.state)) }

    mutating func addReals() {
      add(state.randomSample(shape: [3, 5]))
      add([state.randomSample()])
      add(state.uniform(low: -1.5, high: 2.25, shape: [101]))
      add([state.uniform(low: 3, high: -7)])
      add(state.uniform(shape: [0]))
      addRounded(state.normal(mean: 1.5, standardDeviation: 0.25, shape: [7]).scalars)
      addState()
      addWord()
      addRounded([state.normal()])
      addState()
      addRounded(state.normal(mean: -3, standardDeviation: 2, shape: [2, 3]).scalars)
      addRounded([state.normal()])
    }

    mutating func addCounts() {
      add(state.booleans(shape: [77]).scalars.map { $0 ? 1 : 0 })
      addWord()
      let cases = [(0, 0.5), (10, 0), (1, 0.5), (10, 0.7), (59, 0.5), (61, 0.5), (1000, 0.97), (5, 1)]
      for (trials, probability) in cases {
        add(state.binomial(trials: trials, probability: probability, shape: [3, 7]).scalars)
        values.append(UInt64(state.binomial(trials: trials, probability: probability)))
      }
      addRounded(state.normal(shape: [3]).scalars)
      addWord()
    }

    mutating func addPermutations() {
      for count in [0, 1, 2, 3, 10, 257, 5000] { add(state.permutation(of: count)) }
      add(state.permutation(of: [5, 9, 2, 2, 40]))
      add(state.permutation(of: NDArray(Array(0..<60), shape: [20, 3])).scalars)
      var list = Array(0..<37)
      state.shuffle(&list)
      add(list)
      var rows = NDArray((0..<60).map(Double.init), shape: [15, 2, 2])
      state.shuffle(&rows)
      add(rows)
      addWord()
    }

    mutating func addChoices() throws {
      for (population, count) in [(0, 0), (1, 5), (7, 0), (7, 1), (100, 41)] {
        add(state.choice(from: population, count: count))
      }
      for (population, count) in [(0, 0), (1, 1), (7, 0), (7, 7), (100, 41)] {
        add(state.choice(from: population, count: count, replacing: false))
      }
      for population in [1, 2, 11, 300] {
        let weights = (0..<population).map { i in
          let root = Double(i * 7919 % 101 + 1)
          return root * root * root
        }
        let sum = weights.reduce(0, +)
        let p = weights.map { $0 / sum }
        for (count, replacing) in [(50, true), (0, true), (population, false), (population / 2, false)] {
          add(try state.choice(from: population, count: count, replacing: replacing, probabilities: p))
        }
      }
      let sparse = [0, 0.5, 0, 0.25, 0, 0, 0, 0, 0.25]
      add(try state.choice(from: 9, count: 3, replacing: false, probabilities: sparse))
      addRounded([state.normal()])
      addState()
    }
  }

  @Test(arguments: NumPyRandomStateGoldens.traces.indices)
  func mixedDrawsEqualNumPy(index: Int) throws {
    let golden = NumPyRandomStateGoldens.traces[index]
    var trace = Trace(state: golden.state())
    trace.addReals()
    trace.addCounts()
    trace.addPermutations()
    try trace.addChoices()
    #expect(trace.values == golden.values)
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
