/// What NumPy 2.4.6 draws with the methods behind cbk_mt19937_distributions.h, in digests. Made by these lines of
/// Python:
///
///     import numpy as np
///
///     def digest(values):  # a polynomial, the first value with the highest power
///         sum = 0
///         for v in list(values): sum = (sum * 6364136223846793005 + int(v)) % 2**64
///         return sum
///
///     def rounded(values):  # the same over any C library
///         scaled = np.atleast_1d(values) * 2**30
///         assert np.all(np.abs(scaled - np.floor(scaled) - 0.5) > 1e-5)
///         return np.rint(scaled).astype(int)
///
///     word = lambda r: int(r.randint(0, 2**32, dtype=np.uint32))
///
///     def small(dtype, maximum):
///         r = np.random.RandomState(3)
///         for n in (0, 1, 2, 3, 4, 5, 7, 100, 1001): yield digest(r.randint(0, maximum + 1, n, dtype=dtype))
///         yield word(r)
///
///     def booleans():
///         r = np.random.RandomState(3)
///         for n in (0, 1, 2, 31, 32, 33, 100, 1001): yield digest(r.randint(0, 2, n, dtype=bool))
///         yield word(r)
///
///     def normal(seed):
///         r = np.random.RandomState(seed)
///         for n in (1, 0, 2, 7, 312, 1, 1000): yield digest(rounded(r.standard_normal(n)))
///         yield word(r)
///         yield digest(rounded(r.standard_normal()))
///
///     def binomial(n):
///         x = 30 / float(max(n, 60))
///         for p in (0, 1e-18, 0.001, 0.1, 0.25, 0.4, np.nextafter(x, 0), x, np.nextafter(x, 1), 0.5,
///                   np.nextafter(0.5, 1), 1 - x, 0.7, 0.9, 0.999, 1):
///             r = np.random.RandomState(4)
///             yield digest([*r.binomial(n, p, 50), word(r)])
///
///     def many(n, p):
///         r = np.random.RandomState(5)
///         return digest([*r.binomial(n, p, 100000), word(r)])
///
///     bytes = [digest(small(np.uint8, m)) for m in (0, 1, 2, 127, 128, 200, 255)]
///     halves = [digest(small(np.uint16, m)) for m in (0, 1, 255, 256, 33000, 65534, 65535)]
///     normals = [list(normal(seed)) for seed in (0, 1, 12345)]
///     trials = 0, 1, 2, 10, 59, 60, 61, 1000, 10**6, 2**53 + 1, 2**62
///     binomials = [list(binomial(n)) for n in trials]
///     manyBinomials = [many(100, 0.4), many(1000, 0.5), many(10**5, 0.3), many(10**9, 0.8), many(2**53 + 1, 1e-13),
///                      many(2**62, 1e-16)]
enum NumPyDistributionGoldens {
  static let bytes: [UInt64] = [
    0x8d01_176a, 0x50ba_f574_0982_aca9, 0x8bab_d037_fd13_ab12, 0xe10a_6c29_4c08_3f3f, 0x4c67_9171_0477_7d82,
    0x5bb3_3aac_6f97_0869, 0xf7d7_4361_e964_403f,
  ]

  static let halves: [UInt64] = [
    0x8d01_176a, 0x7d72_1ff1_59c5_b0e1, 0x17eb_3975_42b9_d617, 0x89c9_1c63_eb60_e2bd, 0xe35a_cb38_2bbb_4ae4,
    0xbc6e_e356_494f_6017, 0xbc6e_e356_494f_6017,
  ]

  static let booleans: [UInt64] = [
    0x0, 0x0, 0x0, 0xe0d2_451a_e22a_9dcc, 0x5a4f_a40b_b154_de40, 0x4c1f_8117_5579_3ddd, 0x1a1f_931f_78b2_f312,
    0x8aba_9ca5_abb3_8470, 0xb171_7c98,
  ]

