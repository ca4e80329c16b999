/// The indices of the samples of a batch, in order, counted from 0.
///
/// A run of neighbours is stored as a range (which arrays deliver without a copy), anything else as a list.
public struct BatchIndices: Sendable {
  enum Storage {
    case run(Range<Int>)
    /// Indices below 2^32.
    case narrow(NDArray<UInt32>)
    /// Any others, the bits of an Int each. A negative one is a huge number here: out of range for every array.
    case wide(NDArray<UInt64>)
  }

  /// The same, for as long as the caller keeps the indices.
  enum Words {
    case run(Range<Int>)
    case narrow(UnsafePointer<UInt32>)
    case wide(UnsafePointer<UInt64>)
  }

  /// Of a list; nil for a run.
  private let memory: ArrayStorage?
  private let isWide: Bool
  /// The first index of a run; where in its memory a list begins, in indices.
  private let start: Int
  public let count: Int

  private init(memory: ArrayStorage?, isWide: Bool, start: Int, count: Int) {
    self.memory = memory
    self.isWide = isWide
    self.start = start
    self.count = count
  }

  init(_ storage: Storage) {
    switch storage {
    case .run(let range): self.init(memory: nil, isWide: false, start: range.lowerBound, count: range.count)
    case .narrow(let list): self.init(memory: list.storage, isWide: false, start: list.offset, count: list.count)
    case .wide(let list): self.init(memory: list.storage, isWide: true, start: list.offset, count: list.count)
    }
  }

  var storage: Storage {
    guard let memory else { return .run(start..<start + count) }
    return isWide
      ? .wide(NDArray(storage: memory, offset: start, sampleCount: count, rowLength: 1))
      : .narrow(NDArray(storage: memory, offset: start, sampleCount: count, rowLength: 1))
  }

  var words: Words {
    guard let memory else { return .run(start..<start + count) }
    return isWide
      ? .wide(UnsafePointer(memory.base.assumingMemoryBound(to: UInt64.self) + start))
      : .narrow(UnsafePointer(memory.base.assumingMemoryBound(to: UInt32.self) + start))
  }

  /// The range with these indices; nil for a list.
  var run: Range<Int>? { memory == nil ? start..<start + count : nil }

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

  public var endIndex: Int { count }

  public subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "position \(position) is outside 0..<\(count)")
    defer { withExtendedLifetime(memory) {} }
    return words[position]
  }

  /// The samples at neighboring positions, sharing memory with this list.
  func part(_ positions: Range<Int>) -> BatchIndices {
    precondition(
      positions.lowerBound >= 0 && positions.upperBound <= count, "positions \(positions) are not inside 0..<\(count)")
    return BatchIndices(memory: memory, isWide: isWide, start: start + positions.lowerBound, count: positions.count)
  }
}

extension BatchIndices.Words {
  subscript(place: Int) -> Int {
    switch self {
    case .run(let range): range.lowerBound + place
    case .narrow(let list): Int(list[place])
    case .wide(let list): Int(truncatingIfNeeded: list[place])
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
