/// What an iteration has delivered, in two numbers: one that depends on the order of the samples, and one that does not.
///
/// Two runs with equal digests have delivered the same samples, but for one chance in 2^64; equal in `unordered` alone,
/// the same samples in another order. Digests of parts of an iteration, of its ranks or of epochs, are merged by `+`, in
/// any order.
///
/// Both are sums modulo 2^64 over the samples, of a mix of the index, and of a mix of the place and the index. Where
/// sources stand side by side, the indices in all of them take the place of the index.
public struct SampleDigest: Sendable, Hashable {
  /// How many samples were delivered.
  public private(set) var sampleCount = 0
  /// The same for the same samples in any order.
  public private(set) var unordered: UInt64 = 0
  /// The same for the same samples at the same places of the iteration.
  public private(set) var ordered: UInt64 = 0

  /// The digest of no samples.
  public init() {}

  /// Adds the first `count` samples of a batch that begins at a place of the iteration.
  mutating func add(_ keys: SampleKeys, first count: Int, at place: Int) {
    var place = UInt64(truncatingIfNeeded: place &+ keys.firstPlace)
    for word in keys.words.prefix(count) {
      unordered &+= mixed(word)
      ordered &+= mixed(mixed(~place) &+ word)
      place &+= 1
    }
    sampleCount += min(count, keys.words.count)
  }

  /// What two parts of an iteration have delivered together.
  public static func + (left: SampleDigest, right: SampleDigest) -> SampleDigest {
    var sum = left
    sum.sampleCount &+= right.sampleCount
    sum.unordered &+= right.unordered
    sum.ordered &+= right.ordered
    return sum
  }

  /// Adds what another part has delivered.
  public static func += (left: inout SampleDigest, right: SampleDigest) { left = left + right }
}

extension SampleDigest: CustomStringConvertible {
  /// The number that depends on the order and the one that does not, each as 16 hexadecimal digits.
  public var description: String { "\(hexadecimal(ordered)) \(hexadecimal(unordered))" }
}

extension SampleDigest: Codable {
  private enum CodingKeys: CodingKey {
    case sampleCount, unordered, ordered
  }

  /// - Throws: `DecodingError` where the count is negative, too.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    sampleCount = try container.decode(CheckedCount.self, forKey: .sampleCount).wrappedValue
    unordered = try container.decode(UInt64.self, forKey: .unordered)
    ordered = try container.decode(UInt64.self, forKey: .ordered)
  }
}

private func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
