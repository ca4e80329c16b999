/// Where a replay differs from its trace.
struct TraceMismatch: Error, CustomStringConvertible {
  let description: String
}

func check<Value: Equatable>(_ found: Value, is expected: Value, _ what: String) throws {
  guard found == expected else { throw TraceMismatch(description: "\(what): \(found) instead of \(expected)") }
}

/// Names the first difference only: lists are long.
func check<Element: Equatable>(_ found: [Element], is expected: [Element], _ what: String) throws {
  for (position, (element, expectedElement)) in zip(found, expected).enumerated() {
    try check(element, is: expectedElement, "\(what), position \(position)")
  }
  try check(found.count, is: expected.count, "\(what), number of elements")
}

/// To the last bit: -0 is not 0, and a NaN is itself.
func check(_ found: [Double], is expected: [Double], _ what: String) throws {
  try check(found.map(ExactDouble.init), is: expected.map(ExactDouble.init), what)
}

private struct ExactDouble: Equatable, CustomStringConvertible {
  let value: Double

  static func == (left: ExactDouble, right: ExactDouble) -> Bool { left.value.bitPattern == right.value.bitPattern }

  var description: String { "\(value)" }
}