  static let normals: [[UInt64]] = [
    [
      0x70e6_3bd0, 0x0, 0xe667_7618_eb7f_11c3, 0x8537_9266_5b92_d5e4, 0x279d_b125_f8ce_1490, 0x1191_ad0f,
      0x52be_befe_9f5e_3333, 0x6369_cd66, 0xffff_ffff_fc2a_23bd,
    ],
    [
      0x67f5_4642, 0x0, 0xd834_3cd7_e1e0_8968, 0x8496_6a41_3d64_cff2, 0x57bf_bd03_6044_449d, 0x1217_5bdf,
      0x565d_d539_2dfb_d149, 0x63e8_6333, 0x37df_53e0,
    ],
    [
      0xffff_ffff_f2e6_11d8, 0x0, 0x70e9_5713_fbae_6730, 0xb16e_09fc_b465_0026, 0x5eae_d1e1_fc5f_ee1f, 0x85f1_4901,
      0x8b37_db6c_797b_77b6, 0x731e_a581, 0xffff_ffff_be6c_f507,
    ],
  ]

  static let trials: [Int64] = [
    0, 1, 2, 10, 59, 60, 61, 1000, 1_000_000, 9_007_199_254_740_993, 4_611_686_018_427_387_904,
  ]

  /// BTPE begins where the mean is above 30.
  static func probabilities(trials: Int64) -> [Double] {
    let x = 30 / Double(max(trials, 60))
    return [
      0, 1e-18, 0.001, 0.1, 0.25, 0.4, x.nextDown, x, x.nextUp, 0.5, 0.5.nextUp, 1 - x, 0.7, 0.9, 0.999, 1,
    ]
  }

