import BatchUp
import Foundation
import Testing

@Suite struct StatisticsTests {
  /// 60 samples of shape (3, 4, 5); multiples of 2^-12 below 4, whose sums and squares are exact integers of units.
  private static let units: [Int] = {
    var generator = SeededGenerator(seed: 1)
    return (0..<60 * 60).map { i in Int.random(in: -16_000...16_000, using: &generator) + i / 20 % 3 * 3000 }
  }()
  private static let floats = NDArray<Float>(units.map { Float($0) * 0x1p-12 }, shape: [60, 3, 4, 5])
  private static let bytes = NDArray<UInt8>(units.map { UInt8(truncatingIfNeeded: $0) }, shape: [60, 3, 4, 5])

  static let axes: [StatisticsAxis] = [
    .overall, .perColumn, .perChannel(axis: 1), .perChannel(axis: 2), .perChannel(axis: 3),
  ]

  /// The channel of each element of an array with the given shape.
  private static func channels(_ axis: StatisticsAxis, shape: [Int]) -> [Int] {
    let count = shape.reduce(1, *)
    switch axis {
    case .overall: return Array(repeating: 0, count: count)
    case .perColumn: return (0..<count).map { $0 % shape[1...].reduce(1, *) }
    case .perChannel(let axis):
      let inner = shape[(axis + 1)...].reduce(1, *)
      return (0..<count).map { $0 / inner % shape[axis] }
    }
  }

  private struct Reference {
    var count = 0
    var sum = Int128(0)
    var squares = Int128(0)
    var minimum = Int.max
    var maximum = Int.min

    var mean: Double { Double(sum) / Double(count) }
    var variance: Double { Double(Int128(count) * squares - sum * sum) / Double(count) / Double(count) }
  }

  private static func references(_ integers: [Int], _ axis: StatisticsAxis) -> [Reference] {
    let channels = channels(axis, shape: floats.shape)
    var references = [Reference](repeating: Reference(), count: (channels.max() ?? -1) + 1)
    for (channel, x) in zip(channels, integers) {
      references[channel].count += 1
      references[channel].sum += Int128(x)
      references[channel].squares += Int128(x) * Int128(x)
      references[channel].minimum = min(references[channel].minimum, x)
      references[channel].maximum = max(references[channel].maximum, x)
    }
    return references
  }

  @Test func areDescribedLineByLine() throws {
    var statistics = Statistics<Float>(.perColumn)
    #expect("\(statistics)" == "0 samples, each column")
    try statistics.add(NDArray([1, 5, 3, 5, 1, 5, 3, 5], shape: [4, 2]))
    let lines = [
      "4 samples, each column",
      "0: mean 2.0, standard deviation 1.0, 1.0 to 3.0, 4 elements",
      "1: mean 5.0, standard deviation 0.0, 5.0 to 5.0, 4 elements",
    ]
    #expect("\(statistics)" == lines.joined(separator: "\n"))
  }

  @Test(arguments: axes, [1, 7, 32, 60])
  func agreeWithExactIntegers(axis: StatisticsAxis, batchSize: Int) throws {
    let statistics: Statistics<Float> = try ArraySource(Self.floats).batches(of: batchSize).statistics(axis)
    let wide: Statistics<Double> = try ArraySource(Self.floats).batches(of: batchSize).statistics(axis) {
      $0.map(Double.init)
    }
    let references = Self.references(Self.units, axis)
    #expect(statistics.channelCount == references.count && statistics.sampleCount == 60)
    for (channel, reference) in references.enumerated() {
      for it in [statistics[channel], wide[channel]] {
        #expect(it.count == reference.count)
        // At most 60 batches of one or two tiles; the magnitudes are below 5.
        let (meanBound, varianceBound): (Double, Double) = (260 * 0x1p-53 * 5, 260 * 0x1p-50 * 4 * it.variance)
        #expect(abs(it.mean - reference.mean * 0x1p-12) <= meanBound)
        #expect(abs(it.variance - reference.variance * 0x1p-24) <= varianceBound)
        #expect(it.minimum == Double(reference.minimum) * 0x1p-12)
        #expect(it.maximum == Double(reference.maximum) * 0x1p-12)
        #expect(it.standardDeviation == it.variance.squareRoot())
        let factor = Double(it.count) / Double(it.count - 1)
        #expect(it.sampleStandardDeviation == (it.variance * factor).squareRoot())
      }
    }
    #expect(statistics.means == (0..<references.count).map { statistics[$0].mean })
    #expect(statistics.maxima == (0..<references.count).map { statistics[$0].maximum })
  }

  @Test(arguments: axes)
  func thoseOfBytesAreExactForAnyBatches(axis: StatisticsAxis) throws {
    let whole = try Self.bytes.statistics(axis)
    let references = Self.references(Self.bytes.scalars.map(Int.init), axis)
    for (channel, reference) in references.enumerated() {
      #expect(whole[channel].mean == reference.mean && whole[channel].variance == reference.variance)
      #expect(whole[channel].minimum == Double(reference.minimum))
      #expect(whole[channel].maximum == Double(reference.maximum))
    }
    for batchSize in [1, 7, 59] {
      let batches = try ArraySource(Self.bytes).batches(of: batchSize, shuffle: .seed(2))
      #expect(try batches.statistics(axis) == whole)
      var parts = try batches.map { batch in try batch.statistics(axis) }
      parts.reverse()
      var merged = Statistics<UInt8>(axis)
      for part in parts { try merged.merge(part) }
      #expect(merged == whole)
    }
  }

