import Testing

@testable import BatchUpCLI

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

@Suite struct ProgressBarTests {
  @Test func theBarGrows() {
    let texts = [0, 32, 64].map { ProgressBar.text(label: "epoch 1/9", done: $0, total: 64, width: 31) }
    #expect(
      texts == [
        "epoch 1/9 [............]   0 %", "epoch 1/9 [######......]  50 %", "epoch 1/9 [############] 100 %",
      ])
  }

  @Test func itIsShorterThanTheTerminalIsWide() {
    for width in 0..<100 {
      let text = ProgressBar.text(label: "epoch 12/34", done: 7, total: 9, width: width)
      #expect(text.count <= max(0, width - 1))
    }
  }

  @Test func thereIsNoneWithoutATerminal() {
    if !StandardStream.error.isErasable { #expect(ProgressBar(label: "epoch", total: 1) == nil) }
  }
}

@Suite struct EpochReportTests {
  private let report = EpochReport(
    epoch: 2, loss: 0.123456789, validationError: 0.0355, samplesPerSecond: 123_456.7, waitingShare: 0.0421)

  @Test func line() {
    #expect(
      report.line(of: 10)
        == "epoch  2/10  loss 0.123456789  validation error  3.55 %    123,457 samples/s  waiting  4.2 %")
  }

  @Test func withoutValidationThereIsNoErrorRate() {
    let report = EpochReport(
      epoch: 1, loss: 2, validationError: nil, samplesPerSecond: 10, waitingShare: 0)
    #expect(report.line(of: 1) == "epoch 1/1  loss 2.000000000         10 samples/s  waiting  0.0 %")
  }
}
