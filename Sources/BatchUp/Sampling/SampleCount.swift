/// How many samples come out of a sampler or a source before it ends.
public enum SampleCount: Sendable, Hashable {
  /// So many.
  case finite(Int)
  /// There is no end.
  case infinite
  /// It is not known before the end comes.
  case unknown
}

extension SampleCount {
  /// The number, where there is one: nil for no end, and where it is not known.
  public var finiteCount: Int? { if case .finite(let count) = self { count } else { nil } }

  /// The smaller of the two.
  @usableFromInline
  func limited(by other: SampleCount) -> SampleCount {
    switch (self, other) {
    case (.finite(let count), .finite(let otherCount)): .finite(min(count, otherCount))
    case (.infinite, let count), (let count, .infinite): count
    case (.unknown, _), (_, .unknown): .unknown
    }
  }

  /// What is left behind the first `count`.
  func without(_ count: Int) -> SampleCount {
    if case .finite(let total) = self { .finite(max(total - count, 0)) } else { self }
  }

  /// Both together.
  static func + (left: SampleCount, right: SampleCount) -> SampleCount {
    switch (left, right) {
    case (.finite(let count), .finite(let otherCount)): .finite(count.addingSaturating(otherCount))
    case (.infinite, _), (_, .infinite): .infinite
    case (.unknown, _), (_, .unknown): .unknown
    }
  }
}
