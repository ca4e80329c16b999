/// What NumPy 2.4.6 draws, in digests. Made by these lines of Python:
///
///     import numpy as np
///
///     def digest(values):  # a polynomial, the first value with the highest power
///         bits = values.view(np.uint64) if values.dtype == float else values.astype(np.uint64)
///         sum = 0
///         for v in bits.tolist(): sum = (sum * 6364136223846793005 + v) % 2**64
///         return sum
///
///     def trace(seed):
///         r = np.random.RandomState(seed)
///         word = lambda: int(r.randint(0, 2**32, dtype=np.uint32))
///         yield digest(r.get_state()[1])
///         yield digest(np.concatenate([r.permutation(n) for n in range(131)]))
///         for n in (257, 1000, 65535, 65536, 65537, 100000): yield digest(r.permutation(n)); yield word()
///         yield digest(r.random_sample(1001)); yield word()
///         for k in (1, 2, 9, 31, 32, 33, 53, 63):
///             for m in (2**k - 1, 2**k, 2**k + 2**k // 3): yield digest(r.randint(0, m + 1, 200, dtype=np.uint64))
///         values = np.arange(3001, dtype=np.uint64) * 2**33; r.shuffle(values); yield digest(values)
///         for n in (2, 11, 256, 257, 5000):
///             weights = (np.arange(n) * 7919 % 1009).astype(float)
///             yield digest(r.choice(n, 300, p=weights / weights.sum()))
///         yield word()
///
///     seeds = 0, 1, 42, 12345, 2**32 - 1, [1, 2, 3], [42], [5] * 700, list(range(624)), list(range(100, 2100))
///     goldens = [list(trace(seed)) for seed in seeds]
///     r = np.random.RandomState(1); million = r.permutation(10**6)
///     large = [digest(million), *million[:5].tolist(), int(r.randint(0, 2**32, dtype=np.uint32))]
enum NumPyGoldens {
  /// `large`: the digest of a permutation of a million from the seed 1, its first values, and the next word.
  static let million: [UInt64] = [
    0x461f_24e9_5719_1930, 276826, 849425, 504499, 601054, 980221, 3_512_085_524,
  ]

