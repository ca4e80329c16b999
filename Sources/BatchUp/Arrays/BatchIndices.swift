/// The indices of the samples of a batch, in order, counted from 0.
///
/// A run of neighbours is stored as a range (which arrays deliver without a copy), anything else as a list.
public struct BatchIndices: Sendable {
  enum Storage: Sendable {
    case run(Range<Int>)
    /// Indices below 2^32.
    case narrow(NDArray<UInt32>)
    /// Any others, the bits of an Int each. A negative one is a huge number here: out of range for every array.
    case wide(NDArray<UInt64>)
  }

  let storage: Storage

  init(_ storage: Storage) {
    self.storage = storage
  }

  /// A run of neighbouring samples.
  public init(_ range: Range<Int>) {
    self.init(.run(range))
  }

  /// Samples in any order; the same may come several times. A run of neighbours is recognised.
  public init(_ indices: some Sequence<Int>) {
    self.init((indices as? Range<Int>).map(Storage.run) ?? Self.storage(of: Array(indices)))
  }

  private static func storage(of list: [Int]) -> Storage {
    if let run = run(list) { return .run(run) }
    if list.allSatisfy({ UInt32(exactly: $0) != nil }) {
      return .narrow(NDArray(list.map(UInt32.init(truncatingIfNeeded:))))
    }
    return .wide(NDArray(list.map(UInt64.init(truncatingIfNeeded:))))
  }

  /// The range with exactly these elements, in order; nil where there is none.
  private static func run(_ list: [Int]) -> Range<Int>? {
    guard let first = list.first else { return nil }
    let (end, overflows) = first.addingReportingOverflow(list.count)
    guard !overflows, list.elementsEqual(first..<end) else { return nil }
    return first..<end
  }
}

extension BatchIndices: RandomAccessCollection {
  public var startIndex: Int { 0 }

  public var endIndex: Int {
    switch storage {
    case .run(let range): range.count
    case .narrow(let list): list.sampleCount
    case .wide(let list): list.sampleCount
    }
  }

  // The default takes a copy, with its references, for each of two ends.
  public var count: Int { endIndex }

  public subscript(position: Int) -> Int {
    precondition(indices.contains(position), "position \(position) is outside 0..<\(count)")
    return switch storage {
    case .run(let range): range.lowerBound + position
    case .narrow(let list): Int(list[position])
    case .wide(let list): Int(truncatingIfNeeded: list[position])
    }
  }

  /// The samples at neighbouring positions, sharing memory with this list.
  func part(_ positions: Range<Int>) -> BatchIndices {
    switch storage {
    case .run(let range):
      BatchIndices(range.lowerBound + positions.lowerBound..<range.lowerBound + positions.upperBound)
    case .narrow(let list): BatchIndices(.narrow(list[rows: positions]))
    case .wide(let list): BatchIndices(.wide(list[rows: positions]))
    }
  }
}

extension BatchIndices: Equatable {
  public static func == (left: BatchIndices, right: BatchIndices) -> Bool { left.elementsEqual(right) }
}

extension BatchIndices: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension BatchIndices: CustomStringConvertible {
  public var description: String { "\(Array(self))" }
}
