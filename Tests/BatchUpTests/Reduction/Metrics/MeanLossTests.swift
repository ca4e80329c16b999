import BatchUp
import Foundation
import Testing

/// What the bound in the documentation of `MeanLoss` allows for batches of less than a segment: the batch's sum, and
/// the two last roundings.
private let summation = 515 * 0x1p-53

@Suite struct MeanLossTests {
  private static let count = 3000

  /// Multiples of 2^-20 below 8: differences are exact, and their squares are integers below 2^48 in units of 2^-40.
  private static func numbers(seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Int.random(in: -(8 << 20)...(8 << 20), using: &generator) }
  }

  private static let x = numbers(seed: 1)
  private static let y = numbers(seed: 2)

  private func batches(of size: Int) throws -> Batches<Pairs> {
    try ArraySource(
      NDArray(Self.x.map { Float($0) * 0x1p-20 }), NDArray(Self.y.map { Float($0) * 0x1p-20 })
    ).batches(of: size)
  }

  private typealias Pairs = ArraySource<(NDArray<Float>, NDArray<Float>), StandardSampler, Never>

  private func mean(_ loss: MeanLoss<ElementwiseLoss>, of size: Int, inDouble: Bool) throws -> Double {
    var loss = loss
    for (x, y) in try batches(of: size) {
      if inDouble { try loss.add(x.map(Double.init), y.map(Double.init)) } else { try loss.add(x, y) }
    }
    #expect(loss.sampleCount == Self.count && loss.termCount == Self.count)
    return try loss.mean
  }

  @Test(arguments: [1, 2, 3, 7, 31, 32, 33, 64, 255, 256, 257, 999, 1000, 3000])
  func errorsAgreeWithExactIntegers(batchSize: Int) throws {
    let differences = zip(Self.x, Self.y).map { $0 - $1 }
    let squares = differences.reduce(Int128(0)) { $0 + Int128($1) * Int128($1) }
    let magnitudes = differences.reduce(Int128(0)) { $0 + Int128(abs($1)) }
    let references = [
      (MeanLoss.squaredError(), Double(squares) * 0x1p-40 / Double(Self.count)),
      (MeanLoss.absoluteError(), Double(magnitudes) * 0x1p-20 / Double(Self.count)),
    ]
    for (loss, reference) in references {
      for inDouble in [false, true] {
        let mean = try mean(loss, of: batchSize, inDouble: inDouble)
        #expect(abs(mean - reference) <= (summation + 0x1p-52) * reference)
      }
    }
  }

  @Test(arguments: [1, 10, 64, 256, 1000])
  func logarithmsAgreeWithHighPrecision(batchSize: Int) throws {
    // The means below, by mpmath 1.3 with 40 digits: p = (2 i + 1) / 2048, x = (i * 37 % 1000 - 500) / 32 and
    // t = (i * 7 % 5) / 4 for i in range(1000); and 200 rows of 7 scores (i * i * 31 + 17 * i) % 257 - 128) / 16 for
    // i in range(1400), with the labels row * 3 % 7, without smoothing and with that of 1 / 8.
    let indices = Array(0..<1000)
    let targets = NDArray<Float>(indices.map { Float($0 * 7 % 5) / 4 })
    let probabilities = NDArray<Float>(indices.map { Float(2 * $0 + 1) / 2048 })
    let logits = NDArray<Float>(indices.map { Float($0 * 37 % 1000 - 500) / 32 })
    let goldens = [
      (MeanLoss.binaryCrossEntropy(), probabilities, 0.96349672000552426279),
      (MeanLoss.logisticCrossEntropy(), logits, 3.94326548382574391924),
    ]
    for (loss, x, reference) in goldens {
      var (loss, wide) = (loss, loss)
      for (x, t) in try ArraySource(x, targets).batches(of: batchSize) {
        try loss.add(x, t)
        try wide.add(x.map(Double.init), t.map(Double.init))
      }
      #expect(abs(try loss.mean - reference) <= (1e-11 + summation) * reference)
      #expect(abs(try wide.mean - reference) <= (1e-11 + summation) * reference)
    }
    let sixteenths = (0..<1400).map { i in (i * i * 31 + 17 * i) % 257 - 128 }
    let scores = NDArray<Float>(sixteenths.map { Float($0) / 16 }, shape: [200, 7])
    let labels = NDArray<Int32>((0..<200).map { Int32($0 * 3 % 7) })
    for (smoothing, reference) in [(0.0, 6.40218000514222499062), (0.125, 6.36412754978508213348)] {
      var loss = MeanLoss.softmaxCrossEntropy(labelSmoothing: smoothing)
      var wide = loss
      for (scores, labels) in try ArraySource(scores, labels).batches(of: batchSize) {
        try loss.add(scores, labels)
        try wide.add(scores.map(Double.init), labels)
      }
      #expect(abs(try loss.mean - reference) <= (1.4e-7 + 7 * 0x1p-52 + summation) * reference)
      #expect(abs(try wide.mean - reference) <= (1e-11 + 7 * 0x1p-52 + summation) * reference)
    }
  }

  /// Only what is in a batch matters.
  @Test func mergedInAnyOrderWithTheSameBits() throws {
    var generator = SeededGenerator(seed: 3)
    let all = try Array(batches(of: 37))
    var whole = MeanLoss.squaredError()
    for (x, y) in all { try whole.add(x, y) }
    for _ in 0..<20 {
      let partCount = Int.random(in: 1...8, using: &generator)
      var parts = [MeanLoss<ElementwiseLoss>](repeating: .squaredError(), count: partCount)
      for (x, y) in all.shuffled(using: &generator) {
        try parts[Int.random(in: parts.indices, using: &generator)].add(x, y)
      }
      var merged = MeanLoss.squaredError()
      for part in parts.shuffled(using: &generator) { try merged.merge(part) }
      #expect(merged == whole)
      #expect(try merged.mean.bitPattern == whole.mean.bitPattern)
    }
    let data = try JSONEncoder().encode(whole)
    #expect(try JSONDecoder().decode(MeanLoss<ElementwiseLoss>.self, from: data) == whole)
  }

  @Test func ignoredLabelsAndMasks() throws {
    var loss = MeanLoss.softmaxCrossEntropy(ignoredLabel: -1)
    try loss.add(NDArray<Float>([0, 0, 5, 9, 0, 0], shape: [3, 2]), [1, -1, 0])
    #expect(loss.sampleCount == 2)
    #expect(abs(try loss.mean - 0.693_147_180_559_945_3) < 1e-7)
    try loss.add(NDArray<Float>([0, -.infinity], shape: [1, 2]), [1])
    #expect(try loss.mean == .infinity)
    try loss.add(NDArray<Float>([0, .nan], shape: [1, 2]), [1])
    #expect(try loss.mean.isNaN)
  }

  @Test func meansAreOverElements() throws {
    var loss = MeanLoss.absoluteError()
    try loss.add(NDArray<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3]), NDArray(repeating: 0, shape: [2, 3]))
    #expect(loss.sampleCount == 2 && loss.termCount == 6)
    #expect(try loss.mean == 3.5)
    try loss.add(NDArray<Float>([.nan], shape: [1, 1]), NDArray([0], shape: [1, 1]))
    #expect(try loss.mean.isNaN)
  }

  @Test func refusedBatchesLeaveNothing() throws {
    var elementwise = MeanLoss.squaredError()
    try elementwise.add(NDArray<Float>([1, 2]), [3, 5])
    let before = elementwise
    #expect(throws: MetricError.unequalShapes(predictions: [2, 1], targets: [2])) {
      try elementwise.add(NDArray<Float>([1, 2], shape: [2, 1]), [1, 2])
    }
    for (x, y) in [([2, 3], [2, 2]), ([2, 3], [3, 2]), ([1], []), ([], [1])] as [([Int], [Int])] {
      #expect(throws: MetricError.unequalShapes(predictions: x, targets: y)) {
        try elementwise.add(NDArray<Float>(repeating: 0, shape: x), NDArray(repeating: 0, shape: y))
      }
    }
    #expect(throws: MetricError.noSampleAxis) {
      try elementwise.add(NDArray<Float>([1], shape: []), NDArray([1], shape: []))
    }
    #expect(throws: MetricError.self) { try elementwise.merge(.absoluteError()) }
    #expect(elementwise == before)

    var loss = MeanLoss.softmaxCrossEntropy(ignoredLabel: -1)
    let scores = NDArray<Float>([1, 2, 3, 4], shape: [2, 2])
    #expect(throws: MetricError.labelOutOfRange(sample: 1, label: 2, classCount: 2)) { try loss.add(scores, [-1, 2]) }
    #expect(throws: MetricError.labelOutOfRange(sample: 0, label: -2, classCount: 2)) { try loss.add(scores, [-2, 2]) }
    #expect(throws: MetricError.wrongLabelShape(expected: [2], found: [3])) { try loss.add(scores, [0, 1, 0]) }
    #expect(throws: MetricError.notRowsOfScores(shape: [4])) { try loss.add(scores.reshaped([4]), [0, 1, 0, 0]) }
    #expect(throws: MetricError.labelOutOfRange(sample: 0, label: 0, classCount: 0)) {
      try loss.add(NDArray<Float>([], shape: [1, 0]), [0])
    }
    try loss.add(NDArray<Float>([], shape: [1, 0]), [-1])
    #expect(throws: MetricError.self) { try loss.merge(.softmaxCrossEntropy()) }
    #expect(loss == .softmaxCrossEntropy(ignoredLabel: -1))
    #expect(throws: ReductionError.noSamples) { try loss.mean }
    #expect("\(MetricError.labelOutOfRange(sample: 1, label: 2, classCount: 2))".contains("sample 1"))
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) { _ = MeanLoss.softmaxCrossEntropy(labelSmoothing: 1.5) }
  }
}
