import BatchUp
import TestSupport
import Testing

/// Numbers of both signs and several sizes, exact in Float64.
private func number(_ i: Int) -> Double {
  (Double(UInt32(truncatingIfNeeded: i &* 2_654_435_761)) / 0x1p32 - 0.5) * Double(i % 37 + 1)
}

@Suite struct SumTests {
  @Test func sumsOfAllLengthsAndAxesAreNumPysToTheLastBit() {
    var trace = NumPyGoldens.sums.trace("numbers")
    let sums = (0..<1500).map { count in NDArray((0..<count).map(number)).sum(axis: 0).scalar }
    trace.check("the first 0 to 1499", sums)
    #expect(sums == (0..<1500).map { (0..<$0).map(number).sum(axis: 0) })
    let cube = NDArray((0..<4200).map(number), shape: [7, 20, 30])
    for array in [cube, cube.reshaped([20, 210])] {
      let shape = array.shape
      for axis in shape.indices {
        let sum = array.sum(axis: axis)
        #expect(sum.shape == Array(shape[..<axis] + shape[(axis + 1)...]))
        trace.check("axis \(axis) of \(shape.count)", sum.scalars)
      }
    }
    #expect(trace.difference == nil)
  }

  @Test func allSmallShapesAndScalarTypes() {
    for rows in 0...5 {
      for columns in 0...5 {
        let elements = (0..<rows * columns).map { $0 * 3 % 7 }
        func check<Scalar: SummableScalar & BitwiseCopyable & Sendable>(
          _ make: (Int) -> Scalar, as value: (Int) -> Double
        ) {
          let array = NDArray(elements.map(make), shape: [rows, columns])
          let overRows = (0..<columns).map { c in (0..<rows).reduce(0.0) { $0 + value(elements[$1 * columns + c]) } }
          let overColumns = (0..<rows).map { r in
            (0..<columns).reduce(0.0) { $0 + value(elements[r * columns + $1]) }
          }
          #expect(array.sum(axis: 0) == NDArray(overRows))
          #expect(array.sum(axis: 1) == NDArray(overColumns))
        }
        check(Float.init, as: Double.init)
        check(Double.init, as: Double.init)
        check(UInt8.init, as: Double.init)
        check({ Int32($0) - 3 }, as: { Double($0) - 3 })
        check({ $0 > 3 }, as: { $0 > 3 ? 1 : 0 })
      }
    }
  }

  @Test func meansOfResultsPerSample() throws {
    for count in 1...9 {
      let rows = NDArray((0..<count * 2).map { Float($0) }, shape: [count, 2])
      let source = try ArraySource(NDArray(Array(0..<count)), rows)
      let middle = Double(count - 1) / 2
      for batchSize in 1...10 {
        let batches = source.batches(of: batchSize)
        #expect(try batches.mean(sumAxis: 0) { i, _ in i }.scalar == middle)
        let (index, row, isEven) = try batches.mean(sumAxis: 0) { i, x in (i.scalars, x, i.map { $0 % 2 == 0 }) }
        #expect(index == middle)
        #expect(row == [2 * middle, 2 * middle + 1])
        #expect(isEven.scalar == Double((count + 1) / 2) / Double(count))
      }
    }
    let empty = try ArraySource(NDArray<Float>([]))
    #expect(throws: ReductionError.noSamples) { try empty.batches(of: 2).mean(sumAxis: 0) { $0 } }
  }

  @Test func closuresWithoutAResultSeeEveryBatch() throws {
    let source = try ArraySource(NDArray(Array(0..<7)))
    var seen: [Int] = []
    try source.batches(of: 3).concatenated { x in seen += x.scalars }
    #expect(seen == Array(0..<7))
    try source.batches(of: 3).mean { x in seen += x.scalars }
    #expect(seen == Array(0..<7) + Array(0..<7))
    let endless = try ArraySource(NDArray([1, 2]), repeats: .forever).batches(of: 3)
    #expect(throws: ReductionError.endless) { try endless.concatenated { _ in } }
    try endless.prefix(2).concatenated { x in seen = x.scalars }
    #expect(seen == [2, 1, 2])
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3]).sum(axis: 1) }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2, 3]).sum(axis: -1) }
    await #expect(processExitsWith: .failure) { _ = [1, 2, 3].sum(axis: 1) }
    await #expect(processExitsWith: .failure) { _ = NDArray([1, 2]).scalar }
  }
}
