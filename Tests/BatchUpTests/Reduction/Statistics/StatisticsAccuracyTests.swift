import BatchUp
import TestSupport
import Testing

/// Means and standard deviations beside exact ones, which Python's `fractions` gave, rounded once.
@Suite(.namingCases) struct StatisticsAccuracyTests {
  struct Case: CustomStringConvertible {
    let description: String
    let values: [Double]
    let overall: (mean: Double, deviation: Double)
    /// Of every third value.
    let channels: [(mean: Double, deviation: Double)]

    /// Values (base + k) 2^exponent, where k is i without a modulus, else a hash of i below it.
    init(
      _ name: String, count: Int, base: Int, modulus: Int?, exponent: Int, overall: (Double, Double),
      channels: [(Double, Double)]
    ) {
      description = name
      values = (0..<count).map { i in
        let hash = (i * 2_654_435_761 + 12345) % (1 << 32)
        let k =
          switch modulus {
          case nil: i
          case let modulus? where modulus < 1 << 27: (hash >> 5) % modulus
          case let modulus? where modulus > 1 << 32: hash * (modulus >> 32)
          case let modulus?: hash % modulus
          }
        return Double(sign: .plus, exponent: exponent, significand: Double(base + k))
      }
      // Of values below 2^-1022, in units of the least one: literals in between are warned about.
      let unit = exponent < -1022 ? Double.leastNonzeroMagnitude : 1
      self.overall = (overall.0 * unit, overall.1 * unit)
      self.channels = channels.map { ($0.0 * unit, $0.1 * unit) }
    }
  }

  static let cases = [
    Case(
      "a ramp at 1e15", count: 100, base: 1000000000000000, modulus: nil, exponent: 0,
      overall: (1000000000000049.5, 28.86607004772212),
      channels: []),
    Case(
      "noise at 1e15", count: 6000, base: 1000000000000000, modulus: 1000, exponent: 0,
      overall: (1000000000000498.8, 288.7481692693768),
      channels: [
        (1000000000000496.2, 292.1822477799601), (1000000000000503.5, 287.9980060586358),
        (1000000000000496.8, 285.97270527053803),
      ]),
    Case(
      "noise at -1e15", count: 4500, base: -1000000000000000, modulus: 1000, exponent: 0,
      overall: (-999999999999500.9, 288.79099250205326),
      channels: [
        (-999999999999499.2, 291.32403007571406), (-999999999999501.2, 285.50639525820316),
        (-999999999999502.2, 289.50356474489223),
      ]),
    Case(
      "the least numbers", count: 3000, base: 0, modulus: 1048576, exponent: -1074,
      overall: (524623, 302744),
      channels: [
        (525653, 302633), (523924, 302829),
        (524291, 302767),
      ]),
    Case(
      "noise near 1e-310", count: 3000, base: 10000000000000, modulus: 1073741824, exponent: -1074,
      overall: (10000537440875, 310085202),
      channels: [
        (10000537652817, 310314302), (10000537798789, 309787109),
        (10000536871019, 310153157),
      ]),
    Case(
      "noise near 1e-160", count: 3000, base: 2251799813685248, modulus: 1073741824, exponent: -582,
      overall: (1.4225659391965904e-160, 1.9589509632873024e-167),
      channels: [
        (1.4225659393304836e-160, 1.960398291214487e-167), (1.4225659394227008e-160, 1.9570677750635952e-167),
        (1.422565938836586e-160, 1.959380266220525e-167),
      ]),
    Case(
      "noise near 1.8e301", count: 6000, base: 3782741116076583, modulus: 1099511627776, exponent: 949,
      overall: (1.8002615706305874e+301, 1.5104548033393183e+297),
      channels: [
        (1.8002618144475725e+301, 1.5102416614719465e+297), (1.8002615706305874e+301, 1.5104311656583024e+297),
        (1.8002613268136023e+301, 1.5106876140389087e+297),
      ]),
    Case(
      "numbers of both signs near 1e301", count: 6000, base: -4503599627370496, modulus: 9007199254740992,
      exponent: 949, overall: (-2.3060859817082972e+297, 1.2373645748955695e+301),
      channels: [
        (1.7667401435197527e+298, 1.2371899690778186e+301), (-2.3060859817082972e+297, 1.2373452109072813e+301),
        (-2.227957339861412e+298, 1.237555293420674e+301),
      ]),
    Case(
      "the largest numbers", count: 3000, base: 9007198180999167, modulus: 1073741824, exponent: 971,
      overall: (1.7976930278252105e+308, 6.188805456580198e+300),
      channels: [
        (1.7976930278675107e+308, 6.193377919669417e+300), (1.7976930278966444e+308, 6.182856004157413e+300),
        (1.7976930277114763e+308, 6.190161729598485e+300),
      ]),
    Case(
      "fractions", count: 9000, base: 0, modulus: 4294967296, exponent: -32,
      overall: (0.4999263525651768, 0.2886912534081563),
      channels: [
        (0.5005590324603642, 0.2886764121494288), (0.49959301923184346, 0.28862683058891564),
        (0.4996270060033227, 0.2887694584136669),
      ]),
    Case(
      "few fractions", count: 3, base: 0, modulus: 4294967296, exponent: -32,
      overall: (0.28470352773244184, 0.2546440068887061),
      channels: [(2.8742942959070206e-06, 0.0), (0.6180368610657752, 0.0), (0.2360708478372544, 0.0)]),
    Case(
      "five numbers", count: 5, base: 3000000000, modulus: 4294967296, exponent: -20,
      overall: (4647.169141960144, 1214.1309838458517),
      channels: []),
    Case(
      "seventeen numbers", count: 17, base: -100000000, modulus: 134217728, exponent: -3,
      overall: (-3928348.580882353, 4899052.367647597),
      channels: []),
    Case(
      "two values", count: 9000, base: 9007199254740989, modulus: 2, exponent: -53,
      overall: (0.9999999999999998, 5.55111498606121e-17),
      channels: [
        (0.9999999999999998, 5.551115123125783e-17), (0.9999999999999998, 5.551113889544507e-17),
        (0.9999999999999998, 5.551115123125783e-17),
      ]),
  ]

