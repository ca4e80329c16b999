import BatchUp
import Testing

@Suite struct NormalizedBytesTests {
  private static let bytes: NDArray<UInt8> = {
    var generator = SeededGenerator(seed: 1)
    // Each channel of axis 1 has a range of its own.
    let scalars = (0..<50 * 60).map { i -> UInt8 in
      let largest = UInt8(100 + i / 20 % 3 * 60)
      return UInt8.random(in: 0...largest, using: &generator)
    }
    return NDArray(scalars, shape: [50, 3, 4, 5])
  }()

  private static let axes: [StatisticsAxis] = [
    .overall, .perColumn, .perChannel(axis: 1), .perChannel(axis: 2), .perChannel(axis: 3),
  ]

  /// Each value is within 2^-22 * 255 / deviation, so that so are the means, and the deviations.
  @Test(arguments: axes)
  func meansAreZeroAndDeviationsOne(axis: StatisticsAxis) throws {
    let statistics = try Self.bytes.statistics(axis)
    let normalized = try RescaledBytes(Self.bytes, normalizedBy: statistics)
    let found: Statistics<Float> = try ArraySource(normalized).batches(of: 7).statistics(axis)
    let least = try #require(statistics.standardDeviations.min())
    let bound = 0x1p-22 * 255 / least
    #expect(found.means.allSatisfy { abs($0) <= bound })
    #expect(found.standardDeviations.allSatisfy { abs($0 - 1) <= bound })
    #expect(normalized.scales.count == statistics.channelCount)
  }

  @Test(arguments: axes)
  func everyByteHasTheFactorsOfItsChannel(axis: StatisticsAxis) throws {
    let statistics = try Self.bytes.statistics(axis)
    let normalized = try RescaledBytes(Self.bytes, normalizedBy: statistics)
    let channels = channels(axis)
    let expected = zip(Self.bytes.scalars, channels).map { byte, channel -> Float in
      let product = Float(byte) * normalized.scales[channel]
      return product + normalized.offsets[channel]
    }
    #expect(normalized.converted().scalars == expected)
    let rows = [49, 0, 7, 7]
    let expectedRows = rows.flatMap { (row: Int) -> ArraySlice<Float> in expected[row * 60..<row * 60 + 60] }
    #expect(normalized.batch(at: BatchIndices(rows)).scalars == expectedRows)
    #expect(normalized[rows: 3..<5].converted().scalars == Array(expected[180..<300]))
  }

  private func channels(_ axis: StatisticsAxis) -> [Int] {
    switch axis {
    case .overall: Array(repeating: 0, count: 3000)
    case .perColumn: (0..<3000).map { $0 % 60 }
    case .perChannel(axis: 1): (0..<3000).map { $0 / 20 % 3 }
    case .perChannel(axis: 2): (0..<3000).map { $0 / 5 % 4 }
    case .perChannel: (0..<3000).map { $0 % 5 }
    }
  }

  @Test(arguments: [0.0...1, -1...1])
  func byTheStatisticsOfRescaledBatches(range: ClosedRange<Double>) throws {
    let rescaled = RescaledBytes(Self.bytes, range: range)
    let statistics: Statistics<Float> = try ArraySource(rescaled).batches(of: 8).statistics(.perChannel(axis: 1))
    let normalized = try RescaledBytes(Self.bytes, range: range, normalizedBy: statistics)
    let expected = try RescaledBytes(Self.bytes, normalizedBy: Self.bytes.statistics(.perChannel(axis: 1)))
    for (a, b) in zip(normalized.converted().scalars, expected.converted().scalars) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func constantChannelsBecomeZero() throws {
    let bytes = NDArray<UInt8>([7, 1, 7, 2, 7, 3], shape: [3, 2])
    let normalized = try RescaledBytes(bytes, normalizedBy: bytes.statistics(.perColumn))
    #expect(normalized.scales[0] == 0 && normalized.offsets[0] == 0)
    #expect(normalized.converted()[2, 0] == 0 && normalized.converted()[1, 1] == 0)
    let others = try RescaledBytes(NDArray<UInt8>([9, 2], shape: [1, 2]), normalizedBy: bytes.statistics(.perColumn))
    #expect(others.converted().scalars == [0, 0])
  }

  @Test func statisticsThatDoNotFit() throws {
    let bytes = NDArray<UInt8>(repeating: 1, shape: [2, 3, 4])
    let perChannel = try bytes.statistics(.perChannel(axis: 1))
    #expect(throws: StatisticsError.wrongChannelCount(expected: 3, found: 4)) {
      try RescaledBytes(NDArray(repeating: 1, shape: [2, 4]), normalizedBy: perChannel)
    }
    #expect(throws: StatisticsError.noSuchAxis(axis: 1, shape: [9])) {
      try RescaledBytes(NDArray(repeating: 1, shape: [9]), normalizedBy: perChannel)
    }
    #expect(throws: StatisticsError.channelsAreSamples) {
      try RescaledBytes(bytes, normalizedBy: bytes.statistics(.perChannel(axis: 0)))
    }
    #expect(throws: StatisticsError.noElements) { try RescaledBytes(bytes, normalizedBy: Statistics<UInt8>()) }
    #expect(
      try RescaledBytes(NDArray<UInt8>([], shape: [0, 3]), normalizedBy: perChannel).converted().shape == [0, 3])
    #expect(
      try RescaledBytes(NDArray<UInt8>([], shape: [5, 3, 0]), normalizedBy: perChannel).converted().shape == [5, 3, 0])
  }

  /// As torchvision's `ToTensor` and `Normalize` do: ((b / 255) - mean) / deviation.
  @Test func byMeansAndDeviations() throws {
    let (means, deviations) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    let normalized = try RescaledBytes(Self.bytes, means: means, deviations: deviations).converted()
    for (i, byte) in Self.bytes.scalars.enumerated() {
      let channel = i / 20 % 3
      let expected = (Double(byte) / 255 - means[channel]) / deviations[channel]
      #expect(abs(Double(normalized.scalars[i]) - expected) < 0x1p-20)
    }
    let pixels = NDArray<UInt8>([0, 51, 255, 255, 0, 51], shape: [1, 1, 2, 3])
    let last = try RescaledBytes(pixels, means: [0, 0.2, 1], deviations: [1, 2, 4], axis: 3).converted()
    let expected: [Float] = [0, 0, 0, 1, -0.1, -0.2]
    for (found, expected) in Swift.zip(last.scalars, expected) { #expect(abs(found - expected) < 1e-6) }
    let all = try RescaledBytes(Self.bytes, means: [0.5], deviations: [0.5])
    #expect(all.scales == [Float(2.0 / 255)])
    #expect(all.offsets == [-1])
  }

  @Test func meansAndDeviationsThatDoNotFit() {
    #expect(throws: StatisticsError.wrongChannelCount(expected: 3, found: 2)) {
      try RescaledBytes(Self.bytes, means: [0, 0, 0], deviations: [1, 1])
    }
    #expect(throws: StatisticsError.wrongChannelCount(expected: 4, found: 3)) {
      try RescaledBytes(Self.bytes, means: [0, 0, 0, 0], deviations: [1, 1, 1, 1])
    }
    #expect(throws: StatisticsError.channelsAreSamples) {
      try RescaledBytes(Self.bytes, means: [0, 0], deviations: [1, 1], axis: 0)
    }
    for deviation in [0, -1, .nan, .infinity] {
      #expect(throws: StatisticsError.unusableDeviation(channel: 1, found: "\(deviation)")) {
        try RescaledBytes(Self.bytes, means: [0, 0, 0], deviations: [1, deviation, 1])
      }
    }
  }
}
