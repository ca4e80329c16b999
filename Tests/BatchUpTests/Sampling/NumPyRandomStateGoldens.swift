import BatchUp

/// What NumPy 2.4.6 draws, in digests. Made by these lines of Python:
///
///     import numpy as np
///
///     def digest(values):  # a polynomial, the first value with the highest power
///         values = np.ravel(values)
///         sum = 0
///         for v in (values.view(np.uint64) if values.dtype == float else values).tolist():
///             sum = (sum * 6364136223846793005 + int(v)) % 2**64
///         return sum
///
///     def rounded(values):  # the same over any C library
///         scaled = np.atleast_1d(values) * 2**30
///         assert np.all(np.abs(scaled - np.floor(scaled) - 0.5) > 1e-5)
///         return np.rint(scaled).astype(int)
///
///     word = lambda r: int(r.randint(0, 2**64, dtype=np.uint64))
///
///     def integers(dtype):
///         low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
///         for a, b in ((low, high), (low, low), (high, high), (0, 1), (3, 100), (low, low + (high - low) // 2 + 1),
///                      (low + 1, high - 1), (0, min(high, 2**32 - 1)), (0, min(high, 2**32))):
///             r = np.random.RandomState(9)
///             draws = [digest(r.randint(a, b + 1, n, dtype=dtype)) for n in (0, 1, 2, 17, 1000)]
///             draws += [word(r), int(r.randint(a, b + 1, dtype=dtype)), word(r)]
///             yield digest(np.array(draws, object))
///
///     def state(r):
///         name, key, position, hasCached, cached = r.get_state()
///         return digest(np.array([digest(key), position, hasCached, *rounded(cached)], object))
///
///     def trace(seed):
///         r = np.random.RandomState(seed)
///         yield digest(r.random_sample((3, 5))); yield digest(r.random_sample())
///         yield digest(r.uniform(-1.5, 2.25, 101)); yield digest(r.uniform(3, -7)); yield digest(r.uniform(size=0))
///         yield digest(rounded(r.normal(1.5, 0.25, 7))); yield state(r); yield word(r)
///         yield digest(rounded(r.normal())); yield state(r); yield digest(rounded(r.normal(-3, 2, (2, 3))))
///         yield digest(rounded(r.normal())); yield digest(r.randint(0, 2, 77, dtype=bool)); yield word(r)
///         for n, p in ((0, 0.5), (10, 0), (1, 0.5), (10, 0.7), (59, 0.5), (61, 0.5), (1000, 0.97), (5, 1)):
///             yield digest(r.binomial(n, p, (3, 7))); yield int(r.binomial(n, p))
///         yield digest(rounded(r.normal(size=3))); yield word(r)
///         for n in (0, 1, 2, 3, 10, 257, 5000): yield digest(r.permutation(n))
///         yield digest(r.permutation([5, 9, 2, 2, 40])); yield digest(r.permutation(np.arange(60).reshape(20, 3)))
///         values = list(range(37)); r.shuffle(values); yield digest(values)
///         rows = np.arange(60.0).reshape(15, 2, 2); r.shuffle(rows); yield digest(rows); yield word(r)
///         for m, n in ((0, 0), (1, 5), (7, 0), (7, 1), (100, 41)): yield digest(r.choice(m, n))
///         for m, n in ((0, 0), (1, 1), (7, 0), (7, 7), (100, 41)): yield digest(r.choice(m, n, replace=False))
///         for m in (1, 2, 11, 300):
///             weights = (np.arange(m) * 7919 % 101 + 1.0)**3; p = weights / weights.sum()
///             yield digest(r.choice(m, 50, p=p)); yield digest(r.choice(m, 0, p=p))
///             yield digest(r.choice(m, m, replace=False, p=p)); yield digest(r.choice(m, m // 2, replace=False, p=p))
///         yield digest(r.choice(9, 3, replace=False, p=[0, 0.5, 0, 0.25, 0, 0, 0, 0, 0.25]))
///         yield digest(rounded(r.normal())); yield state(r)
///
///     dtypes = np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64
///     goldenIntegers = [list(integers(dtype)) for dtype in dtypes]
///     seeds = 0, 1, 42, 12345, 2**32 - 1, [1, 2, 3], [42], [5] * 700
///     goldenTraces = [list(trace(seed)) for seed in seeds]
enum NumPyRandomStateGoldens {
  static let int8: [UInt64] = [
    0xa392_00ac_f473_ddbf, 0x4031_e55f_919c_4031, 0xb9a_8af5_8f9e_633c, 0xd3e6_a25f_e234_6281,
    0xd6af_ba05_b6e6_b24e, 0x50b2_017a_8e31_7074, 0xd1a6_f95f_f1eb_2ce4, 0x64b4_b128_4015_e63f,
    0x64b4_b128_4015_e63f,
  ]

