import BatchUp
import BatchUpFiles
import Testing

/// Texts of numbers, against Swift's own reading of them.
@Suite struct CSVScalarTests {
  private func number<Scalar: CSVScalar>(_ text: String, as: Scalar.Type) -> Scalar? {
    Array(text.utf8).withUnsafeBytes { Scalar.number(fromText: $0) }
  }

  private func checkReals<Real: CSVScalar & BinaryFloatingPoint & LosslessStringConvertible>(
    _: Real.Type, _ texts: [String]
  ) {
    for text in texts {
      let expected = Real(text)
      let found = number(text, as: Real.self)
      if expected?.isFinite == false && text.contains(where: \.isNumber) {
        #expect(found == nil, "\(text)")
      } else if expected?.isNaN == true {
        #expect(found?.isNaN == true, "\(text)")
      } else {
        #expect(found == expected && found?.sign == expected?.sign, "\(text) \(Real.self)")
      }
    }
  }

  /// The short way of reading is exact: the same as the long one, at its limits too.
  @Test func reals() {
    var texts = ["0", "-0", "+1", "1.", ".5", "-.5", "1e5", "1E-5", "1e+5", "nan", "NaN", "inf", "-inf", "infinity"]
    texts += ["9007199254740992", "9007199254740993", "16777216", "16777217", "2048", "2049", "65504", "65520"]
    texts += ["0.1", "0.30000000000000004", "3.14159265358979", "123456789012345678", "1234567890123456789012"]
    texts += ["1e308", "1e309", "1e-400", "1e400", "-1e400", "1e39", "3.4028235e38"]
    texts += (0...25).flatMap { zeros in
      ["0." + String(repeating: "0", count: zeros) + "7", "7" + String(repeating: "0", count: zeros)]
    }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2_000 {
      let digits = String(UInt64.random(in: 0...999_999_999_999, using: &generator))
      let point = digits.index(digits.startIndex, offsetBy: Int.random(in: 0...digits.count, using: &generator))
      texts.append("-\(digits[..<point]).\(digits[point...])")
      texts.append("\(Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &generator)))")
    }
    checkReals(Double.self, texts)
    checkReals(Float.self, texts)
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      checkReals(Float16.self, texts)
    #endif
  }

  @Test(arguments: [
    "", "-", "+", ".", "-.", "1,5", "1 ", " 1", "1e", "e1", "0x10", "1_000", "--1", "1.2.3", "1-2", "x", "٣",
  ])
  func textsThatAreNoNumbers(text: String) {
    #expect(number(text, as: Double.self) == nil)
    #expect(number(text, as: Float.self) == nil)
    #expect(number(text, as: Int32.self) == nil)
    #expect(number(text, as: UInt8.self) == nil)
  }

  private func checkIntegers<Integer: CSVScalar & FixedWidthInteger>(_: Integer.Type) {
    for integer in [Integer.min, .max, 0, 1, 7, 42] {
      #expect(number("\(integer)", as: Integer.self) == integer)
      #expect(number("00\(integer.magnitude)", as: Integer.self) == Integer(exactly: integer.magnitude))
    }
    #expect(number("\(Integer.max)0", as: Integer.self) == nil)
    for difference in 1...9 {
      // One place beyond either end: the last digit of the ends is never 0 or 9.
      #expect(number(beyond("\(Integer.max)", difference), as: Integer.self) == nil)
      #expect(number(beyond("\(Integer.min)", difference), as: Integer.self) == nil)
    }
    for text in ["1.0", "1e2", "1.", "nan"] { #expect(number(text, as: Integer.self) == nil) }
  }

  /// The text of a number farther from 0, by its last two digits.
  private func beyond(_ text: String, _ difference: Int) -> String {
    if text == "0" { return "-\(difference)" }
    let last = Int(text.suffix(2)).map { $0 + difference } ?? 99
    return last < 100 ? text.dropLast(2) + "\(last)".padded(to: 2, with: "0") : "\(text)9"
  }

  @Test func integers() {
    checkIntegers(Int8.self)
    checkIntegers(Int16.self)
    checkIntegers(Int32.self)
    checkIntegers(Int64.self)
    checkIntegers(Int.self)
    checkIntegers(UInt8.self)
    checkIntegers(UInt16.self)
    checkIntegers(UInt32.self)
    checkIntegers(UInt64.self)
  }
}
