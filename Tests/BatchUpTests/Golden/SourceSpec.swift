import BatchUp

/// What a source was built from.
indirect enum SourceSpec {
  case array(ArraySpec)
  case composite([SourceSpec], isFlattened: Bool)
  case choice([SourceSpec], isStratified: Bool)
}

/// Two arrays, base + i and ten times that, and which of their samples are delivered.
struct ArraySpec {
  enum Samples {
    case all(Repetition)
    case subset([Int], Repetition)
    case weighted([Double])
  }

  let count: Int
  let base: Int
  let samples: Samples
  let includesIndices: Bool

  var first: NDArray<Int> { NDArray((0..<count).map { $0 + base }) }
  var second: NDArray<Int> { first.map { $0 * 10 } }
}

extension SourceSpec: FieldsDecodable {
  init(reading fields: inout Fields) throws {
    let kind: String = try fields.read("kind")
    switch kind {
    case "array":
      self = .array(try ArraySpec(reading: &fields))
    case "composite":
      // Batches of unequal length side by side, which Python delivers without `trim`, are no batches here.
      guard try fields.read("trim") else { throw fields.invalid("a composite that is not trimmed") }
      self = try .composite(fields.read("parts"), isFlattened: fields.read("flatten"))
    case "choice":
      self = try .choice(fields.read("parts"), isStratified: fields.read("stratified"))
    default:
      throw fields.invalid("the kind \(kind)")
    }
  }
}

extension ArraySpec {
  init(reading fields: inout Fields) throws {
    count = try fields.read("n")
    base = try fields.readIfPresent("base") ?? 0
    includesIndices = try fields.readIfPresent("include_indices") ?? false
    samples = try Samples(reading: &fields)
  }
}

extension ArraySpec.Samples {
  fileprivate init(reading fields: inout Fields) throws {
    if let weights: [Double] = try fields.readIfPresent("weights") {
      self = .weighted(weights)  // Python takes neither indices nor repeats beside a sampler
      return
    }
    let repeats = Repetition(python: try fields.readIfPresent("repeats") ?? 1)
    if let indices: [Int] = try fields.readIfPresent("indices") {
      self = .subset(indices, repeats)
    } else {
      self = .all(repeats)
    }
  }
}