  private func expect(_ found: ChannelStatistics, _ expected: (mean: Double, deviation: Double), _ context: String) {
    // Of a mean that is small beside the deviation, digits cancel out.
    let bound = max(2 * expected.mean.ulp, 0x1p-53 * expected.deviation)
    #expect(abs(found.mean - expected.mean) <= bound, "\(context): \(found.mean)")
    let deviation = found.standardDeviation
    #expect(abs(deviation - expected.deviation) <= 2 * expected.deviation.ulp, "\(context): \(deviation)")
  }

  @Test(arguments: cases)
  func oneByOneAndInBlocks(it: Case) throws {
    let array = NDArray<Double>(it.values)
    for batchSize in [1, 2, 7, 100, 4097, it.values.count] {
      let statistics: Statistics<Double> = try ArraySource(array).batches(of: batchSize).statistics()
      expect(statistics[0], it.overall, "\(batchSize)")
    }
  }

  @Test(arguments: cases.filter { !$0.channels.isEmpty })
  func channels(it: Case) throws {
    let rows = NDArray<Double>(it.values, shape: [it.values.count / 3, 3])
    for batchSize in [1, 5, 1000, it.values.count] {
      let statistics: Statistics<Double> = try ArraySource(rows).batches(of: batchSize).statistics(.perColumn)
      for (c, expected) in it.channels.enumerated() { expect(statistics[c], expected, "\(batchSize), \(c)") }
    }
  }

  /// Parts, however they are merged, are the whole.
  @Test(arguments: cases)
  func mergedParts(it: Case) throws {
    var merged = Statistics<Double>()
    for part in try ArraySource(NDArray<Double>(it.values)).batches(of: 11).map({ try $0.statistics() }).reversed() {
      try merged.merge(part)
    }
    expect(merged[0], it.overall, "merged")
  }

  /// Where Float holds the values, its statistics are those of Double.
  @Test(arguments: cases.filter { $0.values.allSatisfy { Double(Float($0)) == $0 } })
  func floats(it: Case) throws {
    for batchSize in [1, 100, it.values.count] {
      let array = NDArray<Float>(it.values.map { Float($0) })
      let statistics: Statistics<Float> = try ArraySource(array).batches(of: batchSize).statistics()
      expect(statistics[0], it.overall, "\(batchSize)")
    }
  }

  /// Magnitudes that ask for another unit than those before.
  @Test func aMagnitudeUnlikeTheOthers() throws {
    for (few, many) in [
      (0x1p-1030, 1.0), (1.0, 1e301), (0x1p-1030, 1e301), (1e301, 0x1p-1030), (1e301, 1.0), (0, 0x1p-1030),
    ] {
      for batchSize in [1, 4] {
        let values = [few, few, many, many]
        let statistics: Statistics<Double> = try ArraySource(NDArray(values)).batches(of: batchSize).statistics()
        let half = max(few, many) / 2 - min(few, many) / 2
        expect(statistics[0], (max(few, many) / 2 + min(few, many) / 2, half), "\(few) \(many)")
      }
    }
  }
}