  static let binomials: [[UInt64]] = [
    [
      0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b,
      0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xe53f_906b,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0x84c0_7f06_4ce3_773a, 0x1436_e9f3_3f73_0c3b, 0xbaf1_918e_6af9_a810,
      0x4fe2_4fab_c662_ad50, 0x4fe2_4fab_c662_ad50, 0x75e9_47d1_6b86_51ec, 0x4fe2_4fab_c662_ad50,
      0x75e9_47d1_6b86_51ec, 0x4fe2_4fab_c662_ad50, 0x1160_c65f_6b46_15e3, 0x410b_1876_e505_8802,
      0xc5cb_977c_4ca9_6ed1, 0xc5cb_977c_4ca9_6ed1,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0x91f7_fb12_b9fe_be08, 0x1d46_156e_29b5_2e54, 0x4a4_beae_4861_14b0,
      0x29ca_6096_d8ae_6c61, 0x29ca_6096_d8ae_6c61, 0x61cc_ce61_c0a4_7141, 0x29ca_6096_d8ae_6c61,
      0x61cc_ce61_c0a4_7141, 0x29ca_6096_d8ae_6c61, 0xb6f4_6047_6b4c_4983, 0xf99f_33e5_df54_1f9a,
      0x8b97_2ef7_b413_4d37, 0x8b97_2ef7_b413_4d37,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0xe53f_906b, 0xba4_2c94_3579_49b2, 0x33bf_259f_64ff_ad19, 0xbf8c_1ad7_b40b_0b03,
      0x65c4_4bff_b73c_b360, 0x65c4_4bff_b73c_b360, 0x542f_9ed4_1d65_1d72, 0x65c4_4bff_b73c_b360,
      0x542f_9ed4_1d65_1d72, 0x65c4_4bff_b73c_b360, 0xb6cc_bf41_4ef5_355c, 0xae4f_be3f_9f28_8720,
      0xb9f3_ead2_ef62_4067, 0xb9f3_ead2_ef62_4067,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0x1bdc_2893_b9ec_3b05, 0x3d7a_195c_24ae_713b, 0xcd6e_d3fc_2115_2bcf,
      0x732f_1c61_62f4_16f5, 0x671d_dc9a_54cb_6950, 0x671d_dc9a_54cb_6950, 0x2ece_0cd8_4b19_f908,
      0x671d_dc9a_54cb_6950, 0x2ece_0cd8_4b19_f908, 0x671d_dc9a_54cb_6950, 0xc6f6_7c0d_aeeb_200b,
      0x5871_d016_7b36_f11d, 0x7a0f_c0de_e5f9_2753, 0x95eb_e971_baa5_d1ed,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0x1bdc_2893_b9ec_3b05, 0x1e9d_3fa0_9843_4eb2, 0x9716_dc76_e9a6_99a5,
      0xac41_7201_0601_4a1b, 0xf97e_65ac_d904_ed80, 0xf97e_65ac_d904_ed80, 0x6239_1b41_2e4a_533e,
      0xf97e_65ac_d904_ed80, 0x6239_1b41_2e4a_533e, 0xf97e_65ac_d904_ed80, 0x5119_0929_f3d0_9615,
      0x3d1a_414d_6f0b_f20c, 0x3fdb_585a_4d63_05b9, 0x5bb7_80ed_220f_b053,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0x1bdc_2893_b9ec_3b05, 0xd91a_c02f_6fd4_e4ae, 0x6cb6_2dbc_bd22_9fa0,
      0xb1ed_5314_23bc_4f36, 0x1648_c704_e8c6_9615, 0x1648_c704_e8c6_9615, 0x8990_6a5e_7bca_d825,
      0x1251_7224_54c9_b9ed, 0x904d_e31e_a22a_f1eb, 0xb3a_5164_85f2_890f, 0x56e8_a220_be48_5851,
      0x4868_5839_fee4_3a76, 0x5a6_efd5_b4cc_e41f, 0x2183_1868_8979_8eb9,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0x26fd_4203_f816_7c2f, 0xf606_288d_0566_c168, 0x446e_e528_73a5_1cc1,
      0x92d7_dc20_0bca_2c76, 0x3d36_7d7b_69ca_7790, 0x3d36_7d7b_69ca_7790, 0x76cb_18da_c932_0bfb,
      0x5661_523e_c649_6502, 0x4ce6_67ce_1d98_0322, 0x2c7c_a133_1c50_c0af, 0xa4aa_510a_17dd_3fa3,
      0xad41_9180_7197_a33e, 0x7c4a_7809_c7f5_6317, 0xa347_ba0c_dacc_4edb,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0xe295_4989_04b2_1f03, 0x415c_f88d_fe67_5f8d, 0xb822_d1c3_2883_5f8f,
      0xbd4a_28e5_acc6_9985, 0x7a70_b7ad_ca5c_2694, 0x7a70_b7ad_ca5c_2694, 0x2f9a_8f06_d8c3_c32f,
      0xc828_f50c_84c7_6c65, 0x805_c9ac_2de1_870d, 0x55be_070b_2dea_dfc2, 0x2a69_f7d7_b8a5_b059,
      0x8ed1_c62a_b441_93e5, 0xed99_752e_820f_70cd, 0xd02e_beb8_1307_75eb,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0xcdf9_0898_9374_f8d7, 0xf1e5_68ec_1168_a470, 0x5ab9_745e_d4a2_9430,
      0xa7a7_a7cd_0718_5ce9, 0x7a70_b7ad_ca5c_2694, 0x7a70_b7ad_ca5c_2694, 0x2f9a_8f06_d8c3_c32f,
      0x5564_1226_1c1e_4e69, 0xbad8_9e98_2861_6d75, 0x181a_dfcf_678c_d8a8, 0xae99_907b_6ec8_aa31,
      0xa0a6_2e90_dae2_47e8, 0xd2b2_a1a0_f7e5_abc4, 0x928b_977c_4ca9_6ed1,
    ],
    [
      0xe53f_906b, 0xe53f_906b, 0xa784_735a_f5d6_96e4, 0x3c30_2bfa_61f8_8b39, 0x6a94_c3ca_6199_bad0,
      0xe7a3_dead_8be4_a6d0, 0xe53f_906b, 0xe53f_906b, 0x2f9a_8f06_d8c3_c32f, 0x6cdc_a9ae_2b8a_ced0,
      0xaa52_4d21_e172_b2d0, 0x8000_0000_e53f_906b, 0x26e3_e7ed_b527_b6d0, 0x299b_91ba_d7d7_b5b9,
      0xc14d_2eb8_f162_fd76, 0x8000_0000_e53f_906b,
    ],
  ]

  static let manyBinomials: [UInt64] = [
    0x6b33_d9b1_7301_fed0, 0x6473_7730_7fcd_5733, 0xf62c_8b06_2b67_66a2, 0x2d76_4398_2673_3722,
    0xda1e_00d3_0212_3d78, 0xd023_6c3f_9ce1_9e1f,
  ]
}
