extension Double {
  /// This number with so many digits behind the point; in scientific notation where it is beyond 2^52 of them.
  package func fixed(digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 0x1p52 else { return "\(self)" }
    let (whole, fraction) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
    let sign = self < 0 && scaled > 0 ? "-" : ""
    return digits == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\("\(fraction)".padded(to: digits, with: "0"))"
  }
}

extension Int {
  /// This number with a comma after each group of three digits.
  package var grouped: String {
    let digits = String(magnitude)
    let groups = digits.indices.map { i in
      let rest = digits.distance(from: i, to: digits.endIndex)
      return i != digits.startIndex && rest % 3 == 0 ? ",\(digits[i])" : "\(digits[i])"
    }
    return (self < 0 ? "-" : "") + groups.joined()
  }
}

extension String {
  /// This text behind as much padding as makes it `width` characters long.
  package func padded(to width: Int, with padding: Character = " ") -> String {
    String(repeating: padding, count: max(0, width - count)) + self
  }
}
