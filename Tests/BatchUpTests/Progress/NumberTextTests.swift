import Testing

@testable import BatchUp

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0, 2, "0.00"), (1.005, 1, "1.0"), (0.125, 2, "0.13"), (-2.5, 3, "-2.500"), (-0.001, 2, "0.00"),
    (99.999, 2, "100.00"), (3, 0, "3"), (1e30, 2, "1e+30"), (.infinity, 2, "inf"), (.nan, 2, "nan"),
  ])
  func fixed(number: Double, digits: Int, expected: String) {
    #expect(number.fixed(digits: digits) == expected)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1_000, "1,000"), (-12_345, "-12,345"), (1_234_567, "1,234,567"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func grouped(number: Int, expected: String) {
    #expect(number.grouped == expected)
  }
}
