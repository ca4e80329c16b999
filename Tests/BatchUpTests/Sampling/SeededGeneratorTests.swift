import BatchUp
import TestSupport
import Testing

@Suite struct SeededGeneratorTests {
  @Test func aSeedGivesTheSameNumbersAlways() {
    var generator = SeededGenerator(seed: 12345)
    // Philox4x32-10 with key (12345, 0) and counters (0, 0, 0, 2), (1, 0, 0, 2), from an independent implementation.
    let expected: [UInt64] = [
      0x1df3_88cb_6c37_0ac8, 0x7589_5a0c_5a77_3e4f, 0xba90_9625_9359_a26e, 0xe0ad_0c18_e774_05ea,
    ]
    #expect((0..<4).map { _ in generator.next() } == expected)
  }

  @Test func copiesGoTheirOwnWay() {
    var one = SeededGenerator(seed: 1)
    _ = one.next()
    var two = one
    let expected = (0..<9).map { _ in one.next() }
    #expect((0..<9).map { _ in two.next() } == expected)
  }

  @Test func neighbouringSeedsAreUnrelated() {
    // 64 bits of the exclusive or of first numbers: each bit is set in half of 4,000 pairs, give or take 5 sigma
    // (sigma = sqrt(4000) / 2 = 31.6).
    var counts = [Int](repeating: 0, count: 64)
    for seed in 0..<4_000 {
      var a = SeededGenerator(seed: UInt64(seed))
      var b = SeededGenerator(seed: UInt64(seed) + 1)
      let difference = a.next() ^ b.next()
      for bit in 0..<64 where difference >> bit & 1 == 1 { counts[bit] += 1 }
    }
    for count in counts { #expect(abs(count - 2_000) < 158) }
  }
}
