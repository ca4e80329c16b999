import BatchUp
import Testing

@testable import BatchUpCLI

@Suite struct EpochReportTests {
  private let report = EpochReport(
    epoch: 2, loss: 0.123456789, validationError: 0.0355, samplesPerSecond: 123_456.7, waitingShare: 0.0421,
    digests: EpochDigests(SampleDigest()))

  @Test func line() {
    #expect(
      report.line(of: 10).text
        == "epoch  2/10  loss 0.123456789  validation error  3.55 %    123,457 samples/s  waiting  4.2 %"
        + "  digests 0000000000000000 0000000000000000")
  }

  @Test func withoutValidationThereIsNoErrorRate() {
    let report = EpochReport(
      epoch: 1, loss: 2, validationError: nil, samplesPerSecond: 10, waitingShare: 0,
      digests: EpochDigests(SampleDigest()))
    let line = report.line(of: 1).text
    #expect(line.hasPrefix("epoch 1/1  loss 2.000000000         10 samples/s  waiting  0.0 %  digests "))
  }
}
