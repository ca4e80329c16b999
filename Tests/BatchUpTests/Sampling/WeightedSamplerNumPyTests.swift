import BatchUp
import TestSupport
import Testing

/// Against Python BatchUp 0.2.3 and NumPy 2.4.6, in digests of the indices and of one number of 64 bits, as in
/// `randint(0, 2**32)` twice, that the generator gives after them.
@Suite struct WeightedSamplerNumPyTests {
  enum Weights: Sendable {
    case double, float, int32, uint64, uneven

    func makeSampler(_ count: Int, over indices: [Int]?, replacing: Bool = true, draws: Int? = nil) throws
      -> WeightedSampler
    {
      let hashes = (0..<count).map { ($0 * 2_654_435_761 + 12345) % (1 << 32) }
      return switch self {
      case .double:
        try WeightedSampler(
          weights: hashes.map { Double($0) * 0.1 }, over: indices, replacing: replacing, count: draws)
      case .float:
        try WeightedSampler(
          weights: hashes.map { Float($0 >> 8) * 0.1 }, over: indices, replacing: replacing, count: draws)
      case .int32:
        try WeightedSampler(
          weights: hashes.map { Int32($0 % 1000) }, over: indices, replacing: replacing, count: draws)
      case .uint64:
        try WeightedSampler(
          weights: hashes.map { UInt64($0) << 14 }, over: indices, replacing: replacing, count: draws)
      case .uneven:
        try WeightedSampler(
          weights: hashes.enumerated().map {
            Double(sign: .plus, exponent: -($0.offset % 900), significand: Double($0.element))
          }, over: indices, replacing: replacing, count: draws)
      }
    }
  }

  /// Of the indices of the first batches, and of what the generator gives after them.
  private static func digest(
    _ sampler: WeightedSampler, _ state: NumPyRandomState, batchSize: Int, batchCount: Int = .max
  ) -> UInt64 {
    var iterator = sampler.indices(over: BatchRanges(batchSize: batchSize), order: .numPy(state))
    var values: [UInt64] = []
    var count = 0
    while count < batchCount, let batch = iterator.next() {
      values += batch.map(UInt64.init)
      count += 1
    }
    return TestSupport.digest(values + [state.next()])
  }

  /// Seven batches of 100 of `WeightedSampler(weights)` and of `WeightedSubsetSampler(weights, arange(count) * 7 + 3)`,
  /// each with `RandomState(count + 5)`.
  @Test(
    arguments: [
      (.double, 1, 0x9ca8_4830_62e5_f73a, 0xe2a4_430c_ebb8_93e6),
      (.double, 9, 0x957b_3c7d_2dd7_01a2, 0x87b3_621d_84d1_c306),
      (.double, 1000, 0x07f1_ff30_cd86_4fbe, 0x6e0c_b81e_1728_f882),
      (.double, 100_000, 0xd389_b3f9_3a62_b1f1, 0xb256_ea6d_7c6a_15df),
      (.float, 1, 0x9ca8_4830_62e5_f73a, 0xe2a4_430c_ebb8_93e6),
      (.float, 9, 0x957b_3c7d_2dd7_01a2, 0x87b3_621d_84d1_c306),
      (.float, 1000, 0x07f1_ff30_cd86_4fbe, 0x6e0c_b81e_1728_f882),
      (.float, 100_000, 0xd389_b3f9_3a62_b1f1, 0xb256_ea6d_7c6a_15df),
      (.int32, 1, 0x9ca8_4830_62e5_f73a, 0xe2a4_430c_ebb8_93e6),
      (.int32, 9, 0xe32d_7cc8_fc4e_2dd0, 0xa793_2430_2a13_f848),
      (.int32, 1000, 0x9d54_2eb5_0adf_bbd8, 0x83bc_04bb_c49a_ed38),
      (.int32, 100_000, 0x5865_35f4_c522_9737, 0x5457_784e_47a9_5ac9),
      (.uint64, 1, 0x9ca8_4830_62e5_f73a, 0xe2a4_430c_ebb8_93e6),
      (.uint64, 9, 0x957b_3c7d_2dd7_01a2, 0x87b3_621d_84d1_c306),
      (.uint64, 1000, 0x07f1_ff30_cd86_4fbe, 0x6e0c_b81e_1728_f882),
      (.uint64, 100_000, 0xd389_b3f9_3a62_b1f1, 0xb256_ea6d_7c6a_15df),
      (.uneven, 1, 0x9ca8_4830_62e5_f73a, 0xe2a4_430c_ebb8_93e6),
      (.uneven, 9, 0x13a1_bc5c_b5b4_604d, 0xfac0_e13a_3bdf_59b3),
      (.uneven, 1000, 0xa2a5_23d1_76d1_454c, 0xa8f2_b882_b835_af64),
      (.uneven, 100_000, 0x3bd0_4504_6a29_6964, 0x8c44_e1bb_cad9_1a04),
    ] as [(Weights, Int, UInt64, UInt64)])
  func drawsArePythons(kind: Weights, count: Int, all: UInt64, subset: UInt64) throws {
    for (indices, expected) in [(nil, all), ((0..<count).map { $0 * 7 + 3 }, subset)] {
      let state = NumPyRandomState(seed: count + 5)
      let sampler = try kind.makeSampler(count, over: indices)
      #expect(Self.digest(sampler, state, batchSize: 100, batchCount: 7) == expected)
    }
  }

