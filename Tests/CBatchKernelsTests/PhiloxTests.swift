import CBatchKernels
import TestSupport
import Testing

extension KernelTests {
  @Suite(.namingCases) struct PhiloxTests {
    static func block(key: [UInt32], counter: [UInt32]) -> [UInt32] {
      var words = [UInt32](repeating: 0, count: 4)
      cbk_philox_block(key, counter, &words)
      return words
    }

    static func halves(_ value: UInt64) -> [UInt32] {
      [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
    }

    /// The documented order: word 64 s + 16 w + l is word w of block 16 s + l.
    static func words(_ stream: cbk_stream, superblock: UInt64) -> [UInt32] {
      let blocks = (0..<16).map { lane in
        block(
          key: halves(stream.key),
          counter: halves(superblock &* 16 &+ UInt64(lane)) + halves(stream.stream))
      }
      return (0..<64).map { blocks[$0 % 16][$0 / 16] }
    }

    /// The known answers of Random123's test vectors for philox4x32-10.
    @Test func knownAnswers() {
      #expect(
        Self.block(key: [0, 0], counter: [0, 0, 0, 0])
          == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
      #expect(
        Self.block(key: [.max, .max], counter: [.max, .max, .max, .max])
          == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
      #expect(
        Self.block(
          key: [0xa409_3822, 0x299f_31d0],
          counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344])
          == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    static let streams = [
      cbk_stream(key: 0, stream: 0),
      cbk_stream(key: 1, stream: 0),
      cbk_stream(key: 0, stream: 1),
      cbk_stream(key: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e),
      cbk_stream(key: .max, stream: .max),
    ]

    /// Superblock 2^28 is the first whose block numbers need the second counter word; block numbers
    /// are taken modulo 2^64.
    static let firstSuperblocks: [UInt64] = [
      0, 1, 1000, (1 << 28) - 2, 1 << 28, (1 << 60) - 2, .max,
    ]

    @Test(arguments: firstSuperblocks)
    func fillEqualsTheBlockFunction(first: UInt64) {
      let buffer = GuardedBuffer(capacity: 5 * 256)
      var mismatches = Mismatches()
      for stream in Self.streams {
        for count in 0...5 {
          let expected = (0..<count).flatMap {
            Self.words(stream, superblock: first &+ UInt64($0))
          }
          for edge in GuardedBuffer.Edge.allCases {
            withEachISA { isa in
              buffer.fillWithCanaries()
              let start = buffer.region(count * 256, at: edge).assumingMemoryBound(to: UInt32.self)
              cbk_philox_fill(stream, first, start, count)
              mismatches.check(
                buffer.holds(expected, at: edge), "\(name(isa)) \(stream) x \(count)")
            }
          }
        }
      }
      mismatches.expectNone()
    }

    @Test func fillWritesToUnalignedWords() {
      let stream = Self.streams[3]
      let expected = Self.words(stream, superblock: 7)
      withEachISA { isa in
        for shift in 0..<16 {
          var words = [UInt32](repeating: 0, count: 80)
          words.withUnsafeMutableBufferPointer {
            cbk_philox_fill(stream, 7, $0.baseAddress! + shift, 1)
          }
          #expect(Array(words[shift..<(shift + 64)]) == expected, "\(name(isa)) + \(shift)")
        }
      }
    }

    @Test func derivedKeysAreTheFirstTwoWordsOfABlock() {
      let seed: UInt64 = 0xdead_beef_0123_4567
      let id: UInt64 = 0x1122_3344_5566_7788
      let words = Self.block(key: Self.halves(seed), counter: Self.halves(id) + [3, 2])
      let key = cbk_derive_key(seed, id, 3, 2)
      #expect(key == UInt64(words[1]) << 32 | UInt64(words[0]))
      // From an independent implementation.
      #expect(key == 0x33d0_073c_530c_6a64)
    }

    @Test func derivedKeysDifferInEveryArgument() {
      var keys: Set<UInt64> = []
      withEvery("seed", in: [0, 1, 1 << 32] as [UInt64]) { seed in
        withEvery("id", in: [0, 1, 1 << 32] as [UInt64]) { id in
          withEvery("part", in: 0..<3 as Range<UInt32>) { part in
            withEvery("purpose", in: [CBK_PURPOSE_PERMUTATION, CBK_PURPOSE_GENERATOR]) { purpose in
              keys.insert(cbk_derive_key(seed, id, part, UInt32(purpose)))
            }
          }
        }
      }
      #expect(keys.count == 54)
    }
  }
}
