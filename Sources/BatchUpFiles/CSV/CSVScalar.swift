import BatchUp

/// A type that the numbers of a CSV file can be read as: all integers and floating-point numbers of `NPYScalar`.
public protocol CSVScalar: NPYScalar {
  /// The number that the text stands for, exactly or, where that is no element of the type, the nearest one, whatever
  /// the locale is; nil where it is none or beyond the type's range.
  static func number(fromText text: UnsafeRawBufferPointer) -> Self?

  /// Stores the number that the text stands for; returns false where there is none.
  ///
  /// A requirement, so that it is compiled for each type: reading is several times as fast.
  static func storeNumber(fromText text: UnsafeRawBufferPointer, to address: UnsafeMutableRawPointer) -> Bool
}

extension CSVScalar {
  public static func storeNumber(
    fromText text: UnsafeRawBufferPointer, to address: UnsafeMutableRawPointer
  ) -> Bool {
    guard let number = number(fromText: text) else { return false }
    address.storeBytes(of: number, as: Self.self)
    return true
  }
}

extension CSVScalar where Self: FixedWidthInteger {
  /// Decimal digits, with a sign or without.
  public static func number(fromText text: UnsafeRawBufferPointer) -> Self? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = text.dropFirst(isNegative || text.first == UInt8(ascii: "+") ? 1 : 0)
    if digits.isEmpty { return nil }
    var number: Self = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let value = Self(truncatingIfNeeded: digit &- UInt8(ascii: "0"))
      let (product, overflows) = number.multipliedReportingOverflow(by: 10)
      let (sum, exceeds) =
        isNegative ? product.subtractingReportingOverflow(value) : product.addingReportingOverflow(value)
      if overflows || exceeds { return nil }
      number = sum
    }
    return number
  }
}

extension CSVScalar where Self: FixedWidthInteger {
  /// As `storeNumber`, and also stores whole numbers that are written as others are, such as 3.0, where a Double has
  /// them exactly.
  static func storeWholeNumber(fromText text: UnsafeRawBufferPointer, to address: UnsafeMutableRawPointer) -> Bool {
    if storeNumber(fromText: text, to: address) { return true }
    guard let real = Double.number(fromText: text), real.magnitude < 0x1p53, let number = Self(exactly: real) else {
      return false
    }
    address.storeBytes(of: number, as: Self.self)
    return true
  }
}

extension CSVScalar where Self: BinaryFloatingPoint & LosslessStringConvertible {
  /// A decimal number, nan, inf or infinity. The nearest element of the type, without a detour over another one.
  public static func number(fromText text: UnsafeRawBufferPointer) -> Self? {
    if let decimal = ShortDecimal(text), let number = decimal.exact(Self.self) { return number }
    // Letters that Swift would take for a hexadecimal number.
    if text.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) { return nil }
    guard let number = Self(String(decoding: text, as: UTF8.self)) else { return nil }
    let hasDigit = text.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return number.isFinite || !hasDigit ? number : nil
  }
}

/// A decimal number of few digits: `digits` times ten to the `exponent`.
private struct ShortDecimal {
  private var digits: UInt64 = 0
  private var exponent = 0
  private var isNegative = false

  /// - Returns: nil for other texts, of which some are numbers, too.
  init?(_ text: UnsafeRawBufferPointer) {
    // So many digits do not exceed 64 bits.
    guard (1...18).contains(text.count) else { return nil }
    var isBehindPoint = false
    var digitCount = 0
    for (position, character) in text.enumerated() {
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits &* 10 &+ UInt64(character &- UInt8(ascii: "0"))
        digitCount += 1
        if isBehindPoint { exponent -= 1 }
      case UInt8(ascii: ".") where !isBehindPoint: isBehindPoint = true
      case UInt8(ascii: "-") where position == 0: isNegative = true
      case UInt8(ascii: "+") where position == 0: break
      default: return nil
      }
    }
    if digitCount == 0 { return nil }
  }

  /// The number, where both digits and power of ten are elements of the type, so that one division rounds once
  /// (W. D. Clinger, How to read floating point numbers accurately, 1990).
  func exact<Real: BinaryFloatingPoint>(_: Real.Type) -> Real? {
    // 5^k has to fit into the significand: 10^22 for Double, 10^10 for Float, 10^4 for Float16.
    let powerLimit = Real.significandBitCount == 52 ? 22 : Real.significandBitCount == 23 ? 10 : 4
    guard digits >> (Real.significandBitCount + 1) == 0, -exponent <= powerLimit else { return nil }
    let whole = Real(digits)
    guard whole.isFinite else { return nil }
    let magnitude = exponent == 0 ? whole : whole / Real(powersOfTen[-exponent])
    return isNegative ? -magnitude : magnitude
  }
}

private let powersOfTen: [Double] = (0...22).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }

extension Int8: CSVScalar {}
extension Int16: CSVScalar {}
extension Int32: CSVScalar {}
extension Int64: CSVScalar {}
extension Int: CSVScalar {}
extension UInt8: CSVScalar {}
extension UInt16: CSVScalar {}
extension UInt32: CSVScalar {}
extension UInt64: CSVScalar {}
extension Float: CSVScalar {}
extension Double: CSVScalar {}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  extension Float16: CSVScalar {}
#endif
