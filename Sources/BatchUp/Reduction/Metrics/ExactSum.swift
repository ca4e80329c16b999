/// A sum of Float64 numbers that is rounded once, when it is asked for.
///
/// Whatever order the numbers come in, and however they are shared among sums that are merged, the result has the same
/// bits: the exact sum, rounded to the nearest Float64 (to even in a tie). NaNs and infinities are summed as usual; a
/// sum of zeros is +0, whatever their signs.
///
/// - Complexity: 34 words of memory, and constant time for each number, about 20 ns.
public struct ExactSum: Sendable, Hashable {
  /// A two's complement integer, the lowest word first, in units of 2^-1074, the least Float64. The largest Float64 is
  /// below 2^2098 of them, which leaves room for 2^76 numbers.
  private var words: [UInt64]
  private var special: Special = []

  private static let wordCount = 34

  /// What of the numbers no integer can hold.
  private struct Special: OptionSet, Hashable {
    let rawValue: UInt8
    static let nan = Special(rawValue: 1)
    static let positiveInfinity = Special(rawValue: 2)
    static let negativeInfinity = Special(rawValue: 4)
  }

  /// The sum of nothing, 0.
  public init() {
    words = Array(repeating: 0, count: Self.wordCount)
  }

  /// Adds a number.
  public mutating func add(_ number: Double) {
    guard number.isFinite else {
      special.insert(number.isNaN ? .nan : number > 0 ? .positiveInfinity : .negativeInfinity)
      return
    }
    // Subnormal numbers have the same unit as the smallest normal ones, and no leading one.
    let exponent = number.exponentBitPattern
    let significand = number.significandBitPattern | (exponent == 0 ? 0 : 1 << 52)
    let (word, bit) = (exponent == 0 ? 0 : Int(exponent) - 1).quotientAndRemainder(dividingBy: 64)
    let low = significand << UInt64(bit)
    let high = bit == 0 ? 0 : significand >> UInt64(64 - bit)
    add(low, high, at: word, isNegative: number.sign == .minus)
  }

  /// Adds all numbers of another sum.
  public mutating func merge(_ other: ExactSum) {
    special.formUnion(other.special)
    var carry = false
    for i in 0..<Self.wordCount { carry = words[i].add(other.words[i], carry: carry) }
  }

  /// A negative number is added as its two's complement: all of its bits inverted, and one more.
  private mutating func add(_ low: UInt64, _ high: UInt64, at word: Int, isNegative: Bool) {
    let inversion: UInt64 = isNegative ? .max : 0
    var carry = words[word].add(low ^ inversion, carry: isNegative)
    carry = words[word + 1].add(high ^ inversion, carry: carry)
    var i = word + 2
    while carry != isNegative && i < Self.wordCount {
      carry = words[i].add(inversion, carry: carry)
      i += 1
    }
  }

  /// The sum, rounded to nearest; infinite where it is too large.
  public var value: Double {
    if special.contains(.nan) || special.isSuperset(of: [.positiveInfinity, .negativeInfinity]) { return .nan }
    if special.contains(.positiveInfinity) { return .infinity }
    if special.contains(.negativeInfinity) { return -.infinity }
    let isNegative = words[Self.wordCount - 1] >> 63 == 1
    let magnitude = Self.rounded(isNegative ? Self.negated(words) : words)
    return isNegative ? -magnitude : magnitude
  }

  /// The sum divided by a number, finite also where the sum is too large.
  func mean(over count: Int) -> Double {
    let sum = value
    return sum.isFinite || !special.isEmpty ? sum / Double(count) : scaledDown.value / Double(count) * 0x1p64
  }

  /// The sum times 2^-64, up to 2^-1074.
  var scaledDown: ExactSum {
    var sum = self
    sum.words = words.dropFirst() + [words[Self.wordCount - 1] >> 63 == 1 ? .max : 0]
    return sum
  }

  private static func negated(_ words: [UInt64]) -> [UInt64] {
    var carry = true
    return words.map { word in
      var inverse = ~word
      carry = inverse.add(0, carry: carry)
      return inverse
    }
  }

  /// The Float64 nearest to an integer that is not negative.
  private static func rounded(_ words: [UInt64]) -> Double {
    guard let top = words.lastIndex(where: { $0 != 0 }) else { return 0 }
    let highestBit = 64 * top + 63 - words[top].leadingZeroBitCount
    // Below 2^53, the integer is the bit pattern's own: subnormal numbers, and the first normal ones.
    if highestBit < 53 { return Double(bitPattern: words[0]) }
    let shift = highestBit - 52
    let significand = bits(of: words, from: shift)
    let half = bits(of: words, from: shift - 1) & 1 == 1
    let isRoundedUp = half && (significand & 1 == 1 || hasBits(words, below: shift - 1))
    // A carry out of the significand adds one to the exponent behind it, up to that of infinity.
    let pattern = UInt64(shift) << 52 + significand + (isRoundedUp ? 1 : 0)
    return pattern >= Double.infinity.bitPattern ? .infinity : Double(bitPattern: pattern)
  }

  /// The 53 bits from one bit on.
  private static func bits(of words: [UInt64], from bit: Int) -> UInt64 {
    let (word, offset) = bit.quotientAndRemainder(dividingBy: 64)
    let high = offset == 0 || word + 1 == wordCount ? 0 : words[word + 1] << UInt64(64 - offset)
    return (words[word] >> UInt64(offset) | high) & (1 << 53 - 1)
  }

  private static func hasBits(_ words: [UInt64], below bit: Int) -> Bool {
    let (word, offset) = bit.quotientAndRemainder(dividingBy: 64)
    return words[word] & (1 << UInt64(offset) - 1) != 0 || words[..<word].contains { $0 != 0 }
  }
}

extension ExactSum {
  /// Adds the sum of a term of x and y, which have as many elements: one by one where it is too large.
  mutating func add<Scalar: RealScalar>(_ term: LossTerm, _ x: NDArray<Scalar>, _ y: NDArray<Scalar>) {
    let sum = termSum(term, x, y)
    if sum.isInfinite, x.count > 1 {
      for (x, y) in zip(x.scalars, y.scalars) { add(termSum(term, NDArray([x]), NDArray([y]))) }
    } else {
      add(sum)
    }
  }
}

extension ExactSum: Codable {
  /// - Throws: `DecodingError` where there are not as many words as a sum has.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    special = Special(rawValue: try container.decode(UInt8.self))
    words = try container.decode([UInt64].self)
    guard words.count == Self.wordCount, special.isSubset(of: [.nan, .positiveInfinity, .negativeInfinity]) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an exact sum")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(special.rawValue)
    try container.encode(words)
  }
}

extension UInt64 {
  /// Whether there is a carry.
  fileprivate mutating func add(_ other: UInt64, carry: Bool) -> Bool {
    let (sum, first) = addingReportingOverflow(other)
    let (result, second) = sum.addingReportingOverflow(carry ? 1 : 0)
    self = result
    return first || second
  }
}