  @Test(arguments: axes)
  func mergedPartsAreNearTheWhole(axis: StatisticsAxis) throws {
    let whole = try Self.floats.statistics(axis)
    var merged = Statistics<Float>(axis)
    for part in try ArraySource(Self.floats).batches(of: 11).map({ try $0.statistics(axis) }).reversed() {
      try merged.merge(part)
    }
    #expect(merged.sampleCount == whole.sampleCount && merged.minima == whole.minima && merged.maxima == whole.maxima)
    for (a, b) in zip(merged.means, whole.means) { #expect(abs(a - b) <= 1e-13) }
    for (a, b) in zip(merged.standardDeviations, whole.standardDeviations) { #expect(abs(a - b) <= 1e-13 * b) }
    let data = try JSONEncoder().encode(merged)
    #expect(try JSONDecoder().decode(Statistics<Float>.self, from: data) == merged)
  }

  @Test(arguments: [1, 2, 8])
  func anyNumberOfWorkersGivesTheSameBits(workerCount: Int) throws {
    let source = try ArraySource(Self.floats, Self.bytes)
    let pool = WorkerPool(workerCount: workerCount)
    for axis in Self.axes {
      let batches = source.batches(of: 7, shuffle: .seed(3))
      let inline: Statistics<Float> = try batches.statistics(axis) { x, _ in x }
      #expect(try batches.prefetched(by: pool).statistics(axis) { x, _ in x } == inline)
    }
  }

  /// A far mean, and batches of very different means, cost little precision.
  @Test func farMeansAndDrift() throws {
    let drifting = NDArray<Double>((0..<10_000).map { 1e6 + Double($0) }, shape: [10_000, 1])
    for batchSize in [1, 10, 999] {
      let it: Statistics<Double> = try ArraySource(drifting).batches(of: batchSize).statistics()
      let variance = (1e8 - 1) / 12
      #expect(abs(it[0].mean - 1_004_999.5) <= 1e-7)
      #expect(abs(it[0].variance - variance) <= 1e-10 * variance)
    }
    let constant = try NDArray<Float>(repeating: 0.1, shape: [1000, 3]).statistics(.perColumn)
    #expect(constant.standardDeviations == [0, 0, 0])
    #expect(constant.means == [Double](repeating: Double(Float(0.1)), count: 3))
    // 0.1 + 0.1 + 0.1 is not three times 0.1.
    let tenths = try NDArray<Double>(repeating: 0.1, shape: [3]).statistics()
    #expect(tenths.means == [0.1] && tenths.standardDeviations == [0])
    let infinite = try NDArray<Double>(repeating: .infinity, shape: [3]).statistics()
    #expect(infinite.means == [.infinity] && infinite.standardDeviations[0].isNaN)
  }

  @Test func notANumber() throws {
    let it = try NDArray<Float>([1, .nan, 3, .infinity, 5, 6], shape: [2, 3]).statistics(.perColumn)
    #expect(it.means[1].isNaN && it.minima[1].isNaN && it.standardDeviations[1].isNaN)
    #expect(it.means[0] == .infinity && it.minima[0] == 1 && it.standardDeviations[0].isNaN)
    #expect(it.means[2] == 4.5 && it.standardDeviations[2] == 1.5)
    let data = try JSONEncoder().encode(it)
    #expect(try JSONDecoder().decode(Statistics<Float>.self, from: data).minima[0] == 1)
    #expect(throws: DecodingError.self) {
      let text = String(decoding: data, as: UTF8.self).replacingOccurrences(of: "4611686018427387904", with: "1.5")
      _ = try JSONDecoder().decode(Statistics<Float>.self, from: Data(text.utf8))
    }
  }

  @Test func whatHasNoStatistics() throws {
    let image = NDArray<Float>(repeating: 1, shape: [2, 3])
    #expect(throws: StatisticsError.noSuchAxis(axis: 2, shape: [2, 3])) { try image.statistics(.perChannel(axis: 2)) }
    #expect(throws: StatisticsError.noSuchAxis(axis: -1, shape: [2, 3])) { try image.statistics(.perChannel(axis: -1)) }
    #expect(throws: StatisticsError.noSuchAxis(axis: 0, shape: [])) {
      try NDArray<Float>([1], shape: []).statistics(.perColumn)
    }
    #expect(try NDArray<Float>([7], shape: []).statistics().means == [7])
    for shape in [[0, 3], [2, 0]] {
      for axis in [StatisticsAxis.overall, .perColumn, .perChannel(axis: 1)] {
        let empty = NDArray<Float>([], shape: shape)
        #expect(throws: StatisticsError.noElements) { try empty.statistics(axis) }
        #expect(throws: ReductionError.noSamples) {
          let _: Statistics<Float> = try ArraySource(empty).batches(of: 2).statistics(axis)
        }
      }
    }
    var statistics = try image.statistics(.perChannel(axis: 1))
    let before = statistics
    #expect(throws: StatisticsError.wrongChannelCount(expected: 3, found: 4)) {
      try statistics.add(NDArray(repeating: 1, shape: [2, 4]))
    }
    #expect(throws: StatisticsError.wrongChannelCount(expected: 3, found: 4)) {
      try statistics.merge(NDArray(repeating: 1, shape: [2, 4]).statistics(.perChannel(axis: 1)))
    }
    #expect(throws: StatisticsError.differentAxes(expected: .perChannel(axis: 1), found: .perColumn)) {
      try statistics.merge(image.statistics(.perColumn))
    }
    #expect(statistics == before)
    let endless = try ArraySource(image, repeats: .forever)
    #expect(throws: ReductionError.endless) { let _: Statistics<Float> = try endless.batches(of: 2).statistics() }
    #expect(Statistics<Float>().means.isEmpty)
  }
}
