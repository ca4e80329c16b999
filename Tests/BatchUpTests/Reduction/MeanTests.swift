import BatchUp
import Testing

@Suite struct MeanTests {
  @Test func meansAreOverSamplesForEveryBatchSize() throws {
    for count in 1...9 {
      // Small integers: all sums are exact, so that the batch size cannot matter.
      let x = NDArray((0..<count * 2).map(Float.init), shape: [count, 2])
      let source = try ArraySource(x, NDArray(Array(0..<count)))
      let expected = (0..<count * 2).reduce(0.0) { $0 + Double($1) } / Double(count)
      for batchSize in 1...10 {
        let batches = source.batches(of: batchSize)
        #expect(try batches.mean { x, _ in x.scalars.reduce(0, +) } == expected)
        let (sum, ones, column) = try batches.mean { x, i in
          (x.scalars.map(Double.init).reduce(0, +), i.count, NDArray([Float(i.count), 0]))
        }
        #expect(sum == expected)
        #expect(ones == 1)
        #expect(column == [1, 0])
      }
    }
  }

  @Test func floatsAreAddedInDouble() throws {
    // 2^24 + 1 is no Float: a sum in Float would stay at 2^24.
    let source = try ArraySource(NDArray<Float>([16_777_216, 1, 1]))
    #expect(try source.batches(of: 1).mean { $0[0] } == 16_777_218.0 / 3)
  }

  @Test func sumsOfElementsMayBeTooLarge() {
    let (large, most) = (1.5e308, Double.greatestFiniteMagnitude)
    #expect(NDArray([large, large, large, large]).mean() == large)
    #expect(NDArray([most, most, -most, most]).mean() == most / 2)
    #expect(NDArray([most, .infinity]).mean() == .infinity && NDArray([most, most, .nan]).mean().isNaN)
    #expect(NDArray([large, 0, large]).mean(weightedBy: NDArray([1, 2, 1])) == large / 2)
    #expect(NDArray([1.0, 3]).mean(weightedBy: NDArray([most, most])) == 2)
    #expect(NDArray([most, most]).mean(weightedBy: NDArray([most, most])) == most)
  }

  @Test func sumsOfLossesMayBeTooLarge() throws {
    let x = NDArray([1e308, -1e308, 1e308, 1e308])
    for batchSize in [1, 3, 4] {
      let batches = try ArraySource(x).batches(of: batchSize)
      let error = try batches.evaluate(MeanLoss.absoluteError()) { x in (x, x.map { _ in 0.0 }) }
      let mean = try batches.evaluate(WeightedMean()) { x in (x, x.map { _ in 1.0 }) }
      #expect(error == 1e308 && mean == 5e307)
    }
    let two = try ArraySource(NDArray([1e308, 1e308])).batches(of: 1)
    let mean = try two.evaluate(WeightedMean()) { x in (x.map { _ in 1.0 }, x) }
    let squares = try two.evaluate(MeanLoss.squaredError()) { x in (x, x.map { -$0 }) }
    #expect(mean == 1 && squares == .infinity)
  }

  @Test func whatHasNoMean() throws {
    let empty = try ArraySource(NDArray<Float>([]))
    #expect(throws: ReductionError.noSamples) { try empty.batches(of: 2).mean { $0.scalars.reduce(0, +) } }
    #expect(throws: ReductionError.noSamples) { try empty.batches(of: 2).mean { ($0.count, $0.count) } }
    let endless = try ArraySource(NDArray([1, 2, 3]), repeats: .forever).batches(of: 2)
    #expect(throws: ReductionError.endless) { try endless.mean { $0.count } }
    #expect(try endless.prefix(3).mean { ($0.count, $0.scalars.reduce(0, +)) } == (1, 2))
  }

  @Test func samplesOfLoadersAreCountedAsDelivered() throws {
    let source = try ArraySource(loading: Squares(sampleCount: 7))
    #expect(try source.batches(of: 3).mean { $0.count } == 1)
    #expect(try source.batches(of: 3, remainder: .drop).mean { $0.reduce(0, +) } == 55.0 / 6)
  }

  @Test func arraysHaveMeans() {
    #expect(NDArray<Float>([1, 2, 6]).mean() == 3)
    #expect(NDArray<Double>([1, 2, 6]).mean() == 3)
    #expect(NDArray<Float>([1, 2, 6]).mean(weightedBy: [1, 1, 2]) == 3.75)
    #expect(NDArray<Double>([1, 2, 6]).mean(weightedBy: [0, 1, 0]) == 2)
    #expect(NDArray<Float>([]).mean().isNaN)
    #expect(NDArray<Float>([1, 2]).mean(weightedBy: [0, 0]).isNaN)
    let large = NDArray<Float>(repeating: 0.1, shape: [1 << 20])
    #expect(abs(large.mean() - Double(Float(0.1))) < 1e-8)
  }
}