  static let int16: [UInt64] = [
    0x9ffb_c8af_5e38_7edb, 0x8bdf_1a60_908a_bab1, 0xbfed_55f4_90af_e8bc, 0xd139_8588_1eb2_8f97,
    0x5e36_90cd_dc51_c139, 0x8cb1_190f_055b_3c8c, 0x229_5eeb_3008_50d0, 0x2157_a8c5_e05d_7edb,
    0x2157_a8c5_e05d_7edb,
  ]

  static let int32: [UInt64] = [
    0x69fd_0124_e88d_8ed7, 0x6e15_1a4d_f985_3ab1, 0xddb7_5607_27b5_68bc, 0xfcd_1e51_41db_269d,
    0x2474_166e_7858_92be, 0x26f8_9e6c_53ea_402d, 0xcc2a_9760_ba5d_60cc, 0x280e_34ef_688d_8ed7,
    0x280e_34ef_688d_8ed7,
  ]

  static let int64: [UInt64] = [
    0x7a5e_09c8_cd57_cce5, 0xd6fd_0348_7985_3ab1, 0x74cf_6d0c_a7b5_68bc, 0xfcd_1e51_41db_269d,
    0x2474_166e_7858_92be, 0x93a2_f598_1a63_7577, 0xdc8b_a004_9f27_9eda, 0x52e4_ea1f_688d_8ed7,
    0xed_97f2_db17_3491,
  ]

  static let uint8: [UInt64] = [
    0xba5d_1e95_dc5c_d83f, 0x56fd_0348_7985_3ab1, 0x2265_a8de_7787_5dbc, 0xd3e6_a25f_e234_6281,
    0xd6af_ba05_b6e6_b24e, 0x677d_1f63_761a_6af4, 0xe872_1748_d9d4_2764, 0xba5d_1e95_dc5c_d83f,
    0xba5d_1e95_dc5c_d83f,
  ]

  static let uint16: [UInt64] = [
    0x6b19_b197_4732_fedb, 0x56fd_0348_7985_3ab1, 0x8b0b_3edc_79aa_68bc, 0xd139_8588_1eb2_8f97,
    0x5e36_90cd_dc51_c139, 0x57cf_01f6_ee55_bc8c, 0xcd47_47d3_1902_d0d0, 0x6b19_b197_4732_fedb,
    0x6b19_b197_4732_fedb,
  ]

  static let uint32: [UInt64] = [
    0x52e4_ea1f_688d_8ed7, 0x56fd_0348_7985_3ab1, 0xc69f_3f01_a7b5_68bc, 0xfcd_1e51_41db_269d,
    0x2474_166e_7858_92be, 0xfe0_8766_d3ea_402d, 0xb512_805b_3a5d_60cc, 0x52e4_ea1f_688d_8ed7,
    0x52e4_ea1f_688d_8ed7,
  ]

  static let uint64: [UInt64] = [
    0xfa5e_09c8_cd57_cce5, 0x56fd_0348_7985_3ab1, 0xf4cf_6d0c_a7b5_68bc, 0xfcd_1e51_41db_269d,
    0x2474_166e_7858_92be, 0x13a2_f598_1a63_7577, 0x5c8b_a004_9f27_9eda, 0x52e4_ea1f_688d_8ed7,
    0xed_97f2_db17_3491,
  ]

