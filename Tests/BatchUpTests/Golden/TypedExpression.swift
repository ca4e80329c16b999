import BatchUp

/// A source as users write it, in full static types; the raw value is the outline of the specifications it is for.
enum TypedExpression: String, CaseIterable {
  case pair = "composite(array, array)"
  case flattenedPair = "flattened(array, array)"
  case triple = "composite(array, array, indexed)"
  case flattenedTriple = "flattened(array, array, indexed)"
  case nested = "composite(composite(array, array), array)"
  case flattenedNested = "flattened(flattened(array, array), array)"
  case choice = "choice(array)"
  case stratifiedChoice = "stratified(array)"

  func replay(_ trace: SourceTrace) throws {
    let parts = try trace.spec.arrays.map { try ArraySource($0.first, $0.second, repeats: $0.repeats) }
    func indexed(_ part: Int) -> some InOrderSource<(BatchIndices, NDArray<Int>, NDArray<Int>), Never> {
      parts[part].indexed().flattened()
    }
    switch self {
    case .pair:
      try trace.replay(zip(parts[0], parts[1])) { .tuple([.tuple(of: $0.0), .tuple(of: $0.1)]) }
    case .flattenedPair:
      try trace.replay(zip(parts[0], parts[1]).flattened()) { .tuple(of: $0) }
    case .triple:
      try trace.replay(zip(zip(parts[0], parts[1]), indexed(2))) { firstTwo, third in
        .tuple([.tuple(of: firstTwo.0), .tuple(of: firstTwo.1), .tuple(of: third)])
      }
    case .flattenedTriple:
      try trace.replay(zip(zip(parts[0], parts[1]).flattened(), indexed(2)).flattened()) { .tuple(of: $0) }
    case .nested:
      try trace.replay(zip(zip(parts[0], parts[1]), parts[2])) { pair, third in
        .tuple([.tuple([.tuple(of: pair.0), .tuple(of: pair.1)]), .tuple(of: third)])
      }
    case .flattenedNested:
      try trace.replay(zip(zip(parts[0], parts[1]).flattened(), parts[2]).flattened()) { .tuple(of: $0) }
    case .choice:
      try trace.replay(ChoiceSource(parts)) { .tuple(of: $0) }
    case .stratifiedChoice:
      try trace.replay(ChoiceSource(parts, selection: .stratified)) { .tuple(of: $0) }
    }
  }
}

extension SourceSpec {
  /// The kinds of its parts, nested as they are; those of a choice, which may be many, named once each.
  var outline: String {
    switch self {
    case .array(let array): array.outline
    case .composite(let parts, let isFlattened):
      "\(isFlattened ? "flattened" : "composite")(\(parts.map(\.outline).joined(separator: ", ")))"
    case .choice(let parts, let isStratified):
      "\(isStratified ? "stratified" : "choice")(\(Set(parts.map(\.outline)).sorted().joined(separator: ", ")))"
    }
  }

  /// The arrays in it, from left to right.
  fileprivate var arrays: [ArraySpec] {
    switch self {
    case .array(let array): [array]
    case .composite(let parts, _), .choice(let parts, _): parts.flatMap(\.arrays)
    }
  }
}

extension ArraySpec {
  fileprivate var outline: String {
    switch samples {
    case .all: includesIndices ? "indexed" : "array"
    case .subset: "subset"
    case .weighted: "weighted"
    }
  }

  fileprivate var repeats: Repetition {
    switch samples {
    case .all(let repeats), .subset(_, let repeats): repeats
    case .weighted: .forever
    }
  }
}