  /// A million draws from 1e5 weights, which show whether NumPy divides in Float32, as it does for a subset.
  @Test func weightsOfASubsetKeepTheirType() throws {
    for (indices, expected) in [(nil, 0x164d_7e98_6524_3a3a), (Array(0..<100_000), 0x9156_679b_954b_00a0)]
      as [([Int]?, UInt64)]
    {
      let sampler = try Weights.float.makeSampler(100_000, over: indices)
      var iterator = sampler.indices(over: BatchRanges(batchSize: 1_000_000), order: .numPy(NumPyRandomState(seed: 8)))
      #expect(TestSupport.digest(iterator.next() ?? []) == expected)
    }
  }

  /// `RandomState(count + 6).choice(count, size, replace=False, p=weights / weights.sum())`.
  @Test(
    arguments: [
      (.double, 1, 1, 0xc7a8_c219_51a8_29f6), (.double, 9, 1, 0xf05b_c0f6_fc0f_03ed),
      (.double, 9, 9, 0x1bc0_48c4_5aae_9474),
      (.double, 129, 50, 0xc8d3_8704_ed1b_7bc1), (.double, 129, 129, 0xe0f3_3307_2d48_183a),
      (.double, 4097, 50, 0x6ad4_6fae_4bef_2cbf), (.double, 4097, 4097, 0xbedd_7ee6_0571_291a),
      (.int32, 9, 9, 0xc722_3296_863c_a298), (.int32, 129, 50, 0x3b71_c560_ee51_6390),
      (.int32, 129, 129, 0xd45e_89c7_2e26_a6fc), (.int32, 4097, 4093, 0x5546_1a9b_85c1_d0d4),
      (.uneven, 9, 9, 0xa19b_f381_db3c_fb61), (.uneven, 129, 129, 0x71b3_8918_1d33_f615),
      (.uneven, 4097, 50, 0x1a9b_5271_2a97_bd49), (.uneven, 4097, 4097, 0x7cfd_fb02_ea57_a056),
    ] as [(Weights, Int, Int, UInt64)])
  func drawsWithoutReplacementAreNumPys(kind: Weights, count: Int, draws: Int, expected: UInt64) throws {
    for batchSize in [1, 64, 5000] {
      let state = NumPyRandomState(seed: count + 6)
      let sampler = try kind.makeSampler(count, over: nil, replacing: false, draws: draws)
      #expect(Self.digest(sampler, state, batchSize: batchSize) == expected)
    }
  }

  @Test func theGeneratorMovesWhenABatchIsAskedFor() throws {
    for replacing in [true, false] {
      let state = NumPyRandomState(seed: 1)
      let sampler = try WeightedSampler(weights: [1, 2, 3], replacing: replacing)
      var iterator = sampler.indices(over: BatchRanges(batchSize: 3), order: .numPy(state))
      let fresh = NumPyRandomState(seed: 1)
      #expect(state.next() == fresh.next())
      _ = iterator.next()
      #expect(state.next() != fresh.next())
    }
  }
}