  static let traces: [(state: @Sendable () -> NumPyRandomState, values: [UInt64])] = [
    (
      { NumPyRandomState(seed: 0) },
      [
        0xb3ed_21d3_fe0f_27a8, 0x3fb6_4e1b_14bd_d2f0, 0xbb28_fad4_9803_ea78, 0xc006_8077_eb21_d6c4, 0x0,
        0xf0bb_84c5_0f9c_d350, 0x72cb_e556_cc8c_124a, 0x4e9_d879_785a_9546, 0xffff_ffff_a9be_50c7,
        0xeb39_226d_d957_9e28, 0x4e18_f9f1_d012_9a84, 0x26b1_4feb, 0x69b9_e894_99f5_e227, 0x89b_a776_a738_2b2c,
        0x0, 0x0, 0x0, 0x0, 0x6bd3_e17f_70b6_33b0, 0x1, 0xcdab_978a_190a_7d9a, 0x6, 0x2b65_0ecf_abde_8c08, 0x21,
        0xfa9_f1f5_9248_9cb4, 0x16, 0x59a8_2f50_56ee_0ba9, 0x3cd, 0x44d5_30dd_7c44_1641, 0x5,
        0x4009_a08a_6153_7883, 0x84f_a549_389e_0064, 0x0, 0x0, 0x5851_f42d_4c95_7f2d, 0xb0a3_e85a_992a_fe5b,
        0xea9e_b468_9275_e695, 0x4cdb_4f3d_c07b_7da4, 0xb37b_a99c_5bb7_91b8, 0xc60_e2fd_b860_a626,
        0xba08_2d79_7c3f_dcaa, 0xcd05_6406_7d39_b2de, 0x933d_0000_0000_0000, 0xdc37_9cf1_662c_3800, 0x0, 0x0, 0x0,
        0x1, 0x9415_34ff_a979_783d, 0x0, 0x0, 0x0, 0x21_1f9b_593b_d149, 0x3b98_b2ad_2b41_476c, 0x0, 0x0, 0x0, 0x0,
        0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1, 0x98cd_87a6_8189_5b15, 0x0, 0xadc8_705b_0bd6_c90b,
        0xb185_6746_9ced_b4a0, 0x84f_fb60_db00_36ed, 0x0, 0x20a6_e1e0_d690_6ed6, 0x9e3f_c48c_160c_cf45,
        0xfbae_6b50_695b_0324, 0x464f_a2f8, 0x8d12_ecc9_df7f_42b7,
      ]
    ),
    (
      { NumPyRandomState(seed: 1) },
      [
        0x35fa_b6e7_8b46_75f4, 0x3fe5_7478_47a7_e5a9, 0xf9f5_ae90_188a_d8e9, 0xc018_ebc5_703f_1c02, 0x0,
        0xc44c_29a2_e0e5_9312, 0xcefb_1224_a40c_78a0, 0x95f4_51c3_91ef_e374, 0xffff_ffff_d71f_0a7f,
        0x4768_4f3b_8377_4ac6, 0x34c6_e86f_fd33_7918, 0x1769_e53a, 0x211d_736c_c37c_51ca, 0x2741_30de_1f10_5d4a,
        0x0, 0x0, 0x0, 0x0, 0xa367_8117_3471_3ecb, 0x1, 0x393f_5659_9421_2f76, 0x7, 0x778d_ae5e_b034_3492, 0x1b,
        0x90dd_3399_6606_3097, 0x18, 0x136d_cd37_b46b_2084, 0x3be, 0x44d5_30dd_7c44_1641, 0x5,
        0x8e2e_830b_c589_21be, 0x3832_bb0f_f59d_7cc7, 0x0, 0x0, 0x5851_f42d_4c95_7f2d, 0x2911_2571_4fb4_daff,
        0xb5ee_822b_2032_7085, 0x27cd_7a2d_a28c_38a4, 0xfb75_d108_f554_2e58, 0x61ba_cc42_0635_872e,
        0x8cf7_fada_0040_2732, 0x1f5a_dcb2_f6f6_d79e, 0xc16d_0000_0000_0000, 0xd25b_a5f8_4866_7d03, 0x0, 0x0, 0x0,
        0x4, 0x9f76_6637_b81c_8949, 0x0, 0x0, 0x0, 0x58b1_508e_54a2_571d, 0xb988_1a2f_bf57_f189, 0x0, 0x0, 0x0,
        0x0, 0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1, 0x47e5_4cdc_85b1_ae85, 0x0,
        0x2b53_fcc8_5f33_c82b, 0xb185_6746_9ced_b49b, 0x4fbf_4269_4307_8c43, 0x0, 0x1e33_aad6_75c4_6f7e,
        0x4b0d_7f22_b691_b5d9, 0x9b4e_b93d_5912_ee78, 0xb46b_ec47, 0x1965_a6fc_98d5_913b,
      ]
    ),
    (
      { NumPyRandomState(seed: 42) },
      [
        0xe1e9_ce7b_f379_9bb8, 0x3fc7_79cc_89e1_3448, 0x4dea_c6c7_fd8b_fca3, 0x3ff2_2617_23ab_7817, 0x0,
        0x90dc_010f_461b_5ff1, 0x9530_3cb4_dd85_7a42, 0x1c7_9d66_2a26_e2c5, 0x10b5_212c, 0xd9d_79cb_835a_35bb,
        0xf3c4_1290_e18e_5fc5, 0xdc1_8ecb, 0x956b_67b4_c318_f850, 0x109c_c73d_f8c6_b5f0, 0x0, 0x0, 0x0, 0x0,
        0x653b_93e8_80cf_9df7, 0x1, 0x65bf_9ab9_a697_944b, 0x4, 0xfc21_67a9_ccdb_1aaf, 0x25, 0x3882_ff03_9446_b944,
        0x1e, 0xed39_7940_872d_ae23, 0x3c8, 0x44d5_30dd_7c44_1641, 0x5, 0x9e43_2a0c_8c0a_a932,
        0x3cfd_0b62_1a66_5368, 0x0, 0x0, 0x1, 0x1903_80fc_9aba_ac43, 0xb428_19e5_48ab_f3d9, 0xda61_7aa4_7587_5d6c,
        0x7d4a_50ef_2a44_5720, 0x2295_baa6_4e56_76d2, 0x61f5_195a_c2ce_a75e, 0x6f77_cf5f_a4ab_2d22,
        0x8f6d_0000_0000_0000, 0xd050_2c56_6a3a_d8d8, 0x0, 0x0, 0x0, 0x1, 0x8b0f_60c8_5399_5858, 0x0, 0x0, 0x0,
        0xbd3c_ec21_be1c_edad, 0x30a_c8d4_73fb_a352, 0x0, 0x0, 0x0, 0x0, 0xf1df_ed43_60f0_47be, 0x0,
        0x5851_f42d_4c95_7f2d, 0x1, 0xfb73_fd92_7c32_8543, 0x0, 0x4ef3_085e_1805_e267, 0x27a4_e211_4796_be9c,
        0x7e25_7023_83a1_2fa3, 0x0, 0x5b11_eb42_87cd_bd4e, 0xe0bd_8354_9355_fa76, 0x9170_be13_5144_88f0,
        0xffff_ffff_e98b_aed5, 0xbe1c_f5fc_597d_110c,
      ]
    ),
    (
      { NumPyRandomState(seed: 12345) },
      [
        0x2dda_5d2b_3538_5815, 0x3fe5_0152_0682_2503, 0x50a2_1ffd_7ce1_cb50, 0xc001_0e76_c8d8_308a, 0x0,
        0xdd50_70a9_65bc_07bd, 0x80f8_d22c_6ab0_ea45, 0x6a55_40aa_c3de_523e, 0x9c5_73f6, 0xf966_0f43_1775_52f4,
        0x3b04_fb46_cd6d_a6b8, 0xffff_ffff_f068_57e6, 0xb178_9d80_b03d_4a5e, 0x138a_08ae_2a4a_7e2c, 0x0, 0x0, 0x0,
        0x0, 0x1a6f_9544_3c7c_8195, 0x0, 0xdaa7_781a_3787_2f42, 0x9, 0xb26d_a0e7_a812_91df, 0x21,
        0x6cea_e710_aeeb_5adc, 0x1e, 0x3a57_cc52_989b_e52f, 0x3ce, 0x44d5_30dd_7c44_1641, 0x5,
        0x7b04_3e85_d21d_f2ae, 0x5672_81f1_350e_cad6, 0x0, 0x0, 0x5851_f42d_4c95_7f2d, 0xb0a3_e85a_992a_fe5b,
        0x80a7_ad77_e33d_da4d, 0xfd37_0d86_6299_8120, 0x30a_f9b6_c1e1_46c8, 0x9781_f401_cf53_edea,
        0x7fb0_ce0e_e742_8bc2, 0x2249_675c_d494_1ada, 0xa4ed_0000_0000_0000, 0x7c8d_35a0_9f07_5bd6, 0x0, 0x0, 0x0,
        0x6, 0x9f90_0624_1f7f_d633, 0x0, 0x0, 0x0, 0xef53_cccb_8f8a_5a7d, 0x104d_cd6d_7994_65bf, 0x0, 0x0, 0x0,
        0x0, 0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1, 0x42ab_0058_a2d6_70b1, 0x0,
        0xa24e_0e43_363a_2527, 0x7499_ebb4_0f08_2ffc, 0x84a1_3be4_c52e_03cf, 0x0, 0x46b1_60bb_93cd_163a,
        0xb573_b875_171b_389d, 0x9170_be13_5144_88f0, 0x29fe_3ae0, 0xc50d_87ac_b22f_4904,
      ]
    ),
    (
      { NumPyRandomState(seed: UInt32.max) },
      [
        0x7ce0_5c06_15c5_b8c2, 0x3fea_5d39_bdf5_a4fa, 0xe78_529b_babe_249d, 0xc007_4356_ac32_0a98, 0x0,
        0x9c89_1c61_6b6b_014f, 0x212a_8269_8a68_e956, 0x26e_239a_dcff_3c5b, 0xffff_ffff_b803_5374,
        0x9997_bf80_88ef_7287, 0xcb63_6d0c_0dbe_0313, 0xffff_ffff_74f7_0b3a, 0xf375_e8b2_4742_36fe,
        0x8e30_ea62_1ad2_f552, 0x0, 0x0, 0x0, 0x0, 0xf04b_ef3d_8888_d3c2, 0x0, 0xe79c_1779_5578_1915, 0x7,
        0x63d6_f88d_1709_c318, 0x22, 0xa967_12be_69e4_2993, 0x21, 0x99e6_884a_f66b_148a, 0x3cb,
        0x44d5_30dd_7c44_1641, 0x5, 0x51bd_26e3_a073_2ea4, 0x4395_fbf8_b229_a22b, 0x0, 0x0, 0x5851_f42d_4c95_7f2d,
        0x2911_2571_4fb4_daff, 0x128e_57ea_f353_9cd9, 0x90d3_821e_36a8_de60, 0x7ada_63e5_7c68_57e0,
        0xd727_88ee_43df_9afe, 0xe33f_45c2_0dab_e60a, 0x1c97_76a8_e92b_8ba2, 0x94bd_0000_0000_0000,
        0x84c8_152d_9dad_0b72, 0x0, 0x0, 0x0, 0x2, 0x2738_89f4_e0cb_738c, 0x0, 0x0, 0x0, 0xbed9_c8ba_c10b_80e9,
        0x7170_3445_6d8c_4ac8, 0x0, 0x0, 0x0, 0x0, 0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1,
        0xe038_1766_302d_cef6, 0x0, 0xbe4d_d5d9_08b7_0f0b, 0xbfd8_e97b_5d13_dac6, 0x878_86fd_1eb0_32dd, 0x0,
        0x484a_5a4e_b004_f8c2, 0xad3b_f9a4_66e1_e6b6, 0x9170_be13_5144_88f0, 0x8112_4c8d, 0xce6b_3ed7_839a_c55b,
      ]
    ),
    (
      { NumPyRandomState(seed: [1, 2, 3]) },
      [
        0x4c8_2313_0490_325a, 0x3fd6_b46f_0c54_8286, 0x601f_e7d6_b8c2_ed70, 0x3fef_6574_1d39_b030, 0x0,
        0xb5c1_91a2_5a27_32c2, 0x2d79_1ffa_8547_1f18, 0xf942_43b9_eb34_d2c5, 0xffff_ffff_b744_60a6,
        0xa5e6_5d11_848c_9b17, 0xf8a4_e7ba_12dd_b7c5, 0xffff_ffff_ed3b_7de9, 0xa1df_dcdc_6e09_ca2d,
        0x502e_b47a_ed63_d73a, 0x0, 0x0, 0x0, 0x0, 0xbee9_0352_2669_c31d, 0x0, 0x878e_a754_1525_6f2c, 0x8,
        0x609e_ee5f_3169_7094, 0x1e, 0x9721_2074_df92_1a87, 0x1e, 0x8ff4_a3d7_f5fc_f95b, 0x3d3,
        0x44d5_30dd_7c44_1641, 0x5, 0xcf68_1053_8725_7c99, 0xe234_cb0c_2f69_cae6, 0x0, 0x0, 0x1,
        0xb0a3_e85a_992a_fe5b, 0x62e2_b52c_f0a2_5c81, 0x2062_b812_abb0_5540, 0xcdbc_1b19_82b5_e70c,
        0xb61a_4c89_6d70_2022, 0x9c6a_7b81_7cba_740e, 0xdf76_788f_02fd_97b2, 0x745d_0000_0000_0000,
        0xf069_5951_80e6_22f7, 0x0, 0x0, 0x0, 0x4, 0x6662_1bf3_8223_abfb, 0x0, 0x0, 0x0, 0x20fe_8d71_f9fe_3b05,
        0x7a6e_8392_1d93_c0bd, 0x0, 0x0, 0x0, 0x0, 0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1,
        0xeb42_7180_624f_0cf3, 0x0, 0x620f_71e4_ee80_512f, 0xb185_6746_9ced_b4a0, 0x27ad_8ab2_6427_6415, 0x0,
        0x20b0_995f_fdf8_681a, 0xf897_c471_8a69_b110, 0x4bf2_a197_f23d_ecd0, 0x5af0_d98a, 0xf2b7_4fb2_5cd0_2bea,
      ]
    ),
    (
      { NumPyRandomState(seed: [42]) },
      [
        0xc2a1_7a3f_d063_baba, 0x3fe1_7029_1dad_969a, 0x8a9a_299f_4530_7a42, 0xc00b_1daf_8713_9df2, 0x0,
        0x8767_957c_8869_30bd, 0x8fbc_5131_6661_8c3b, 0xe0c5_3cb8_913e_4de2, 0xffff_ffff_f642_c077,
        0x829_8e48_26a8_a869, 0x1ff7_68df_477b_24a0, 0xffff_ffff_94c6_0a8c, 0x5cd_7ce7_4225_d1a4,
        0xf6e0_7cc0_3638_6821, 0x0, 0x0, 0x0, 0x0, 0x7a8f_58c4_91b6_70d8, 0x1, 0x536f_3c66_09a5_a94f, 0x9,
        0xf9ce_026e_6cfe_8817, 0x1e, 0x7ed7_36c4_a57f_48e2, 0x26, 0xbc81_3f49_5d40_320a, 0x3c8,
        0x44d5_30dd_7c44_1641, 0x5, 0x5f56_0b9a_a402_209e, 0x17e8_392a_d184_3324, 0x0, 0x0, 0x1,
        0x2911_2571_4fb4_daff, 0x3d90_b5dd_b68e_5da9, 0xe6f0_b25f_7e19_0bac, 0xa30d_ce31_5af7_6b1c,
        0xe937_33f8_5a07_61ce, 0x1bbb_5110_a63d_31ba, 0x7643_6957_0865_3a2e, 0x38dd_0000_0000_0000,
        0x6986_305a_4282_b6e4, 0x0, 0x0, 0x0, 0x4, 0x3b6e_9efc_106f_1b94, 0x0, 0x0, 0x0, 0xe228_31ea_062a_25b5,
        0x418d_123d_56f3_d8b4, 0x0, 0x0, 0x0, 0x0, 0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1,
        0x52a4_85ff_2f4e_e162, 0x0, 0x7c67_461b_a73b_620f, 0x54dc_f639_fa82_25d8, 0xaa36_78d1_1e61_7f24, 0x0,
        0x54ed_1836_1d15_c6b6, 0xa039_5f3e_a04f_c253, 0x2aef_3a0c_663b_a754, 0xfc_96f8, 0x8d69_8711_7366_500e,
      ]
    ),
    (
      { NumPyRandomState(seed: [Int](repeating: 5, count: 700)) },
      [
        0x861f_1515_3418_81ef, 0x3fd1_dae7_080f_7900, 0x39bd_7956_9706_2dc9, 0xc001_5b3c_eb80_b178, 0x0,
        0x730f_f4a4_90ef_ec10, 0x2b85_39f8_007d_b26a, 0x958c_442b_e737_a824, 0x96c_b5f8, 0xa3f2_770e_ad9a_d917,
        0x1f77_77ee_7081_0fbd, 0xffff_ffff_cd7d_71fe, 0x5f8b_afd9_6727_beac, 0xaa70_c516_e3f5_de42, 0x0, 0x0, 0x0,
        0x0, 0xc675_3a13_e1fe_5701, 0x1, 0xf591_abd3_8622_77e9, 0x6, 0x7c0d_fea5_8330_4200, 0x21,
        0xe83d_f489_3051_cecd, 0x20, 0xdbf4_66e5_478f_1048, 0x3ce, 0x44d5_30dd_7c44_1641, 0x5,
        0x3a82_0879_4791_cb68, 0x2594_ded3_92f3_2a2f, 0x0, 0x0, 0x1, 0x685f_98a2_018f_adeb, 0x25e2_99d0_ed38_d3a5,
        0xbf5e_9308_83f1_ca00, 0xc871_53b2_90d4_43bc, 0xb4b_3669_a1eb_fdfa, 0x91fd_c9a8_8d50_bd12,
        0x7c78_e82c_fdd2_9eee, 0xb21d_0000_0000_0000, 0x300_47d3_7a52_1657, 0x0, 0x0, 0x0, 0x6,
        0x59c0_c777_3dcf_e815, 0x0, 0x0, 0x0, 0xe9fc_5435_821a_c985, 0x4d1f_e924_418d_b76b, 0x0, 0x0, 0x0, 0x0,
        0xf1df_ed43_60f0_47be, 0x0, 0x5851_f42d_4c95_7f2d, 0x1, 0x6444_3760_5963_f48f, 0x0, 0x1ee0_df8f_b88d_791f,
        0x3846_2692_139d_b763, 0x3b25_fc1c_f10f_dd0e, 0x0, 0xf62c_682a_000a_2146, 0xb6b0_2e9e_4c7a_0b01,
        0x2aef_3a0c_663b_a754, 0xffff_ffff_ece4_0ace, 0x2626_22c3_8997_6b03,
      ]
    ),
  ]
}
