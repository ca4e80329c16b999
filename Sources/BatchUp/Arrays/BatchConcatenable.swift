/// Results of batches that can be joined to one, in order.
public protocol BatchConcatenable {
  /// The samples of all parts, in order; empty for no parts.
  static func concatenating(_ parts: [Self]) -> Self

  /// Something that joins parts as they come; by default it keeps them all until the end.
  ///
  /// - Parameter expectedCount: how many samples all batches have together; nil where that is not known.
  static func makeConcatenation(expectedCount: Int?) -> Concatenation<Self>
}

/// Joins results as they come.
public final class Concatenation<Whole> {
  private let appendPart: (Whole, _ sampleCount: Int) throws -> Void
  private let makeWhole: () -> Whole

  /// Joins results by two closures.
  ///
  /// - Parameters:
  ///   - append: takes one part after the other, and the number of samples in its batch.
  ///   - whole: is called once, after the last part.
  public init(append: @escaping (Whole, _ sampleCount: Int) throws -> Void, whole: @escaping () -> Whole) {
    appendPart = append
    makeWhole = whole
  }

  func append(_ part: Whole, sampleCount: Int) throws { try appendPart(part, sampleCount) }

  func whole() -> Whole { makeWhole() }
}

extension BatchConcatenable {
  public static func makeConcatenation(expectedCount: Int?) -> Concatenation<Self> {
    var parts: [Self] = []
    return Concatenation { part, _ in
      parts.append(part)
    } whole: {
      concatenating(parts)
    }
  }
}

extension NDArray: BatchConcatenable {
  /// The rows of all parts, in order; of shape (0) for no parts.
  ///
  /// - Precondition: the rows of all parts have the same shape.
  public static func concatenating(_ parts: [NDArray]) -> NDArray {
    guard let first = parts.first else { return NDArray([]) }
    var rows = first.emptyRows(capacity: parts.reduce(0) { $0 + $1.sampleCount })
    for part in parts {
      precondition(part.rank > 0, "arrays of rank 0 have no samples to concatenate")
      rows.append(part)
    }
    return rows
  }

  /// Copies the rows of each part straight to their place, in memory for all that are expected: as many for each sample
  /// as in the first part.
  ///
  /// Parts without rows, or with rows of another shape, are a `ReductionError`.
  public static func makeConcatenation(expectedCount: Int?) -> Concatenation<NDArray> {
    var rows: NDArray?
    return Concatenation { part, sampleCount in
      guard part.rank > 0 else { throw ReductionError.noRows }
      if let rows, rows.rowShape != part.rowShape {
        throw ReductionError.unequalRows(expected: rows.rowShape, found: part.rowShape)
      }
      if rows == nil {
        let rowByteCount = part.rowLength * MemoryLayout<Scalar>.stride
        let count = expectedTotal(part.sampleCount, ofBatchWith: sampleCount, among: expectedCount)
        rows = part.emptyRows(capacity: count.multipliedReportingOverflow(by: rowByteCount).overflow ? 0 : count)
      }
      rows?.append(part)
    } whole: {
      rows?.withoutMuchSpareMemory() ?? NDArray([])
    }
  }
}

extension Array: BatchConcatenable {
  public static func concatenating(_ parts: [[Element]]) -> [Element] { Array(parts.joined()) }

  public static func makeConcatenation(expectedCount: Int?) -> Concatenation<[Element]> {
    var elements: [Element]?
    return Concatenation { part, sampleCount in
      if elements == nil {
        let count = expectedTotal(part.count, ofBatchWith: sampleCount, among: expectedCount)
        elements = []
        elements?.reserveCapacity(Swift.min(count, reservationLimit))
      }
      elements?.append(contentsOf: part)
    } whole: {
      elements ?? []
    }
  }

  /// What more there is comes rarely enough to be copied.
  private static var reservationLimit: Int { 1 << 24 }
}

/// How much all batches give together, where one of them gives so much; 0 where nobody knows.
private func expectedTotal(_ partCount: Int, ofBatchWith sampleCount: Int, among expectedCount: Int?) -> Int {
  guard let expectedCount, sampleCount > 0 else { return 0 }
  let (product, overflows) = expectedCount.multipliedReportingOverflow(by: partCount)
  return overflows ? 0 : (product - 1) / sampleCount + 1
}
