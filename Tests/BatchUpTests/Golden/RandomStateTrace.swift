import BatchUp

/// Calls of one generator, one after the other.
struct RandomStateTrace: GoldenTrace {
  private let seed: RandomStateSeed
  private let steps: [RandomStateStep]

  init(reading fields: inout Fields) throws {
    seed = try fields.read("seed")
    steps = try fields.read("steps")
    if steps.isEmpty { throw fields.invalid("no steps") }
  }

  func replay() throws {
    let state = seed.state
    for (position, step) in steps.enumerated() {
      do { try step.replay(on: state) } catch {
        throw TraceMismatch(description: "step \(position), \(step.call): \(error)")
      }
    }
  }
}

/// A number or a list of numbers, which are other seeds.
private enum RandomStateSeed: Decodable, Sendable {
  case number(UInt32)
  case list([UInt32])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(UInt32.self) {
      self = .number(number)
    } else {
      self = .list(try value.decode([UInt32].self))
    }
  }

  var state: NumPyRandomState {
    switch self {
    case .number(let number): NumPyRandomState(seed: number)
    case .list(let numbers): NumPyRandomState(seed: numbers)
    }
  }
}

private struct RandomStateStep: FieldsDecodable, Sendable {
  private typealias Replay = @Sendable (NumPyRandomState) throws -> Void

  let call: String
  private let replay: Replay

  init(reading fields: inout Fields) throws {
    call = try fields.read("call")
    replay = try Self.replay(of: call, &fields)
  }

  func replay(on state: NumPyRandomState) throws { try replay(state) }

  private static func replay(of call: String, _ fields: inout Fields) throws -> Replay {
    switch call {
    case "random_sample": try randomSample(&fields)
    case "uniform": try uniform(&fields)
    case "normal": try normal(&fields)
    case "randint": try integers(&fields)
    case "binomial": try binomial(&fields)
    case "permutation": try permutation(&fields)
    case "shuffle": try shuffle(&fields)
    case "choice": try choice(&fields)
    default: throw fields.invalid("the call \(call)")
    }
  }

  private static func randomSample(_ fields: inout Fields) throws -> Replay {
    let (size, out) = try sizedOutput(&fields, of: Double.self)
    return { try check($0.randomSample(shape: [size]).scalars, is: out, "random numbers") }
  }

  private static func uniform(_ fields: inout Fields) throws -> Replay {
    let (size, out) = try sizedOutput(&fields, of: Double.self)
    let (low, high): (Double, Double) = try (fields.read("low"), fields.read("high"))
    return { try check($0.uniform(low: low, high: high, shape: [size]).scalars, is: out, "uniform numbers") }
  }

  private static func normal(_ fields: inout Fields) throws -> Replay {
    let (size, out) = try sizedOutput(&fields, of: Double.self)
    let (mean, deviation): (Double, Double) = try (fields.read("loc"), fields.read("scale"))
    return { state in
      let found = state.normal(mean: mean, standardDeviation: deviation, shape: [size]).scalars
      try check(found.count, is: out.count, "normal numbers")
      for (value, expected) in zip(found, out) where abs(value - expected) > normalBound(expected, mean: mean) {
        throw TraceMismatch(description: "the normal number \(value) instead of \(expected)")
      }
    }
  }

  /// How far apart two C libraries may be, whose logarithms L differ by one unit in the last place, 2u of L, u = 2^-53.
  ///
  /// All other operations are rounded correctly, by u at most in each library, so that each adds 2u to the difference.
  /// Of sqrt(-2 L / r) that is (2u + 2u) / 2 + 2u = 4u; two products, by a coordinate and by the standard deviation,
  /// make it 8u of the deviation from the mean. That is known as the value less the mean, off by the rounding of the
  /// value, u of it, and the sum with the mean is rounded in both libraries. With a unit to spare for the products of
  /// errors: 9u of the deviation and 3u of the value.
  private static func normalBound(_ value: Double, mean: Double) -> Double {
    (9 * abs(value - mean) + 3 * abs(value)) * 0x1p-53
  }

  private static func integers(_ fields: inout Fields) throws -> Replay {
    let (size, out) = try sizedOutput(&fields, of: Int.self)
    let (low, high): (Int, Int) = try (fields.read("low"), fields.read("high"))
    return { try check($0.integers(in: low..<high, shape: [size]).scalars, is: out, "integers") }
  }

  private static func binomial(_ fields: inout Fields) throws -> Replay {
    let (size, out) = try sizedOutput(&fields, of: Int.self)
    let trials: Int = try fields.read("trials")
    let probability: Double = try fields.read("p")
    return {
      let found = $0.binomial(trials: trials, probability: probability, shape: [size])
      try check(found.scalars, is: out, "binomial numbers")
    }
  }

  private static func permutation(_ fields: inout Fields) throws -> Replay {
    let out: [Int] = try fields.read("out")
    if let values: [Int] = try fields.readIfPresent("values") {
      return { try check($0.permutation(of: values), is: out, "permuted values") }
    }
    let count: Int = try fields.read("n")
    return { try check($0.permutation(of: count), is: out, "permutation") }
  }

  private static func shuffle(_ fields: inout Fields) throws -> Replay {
    let out: [Int] = try fields.read("out")
    let count: Int = try fields.read("n")
    return {
      var values = Array(0..<count)
      $0.shuffle(&values)
      try check(values, is: out, "shuffled values")
    }
  }

  private static func choice(_ fields: inout Fields) throws -> Replay {
    let (size, out) = try sizedOutput(&fields, of: Int.self)
    let population: Int = try fields.read("n")
    let replacing: Bool = try fields.read("replace")
    guard let probabilities: [Double] = try fields.read("p", as: [Double]?.self) else {
      return { try check($0.choice(from: population, count: size, replacing: replacing), is: out, "choice") }
    }
    return {
      let found = try $0.choice(from: population, count: size, replacing: replacing, probabilities: probabilities)
      try check(found, is: out, "choice")
    }
  }

  private static func sizedOutput<Value: Decodable>(
    _ fields: inout Fields, of: Value.Type
  ) throws -> (size: Int, out: [Value]) {
    (try fields.read("size"), try fields.read("out"))
  }
}
