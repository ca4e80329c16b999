import BatchUp
import Testing

// What the guides have and the README has not, compiled and run.
@Suite struct GuideExamples {
  let source: ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>

  init() throws { source = try ArraySource(trainX, trainY) }

  /// A whole program.
  @Test func aTrainingLoop() throws {
    let x = NDArray<Float>((0..<1000).map { Float($0) / 1000 }, shape: [1000, 1])
    let y = x.map { 3 * $0 + 1 }
    let source = try ArraySource(x, y)

    var (weight, bias) = (Float(0), Float(0))
    for epoch in 0..<20 {
      for (x, y) in source.batches(of: 50, shuffle: .seed(12345, epoch: epoch)) {
        var (weightGradient, biasGradient) = (Float(0), Float(0))
        for i in 0..<x.sampleCount {
          let error = weight * x[i, 0] + bias - y[i, 0]
          weightGradient += error * x[i, 0]
          biasGradient += error
        }
        weight -= weightGradient / Float(x.sampleCount)
        bias -= biasGradient / Float(x.sampleCount)
      }
    }
    print(weight, bias)
    #expect(abs(weight - 3) < 0.01 && abs(bias - 1) < 0.01)
  }

  @Test func gettingStarted() throws {
    let pixels = NDArray<UInt8>(repeating: 255, shape: [1000, 28, 28])
    let scaled = try ArraySource(RescaledBytes(pixels), trainY)  // 0...255 becomes 0...1
    for (x, y) in scaled.batches(of: 64) { train(x, y) }
    #expect(scaled.batches(of: 64).allSatisfy { $0.0[0, 0, 0] == 1 })

    let parts = try source.split(.fractions([0.9, 0.1]), shuffle: .seed(1))
    let (training, validation) = (parts[0], parts[1])

    for (x, y) in training.batches(of: 64, shuffle: .seed(12345, epoch: 0)) { train(x, y) }
    let (loss, errorRate) = try validation.batches(of: 256).mean { x, y in (lossSum(x, y), errorCount(x, y)) }
    #expect((loss, errorRate) == (1, 0))

    let pool = WorkerPool(workerCount: 4)
    let augmented = source.map { x, y in (flipped(x), y) }
    for (x, y) in augmented.batches(of: 64, shuffle: .random).prefetched(by: pool) { train(x, y) }

    let count = trainedBatches(augmented, epoch: 0)
    let kept: any BatchSource<(NDArray<Float>, NDArray<Int32>), Never> = source  // for a property, say
    #expect(count == 16 && trainedBatches(kept, epoch: 0) == 16)
  }

  @Test func columnsOfMeanZero() throws {
    let table = NDArray<Float>((0..<3000).map { $0 % 3 == 1 ? 7 : Float($0) }, shape: [1000, 3])
    let parts = try ArraySource(table, trainY).split(.fractions([0.9, 0.1]), shuffle: .seed(1))
    let (training, validation) = (parts[0], parts[1])

    let columns = try training.batches(of: 256).statistics(.perColumn) { x, _ in x }
    let trainingColumns = training.map { x, y in (standardized(x, by: columns), y) }
    let validationColumns = validation.map { x, y in (standardized(x, by: columns), y) }

    let found = try trainingColumns.batches(of: 256).statistics(.perColumn) { x, _ in x }
    #expect(found.means.allSatisfy { abs($0) < 1e-6 })
    #expect(abs(found[0].standardDeviation - 1) < 1e-6 && found[1].standardDeviation == 0)
    #expect(validationColumns.sampleCount == .finite(100))
  }
}

func trainedBatches(_ source: some BatchSource<(NDArray<Float>, NDArray<Int32>), Never>, epoch: Int) -> Int {
  var count = 0
  for (x, y) in source.batches(of: 64, shuffle: .seed(12345, epoch: epoch)) {
    train(x, y)
    count += 1
  }
  return count
}

func standardized(_ x: NDArray<Float>, by statistics: Statistics<Float>) -> NDArray<Float> {
  let (means, deviations) = (statistics.means, statistics.standardDeviations)
  return NDArray(
    x.scalars.enumerated().map { place, value in
      let column = place % means.count
      return deviations[column] > 0 ? Float((Double(value) - means[column]) / deviations[column]) : 0
    }, shape: x.shape)
}
