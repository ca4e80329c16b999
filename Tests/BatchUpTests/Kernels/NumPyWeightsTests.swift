import TestSupport
import Testing

@testable import BatchUp

/// Sums differ in their last bits by the order in which numbers are added, which draws hardly ever show.
@Suite struct NumPyWeightsTests {
  private static let hashes = (0..<100_000).map { ($0 * 2_654_435_761 + 12345) % (1 << 32) }

  /// `weights[:n].sum()` of NumPy 2.4.6 for n in 0...1200, and for all; the weights are `hashes * 0.1`.
  @Test func sumsOfDoublesAreNumPys() {
    let weights = Self.hashes.map { Double($0) * 0.1 }
    let sums = (0...1200).map { count in pairwiseSum(0..<count) { weights[$0] }.bitPattern }
    #expect(digest(sums) == 0xb0f2_3942_47a6_0874)
    #expect(pairwiseSum(weights.indices) { weights[$0] }.bitPattern == 0x42b3_87f1_cdf1_bb34)
  }

  /// As above, of `(hashes >> 8).astype(float32) * float32(0.1)`.
  @Test func sumsOfFloatsAreNumPys() {
    let weights = Self.hashes.map { Float($0 >> 8) * 0.1 }
    let sums = (0...1200).map { count in UInt64(pairwiseSum(0..<count) { weights[$0] }.bitPattern) }
    #expect(digest(sums) == 0x04b6_8f16_b985_1290)
    #expect(pairwiseSum(weights.indices) { weights[$0] }.bitPattern == 0x519c_3f8e)
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
