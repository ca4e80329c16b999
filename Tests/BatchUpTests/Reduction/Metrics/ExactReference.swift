/// The exact sum of numbers, bit by bit: slow, and nothing to do wrong.
struct ExactReference {
  /// How often the bit of 2^(i - 1074) was added, less how often it was subtracted.
  private var counts = [Int](repeating: 0, count: 2200)

  init(_ numbers: some Sequence<Double>) {
    for number in numbers { add(number) }
  }

  private mutating func add(_ number: Double) {
    let isNormal = number.exponentBitPattern > 0
    let significand = number.significandBitPattern + (isNormal ? 1 << 52 : 0)
    let lowest = isNormal ? Int(number.exponentBitPattern) - 1 : 0
    for bit in 0..<53 where significand >> UInt64(bit) & 1 == 1 { counts[lowest + bit] += number < 0 ? -1 : 1 }
  }

  /// Rounded to nearest, to even in a tie.
  var value: Double {
    let magnitude = digits(of: counts) ?? digits(of: counts.map { -$0 }) ?? []
    return digits(of: counts) == nil ? -rounded(magnitude) : rounded(magnitude)
  }

  /// Binary digits; nil for a negative sum.
  private func digits(of counts: [Int]) -> [Int]? {
    var carry = 0
    let digits = counts.map { count -> Int in
      let sum = count + carry
      carry = sum >> 1
      return sum & 1
    }
    return carry < 0 ? nil : digits
  }

  private func rounded(_ digits: [Int]) -> Double {
    guard let top = digits.lastIndex(of: 1) else { return 0 }
    let lowest = max(top - 52, 0)
    var significand = digits[lowest...top].reversed().reduce(0.0) { 2 * $0 + Double($1) }
    let rest = Array(digits[..<lowest].reversed())
    if rest.first == 1, rest.dropFirst().contains(1) || digits[lowest] == 1 { significand += 1 }
    return Double(sign: .plus, exponent: lowest - 1074, significand: significand)
  }
}
