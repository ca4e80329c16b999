/// Results of batches that can be joined to one, in order.
public protocol BatchConcatenable {
  /// The samples of all parts, in order; empty for no parts.
  static func concatenating(_ parts: [Self]) -> Self

  /// Something that joins parts as they come; by default it keeps them all until the end.
  ///
  /// - Parameter expectedCount: how many samples there will be if each part has as many as its batch; nil where that is
  ///   not known.
  static func makeConcatenation(expectedCount: Int?) -> Concatenation<Self>
}

/// Joins results as they come.
public final class Concatenation<Whole> {
  private let appendPart: (Whole) -> Void
  private let makeWhole: () -> Whole

  /// - Parameters:
  ///   - append: takes one part after the other.
  ///   - whole: is called once, after the last part.
  public init(append: @escaping (Whole) -> Void, whole: @escaping () -> Whole) {
    appendPart = append
    makeWhole = whole
  }

  func append(_ part: Whole) { appendPart(part) }

  func whole() -> Whole { makeWhole() }
}

extension BatchConcatenable {
  public static func makeConcatenation(expectedCount: Int?) -> Concatenation<Self> {
    var parts: [Self] = []
    return Concatenation { parts.append($0) } whole: { concatenating(parts) }
  }
}

extension NDArray: BatchConcatenable {
  /// The rows of all parts, in order; of shape (0) for no parts.
  ///
  /// - Precondition: the rows of all parts have the same shape.
  public static func concatenating(_ parts: [NDArray]) -> NDArray {
    let concatenation = makeConcatenation(expectedCount: parts.reduce(0) { $0 + $1.sampleCount })
    for part in parts { concatenation.append(part) }
    return concatenation.whole()
  }

  /// Copies the rows of each part straight to their place, in memory for `expectedCount` of them.
  public static func makeConcatenation(expectedCount: Int?) -> Concatenation<NDArray> {
    var rows: NDArray?
    return Concatenation { part in
      precondition(part.rank > 0, "arrays of rank 0 have no samples to concatenate")
      if rows == nil { rows = part.emptyRows(capacity: expectedCount ?? 0) }
      rows?.append(part)
    } whole: {
      rows?.withoutMuchSpareMemory() ?? NDArray([])
    }
  }
}

extension Array: BatchConcatenable {
  public static func concatenating(_ parts: [[Element]]) -> [Element] { Array(parts.joined()) }

  public static func makeConcatenation(expectedCount: Int?) -> Concatenation<[Element]> {
    var elements: [Element] = []
    elements.reserveCapacity(expectedCount ?? 0)
    return Concatenation { elements += $0 } whole: { elements }
  }
}
