import TestSupport
import Testing

@testable import BatchUp

/// Sums differ in their last bits by the order in which numbers are added, which draws hardly ever show.
@Suite struct NumPyWeightsTests {
  private static let hashes = (0..<100_000).map { ($0 * 2_654_435_761 + 12345) % (1 << 32) }

  /// `weights[:n].sum()` for n in 0...1200, and for all; the weights are `hashes * 0.1`.
  @Test func sumsOfDoublesAreNumPys() {
    let weights = Self.hashes.map { Double($0) * 0.1 }
    let sums = (0...1200).map { count in pairwiseSum(0..<count) { weights[$0] } }
    var trace = NumPyGoldens.sums.trace("double weights")
    trace.check("the first 0 to 1200", sums)
    trace.check("all", [pairwiseSum(weights.indices) { weights[$0] }])
    #expect(trace.difference == nil)
  }

  /// As above, of `(hashes >> 8).astype(float32) * float32(0.1)`.
  @Test func sumsOfFloatsAreNumPys() {
    let weights = Self.hashes.map { Float($0 >> 8) * 0.1 }
    let sums = (0...1200).map { count in Double(pairwiseSum(0..<count) { weights[$0] }) }
    var trace = NumPyGoldens.sums.trace("float weights")
    trace.check("the first 0 to 1200", sums)
    trace.check("all", [Double(pairwiseSum(weights.indices) { weights[$0] })])
    #expect(trace.difference == nil)
  }

  @Test func quotients() {
    let sevenths: [Double] = [1 / 7, 2 / 7, 4 / 7]
    let floatSevenths: [Float] = [1 / 7, 2 / 7, 4 / 7]
    #expect(Double.numPyQuotients([1, 2, 4]).scalars == sevenths)
    #expect(Float.numPyQuotients([1, 2, 4]).scalars == floatSevenths.map(Double.init))
    // 2^53 + 1 + 1 is exact in integers; in Float64, one after the other, 2^53 would be left.
    #expect(UInt64.numPyQuotients([1 << 53, 1, 1]).scalars[1] == 1 / (0x1p53 + 2))
    #expect(Double.numPyQuotients([.greatestFiniteMagnitude, .greatestFiniteMagnitude]).scalars == [1, 1])
  }
}