  /// Engines with `seeds`, and their `goldens`.
  static let traces: [(engine: @Sendable () -> Engine, values: [UInt64])] = [
    (
      { Engine(seed: 0) },
      [
        0x63d4_f37f_5506_702e, 0xd435_6901_0799_27bd, 0xc650_8e60_8efb_0510, 0x7ce5_6f0e,
        0xc1f0_05c1_1403_3dc0, 0x6d72_60aa, 0x84da_6c13_d3a7_bc59, 0xc17d_0b80,
        0x8bca_dfa1_18c2_c3b8, 0x5d2d_f24e, 0x17bd_b561_9b74_52a8, 0x92a7_6cde,
        0x9b09_1e46_0692_8270, 0x4a9d4af, 0xe298_67f9_77ed_af22, 0xbc32_332d,
        0xb504_128d_1974_8ccd, 0x951b_a674_aa98_709b, 0xe01_8bfd_ac88_f377, 0xbb5b_5aa9_b331_0a32,
        0xfcdf_8c3f_8245_2626, 0x2024_0c18_2bed_6a40, 0x29f5_6706_2d91_74ea, 0x5b0a_b881_95df_af9e,
        0x6799_e308_fd73_cce8, 0xb4a9_2d67_ebc6_84ed, 0xe89_5a65_c17b_c913, 0x1d34_7958_47c1_c889,
        0x2dc9_22e8_640b_bd54, 0x4fd_c8e4_d651_305b, 0xd9f7_a93a_b138_e41a, 0xb161_db1d_86c1_74a5,
        0xfb9a_17fa_0f04_8303, 0x3ccd_063c_81bc_da02, 0xccbc_bcc9_ec7a_8079, 0xa31c_fc8a_6e8d_c758,
        0x9411_ff13_d0e5_6ab4, 0xd0f4_d4e9_e716_bd51, 0x9d3e_c94c_9d29_f9e8, 0x8952_ac68_1a50_5e5a,
        0xe7b3_d058_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0x5b9e_2712_d2ad_b92f, 0xe4fd_aeb3_44c6_18f0,
        0x6b1f_5873_ec46_b2ea, 0x4ffb_e51d_db49_a662, 0xb640_5a05,
      ]
    ),
    (
      { Engine(seed: 1) },
      [
        0x7c3f_5325_ee65_e13a, 0x31f1_422b_7cc9_2805, 0x1a4d_f7c4_7164_d2a8, 0x32a6_7bc8,
        0x5177_1395_7b7d_36f4, 0x7a8e_d11b, 0x608e_ce6b_efd5_4271, 0xa40c_3f59,
        0xea57_419d_e732_3658, 0xc8f1_b010, 0x764d_46d9_41b0_aa10, 0xa8df_b812,
        0x2c58_d7e6_aaf6_8520, 0x3282_fa9a, 0xbced_be3b_3dd3_832f, 0x782a_de35,
        0x5aa1_cc50_08da_95ba, 0x64a0_9d0b_2723_f557, 0x2179_b24a_502c_070b, 0x22fe_877d_39d3_0443,
        0x9781_2ae0_6fe9_db74, 0x8b45_3776_91ec_0128, 0x8539_f2d3_f42b_f0fb, 0x3454_d465_4da6_c575,
        0xcc4f_8d6d_5540_1252, 0xa97f_57f3_02ae_b840, 0xeb88_bbf6_a13f_2a4f, 0xf1c2_33b9_63a0_89bc,
        0xee78_b683_ed8d_534c, 0x8ae8_6a2b_4ae9_0331, 0xf09c_00a7_2dda_2b12, 0xbceb_e72a_7720_7d2b,
        0x736a_54f2_fc53_eaf1, 0x8dee_c5ad_7faf_da59, 0xe4b1_07a8_fc04_5f12, 0x3b72_2847_6890_fdfc,
        0xbcc9_b905_1d64_1db6, 0xb70c_fd94_d734_65fc, 0xa899_12dc_7dda_ac3e, 0x4a4f_9b3f_167d_955e,
        0x63d9_b3b0_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0xc61_1c00_8d5e_2967, 0x10c_e888_5baf_6235,
        0x842c_832c_d69a_700a, 0xab58_935e_c374_4b12, 0x7f5e_6dcb,
      ]
    ),
    (
      { Engine(seed: 42) },
      [
        0x127b_883b_1bf5_8ebc, 0x1883_1fb5_6cba_e1e1, 0xa51f_25b6_52b9_5a98, 0x7e34_1d66,
        0xafae_3ff8_c726_c320, 0xfe9b_c340, 0x9e08_1278_4304_e3b1, 0xcf2a_e15a,
        0xd425_d2c9_47fb_0260, 0xf2ab_bfd6, 0xbe51_6da4_5fc5_2a5c, 0xc059_749c,
        0x93cc_87cd_42dd_dacc, 0xd190_cf3b, 0x9b14_a8e0_1d22_4d50, 0xe8d4_2e5c,
        0x3961_b23e_8f8c_af12, 0xbc94_62c9_eb1a_2618, 0xc6c3_0316_a7b8_32a3, 0x1148_abb0_8eaa_7325,
        0x62e1_3049_1f85_abf4, 0x8960_6905_d171_3ce5, 0x1fc7_1c54_70aa_44d7, 0x9727_9be2_b9b9_51a8,
        0xb63_1751_07cd_8951, 0x6f00_724b_e4d4_b852, 0x1332_bde1_a94e_38cf, 0x3938_134f_ae8a_71d6,
        0x4501_6cd2_bb11_5642, 0xc2cf_242b_889a_8f5d, 0x94f2_ab8f_c655_2fe6, 0x3042_5588_fd53_5455,
        0xb75b_0c5a_6d88_4f9a, 0x3e31_76e0_47d6_959e, 0x55_e8d6_c12d_2286, 0xdcf_66ee_c1ab_4e04,
        0x630a_2f85_8a3d_2231, 0xb3bf_72a4_2a05_36f9, 0x1377_6bae_ea9e_635d, 0xfe07_ba70_dafe_5241,
        0x2141_dee8_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0x3cc5_d763_6151_258f, 0xa084_91d1_418f_6c6a,
        0xae95_d136_eecc_f894, 0x2119_4e39_ce3d_4398, 0xc594_a846,
      ]
    ),
    (
      { Engine(seed: 12345) },
      [
        0x4d68_9f5a_e3ce_52e7, 0x434e_1cf0_20c4_fcc9, 0xde3e_62c5_a3d9_9f7c, 0x1492_fc79,
        0xef86_7068_2996_ce18, 0x14e5_fdc9, 0x463c_b50f_d5de_5f2d, 0xc101_9fc4,
        0xa148_be9b_f4b0_dcc8, 0xe019_88f9, 0xf8a5_4702_d7e7_c024, 0x1d37_e5f6,
        0xaca0_9401_be8f_4204, 0xd498f0b, 0x4c7_8d7a_0573_e5b7, 0xd65a_be33,
        0xdf0e_91b5_1b53_39ec, 0xa638_ad83_f5d3_d4f8, 0x5fd0_0dce_aea1_46c0, 0x79f8_bc21_8a24_52ac,
        0xedd8_b8df_5349_7bb9, 0x70bb_dc80_6716_32ae, 0xfa6a_329e_39a5_cf79, 0x558d_6234_a13d_a03e,
        0xc492_d20c_4bfb_7e00, 0x8ba2_0fc1_16af_265b, 0x29da_b637_1c47_8b35, 0x3332_54a7_ef06_f7bb,
        0x29c9_3f77_4705_bb66, 0x209b_8a92_b899_1420, 0x3c30_7916_ac38_2db7, 0x4c30_0a87_2730_1add,
        0x3590_1623_9c03_7805, 0xac02_921a_6957_c3cd, 0x86a2_9934_6a9e_2f59, 0xc020_c77c_771f_c19c,
        0x9632_6005_a8d0_3fc4, 0xc1c1_fe1f_962a_96a6, 0x2035_dbc1_a4d2_26ef, 0xa2ea_515c_394c_ac82,
        0xc77_0170_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0xc327_bb76_a7a2_f6bf, 0x5d02_6f89_3830_a4d9,
        0x4cf5_ef8d_099f_6183, 0x32af_cde5_8b20_bc9b, 0xecca_acf2,
      ]
    ),
    (
      { Engine(seed: .max) },
      [
        0x665b_021e_95fb_0176, 0x826b_aa67_e80d_0095, 0x4730_571f_f30d_f7dc, 0x4fa3_568a,
        0x75ab_402b_1a6b_ada0, 0x8e27_69b6, 0x4dfc_2143_5a02_9f2d, 0xf22f_66d7,
        0x994e_d488_f75c_8a2c, 0x8cd8_9e03, 0xd608_02e5_7370_f374, 0x6e28_b3a8,
        0xf034_1457_15b0_95e8, 0x4279_f07d, 0xe412_228b_68eb_a8f4, 0xa7a0_8433,
        0xd6cb_7a21_951f_3f8b, 0xb93d_6d0d_0ebc_506b, 0xcc64_5bde_6006_2281, 0x7b3c_8168_6161_e0c0,
        0xbf0e_3206_9825_da60, 0x5bcd_8cb6_695d_e099, 0x35cb_424d_9083_739a, 0x327b_706e_5be4_8fc7,
        0xa8e3_722a_cb38_a904, 0x5ef6_e630_bf59_7d90, 0x773d_f78b_4096_47f6, 0xa7b4_4e7a_ae31_019c,
        0x698d_81eb_cf61_195c, 0x4f93_865d_47f1_fd15, 0x85dc_a08f_96a8_9502, 0x2519_c321_c373_359d,
        0xeefe_ac5a_c0c5_d7a8, 0x472a_5f16_54f7_f14c, 0xf09d_ea71_01b0_96ec, 0x5df0_9341_3059_78a5,
        0xa96f_512a_06dd_be8a, 0x1d95_733a_3930_5de1, 0x52fd_9608_97a7_c21c, 0xf897_0074_fdc5_e8de,
        0xb4f4_8808_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0x1f26_8039_24cb_9715, 0x8a46_c8d0_b051_d552,
        0x3302_6f02_883a_e434, 0x9cb4_fe6e_872f_14df, 0xdcf9_b3d9,
      ]
    ),
    (
      { Engine(words: [1, 2, 3]) },
      [
        0xe92c_17eb_475d_6a61, 0xcbe9_957e_743e_1d79, 0xaff5_21b7_d8aa_d670, 0xedce_cc06,
        0x9518_9308_b448_2404, 0xe442_d142, 0x4ba9_dc25_ac68_4325, 0xd56f_ff21,
        0x5335_d973_5132_2454, 0xfbdf_f5fd, 0xb6e3_7954_6963_dbc4, 0x50f0_b80f,
        0xa10a_1226_f598_4458, 0x25b5_27b6, 0xd620_517c_b844_671e, 0x3788_e65f,
        0xcc24_3c35_255e_04e8, 0xe3fb_3a3e_374e_924d, 0xc485_4a4c_65dd_521b, 0xb4d4_9e50_1e55_edca,
        0xb801_9cb1_eba0_1430, 0x4c63_3ee0_b222_927f, 0xab88_e8ee_58de_f908, 0xfc01_a5f1_229c_b7c4,
        0xc9d9_a098_a3c7_682c, 0xb6a9_449d_c640_508d, 0x20df_581a_373c_fa31, 0x3526_3698_d149_5a37,
        0xb9f6_c476_ae52_03ba, 0xb8c0_e9fe_435a_9887, 0x17e1_4918_7b67_ff20, 0x3a25_de63_56da_b23f,
        0x45fb_3262_81e0_926d, 0x6850_bf8e_290f_8577, 0x7ca5_9ccd_f407_b2c4, 0x985a_27d2_ba1d_f05e,
        0x474d_828d_e241_0c70, 0x3564_99eb_55c6_1460, 0x3fc6_a16b_45ec_f1a3, 0x2b9_86cf_fd7e_a19c,
        0xcb21_2128_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0x2362_3eaf_e48b_ec32, 0x9b17_8ace_4e55_759b,
        0xc0e0_f2c7_f37f_9650, 0x5e99_f913_73df_8041, 0x116f_ad11,
      ]
    ),
    (
      { Engine(words: [42]) },
      [
        0xcbbc_6999_9a75_a9ff, 0x68fb_9e58_1d77_632d, 0xe8df_4de8_d158_a4b8, 0x8f04_0721,
        0x186e_1c85_4132_9504, 0xee40_3b9f, 0xd720_ec6d_f86a_7d59, 0x5cd3_660f,
        0x11e0_6428_9556_6440, 0xcb92_501a, 0xd9f7_933b_5ea3_b264, 0x7e0e_e973,
        0x5816_25aa_7807_e6a0, 0xc9ce_b33a, 0xaa77_720d_5856_fe49, 0xf2c0_b4bf,
        0x9fef_2450_a84e_a81f, 0x6204_3e53_c443_dc72, 0x2c2c_5046_cc22_57c4, 0x19e0_b67f_7ca3_f011,
        0x2d77_5f13_182d_f07b, 0xb73e_e0d5_6cac_54db, 0x5551_9ed7_5556_6653, 0x7f49_3011_3af3_1251,
        0x87cf_9152_7390_2779, 0x3a40_1731_a205_4bcb, 0x151b_b997_f771_f29f, 0x35e6_0d40_b46b_438c,
        0x8018_47df_a233_b720, 0xa583_6992_75cf_5bd5, 0x233_cb5a_82e2_6567, 0xadc3_a383_741f_93af,
        0xebac_b90b_d0d4_a809, 0xc3c1_3e05_9e56_1074, 0x4644_8c5d_27eb_047b, 0xdb63_f52b_a848_d765,
        0x7aee_ab2a_70f3_d47d, 0x6ce3_1778_7a3d_052c, 0x95d_6470_e80a_b37b, 0xec56_ab46_80a1_ee0b,
        0xdc66_65c0_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0xf772_fd2a_25cc_f0f2, 0x2c07_1297_e488_37b1,
        0xb7c6_e6b7_e9fe_0e1a, 0xd625_e8e4_41fb_fb40, 0x8b6d_7c8a,
      ]
    ),
    (
      { Engine(words: Array(repeating: 5, count: 700)) },
      [
        0x4dd0_c41a_e87d_adf4, 0x672f_c7ec_42b8_d425, 0x8ebc_5a2f_e532_c474, 0x447f_1c30,
        0xeb0b_91dc_082d_390c, 0xfcd1_e1a8, 0x4644_65e7_2cd6_2b39, 0xcf42_75c8,
        0x1c0e_3ba3_60da_0efc, 0x64dd_ac5f, 0xa655_5113_fa8b_c854, 0xfe28_1a50,
        0x166b_d668_ef73_1acc, 0x4d3c_fd6c, 0x47be_f11a_9077_fb6a, 0xcbf7_a9af,
        0x5394_eb73_6b51_70ef, 0x39f1_38a1_b03a_937c, 0xb4d_3d01_8e11_8572, 0xf66b_b32a_2890_e3bb,
        0x66e_e821_5048_0c25, 0xf7ee_21af_d4a7_ee04, 0x6da1_596f_5573_fd21, 0x31b6_4b4d_fa4b_1ae1,
        0xbbf8_7a98_5143_44b9, 0xfe07_e145_80e5_9c8c, 0x7328_e8e4_fa02_dd4d, 0x9454_5211_1f03_710e,
        0x4a94_a6f5_e435_4ad9, 0xa3c8_8726_3226_5362, 0x9e24_e805_c321_cc6d, 0xfbfb_354b_b322_b109,
        0x319d_6267_4340_7a69, 0x7950_d3a3_b186_04b3, 0x277c_d377_ec50_3f27, 0xaabf_6154_16db_6fe2,
        0xb3ba_8c09_f2d3_7250, 0xa722_65d3_5e1b_ca97, 0x92fe_954d_8791_a304, 0xdafb_f857_5b4a_1ea9,
        0x12c8_9bd0_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0xc729_2419_025e_159a, 0x7f0f_ddc5_6f1a_3557,
        0xee2_e7ac_8351_1d0b, 0xe89b_9270_ec7c_68ff, 0x3b75_9bef,
      ]
    ),
    (
      { Engine(words: Array(0..<624)) },
      [
        0xbc3b_6aa8_1337_58ae, 0xdd6b_3ad8_197f_3e65, 0xef69_e8c4_cbcd_412c, 0x507a_8f04,
        0x8b05_7dfc_f3bd_7808, 0xaadb_1c6d, 0x89ca_5ccd_cc69_090d, 0xc84e_9182,
        0xfc8b_914b_76b9_c604, 0x7dad_252c, 0x591b_f4e6_c2df_6574, 0x5748_8b68,
        0xeb17_3f66_6fc2_f08c, 0xe1d8_8317, 0xaedb_6169_60ee_64be, 0x1cc6_56f0,
        0xc92f_f91d_0b38_0e81, 0xee94_c923_3c16_042c, 0x3670_7eb3_75b5_d74d, 0xe351_50fa_1495_c350,
        0x637c_07df_8d2a_a0f3, 0xaa25_0550_228e_3f03, 0xbcf7_08fc_9a44_f3f6, 0x4e75_91b3_a9ce_af5b,
        0x8f52_3160_f388_51ea, 0x4366_fad2_1b8b_4fb1, 0x22f3_6674_411b_1823, 0xcb50_1fb1_d4ac_0e88,
        0xbf4b_7b34_8b14_5732, 0x2523_e8ad_79f5_33f1, 0x745d_9ee5_4ead_d9b4, 0x16f7_6379_a16a_cc7b,
        0xe975_1d42_9ae3_a7e1, 0xe59b_dbe4_f24f_c862, 0xed88_e6f3_0551_fe8d, 0xffba_9f62_7792_7389,
        0x1118_d8ca_96d4_ed8d, 0xa19_fb6f_268d_0b78, 0xf07f_3b3e_4ba5_2ed8, 0x1278_bc1e_a8c2_f73e,
        0x77a6_4a80_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0x6dae_0aca_b212_eb5f, 0x7deb_90f8_c791_1ff9,
        0x3549_2da2_0425_36ed, 0x33c3_c499_8859_f62f, 0x3c88_9b4e,
      ]
    ),
    (
      { Engine(words: Array(100..<2100)) },
      [
        0x7efe_a676_7bd6_93af, 0x9a6_f2b1_be4e_468d, 0xcace_e218_190f_fe24, 0xf1c4_96f3,
        0xc1e_3708_169e_7688, 0xb9c9_6f33, 0xc8b9_d71f_2438_62b9, 0x383e_4766,
        0xf51a_7886_44ed_bba0, 0xe26d_badc, 0x5446_8ac6_de12_ed20, 0x51ac_fa19,
        0xc93_1c3f_54e7_c644, 0x974e_231a, 0x4332_3a0f_6e73_bab5, 0xbdfd_f602,
        0x92b2_e482_f09e_e178, 0x30c2_57f9_c015_8ad4, 0x4e58_4d1b_3312_b1e9, 0xc864_cbe7_dcd4_9342,
        0x7950_3ebc_c8d2_9c93, 0x9a94_b781_f3c5_c2d7, 0xbb4c_3539_d60b_8f2a, 0x6d38_1dc7_88b9_7f8d,
        0xc64_1440_80db_3190, 0x80b9_b17a_d61f_f2fd, 0x9ff_a46d_695f_96bb, 0x54ff_1ba0_ba9c_0579,
        0xbb2_9395_544f_6e4b, 0x12a0_b1be_bd3b_1e6b, 0xa4fd_b292_f54c_f7c8, 0xf23f_d2a5_7b4a_c6bb,
        0x7092_3c94_f1cb_d06f, 0x43b5_3da1_8725_d678, 0x5d18_bcab_da0a_3663, 0x796b_4fbb_3e02_6deb,
        0xb10a_6847_ff45_152a, 0xc03f_b366_6492_9cd6, 0x4423_2978_d3d4_462d, 0x76c6_53a8_e5f2_afce,
        0x492a_d970_0000_0000, 0x2aec_52bf_3ff9_8ac4, 0xd1a3_635c_1bca_2b30, 0x83e4_80ef_4d70_1c54,
        0x1e5_564a_049a_bced, 0x979a_8fdd_3aec_304b, 0xff4d_149e,
      ]
    ),
  ]
}
