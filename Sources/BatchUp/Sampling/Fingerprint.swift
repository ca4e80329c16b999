/// A short digest of what data are like, so that the state of an iteration over other data is found out.
public struct Fingerprint: Hashable, Sendable {
  /// The digest of all that was combined.
  public private(set) var word: UInt64 = 0

  /// The digest of nothing.
  public init() {}

  /// The digest of a number of samples.
  public init(_ count: SampleCount) {
    switch count {
    case .finite(let count): combine(UInt64(truncatingIfNeeded: count))
    case .infinite: combine(UInt64.max)
    case .unknown: combine(UInt64.max - 1)
    }
  }

  /// Adds a number; the order of the numbers matters.
  public mutating func combine(_ number: UInt64) { word = mixed(mixed(word) &+ number) }

  /// Adds a number; the order of the numbers matters.
  public mutating func combine(_ number: Int) { combine(UInt64(truncatingIfNeeded: number)) }

  /// Adds what another fingerprint stands for.
  public mutating func combine(_ other: Fingerprint) { combine(other.word) }

  mutating func combine(contentsOf numbers: some Collection<Int>) {
    combine(numbers.count)
    for number in numbers { combine(number) }
  }
}

/// A bijection that spreads each bit over all others: the finalizer of SplitMix64 (Steele, Lea & Flood, OOPSLA'14).
@inline(__always)
func mixed(_ number: UInt64) -> UInt64 {
  var word = number &+ 0x9E37_79B9_7F4A_7C15
  word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word >> 31)
}

extension BatchIndices {
  /// The same for the same list, however it is stored.
  var fingerprint: Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.combine(count)
    if case .run(let range) = storage, !range.isEmpty {
      fingerprint.combine(range.lowerBound)
    } else {
      for index in self { fingerprint.combine(index) }
    }
    return fingerprint
  }
}
