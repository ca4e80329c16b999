import BatchUp

/// Means and predictions over all batches of a matrix of three columns and a list.
struct ReduceTrace: GoldenTrace {
  private let x: NDArray<Float>
  private let t: [Double]
  private let batchSize: Int
  private let meanOfSquares: Double
  private let meanOfMagnitudes: Double
  private let columnMeans: [Double]
  private let doubledFirstColumn: [Double]
  private let secondResult: [Double]

  init(reading fields: inout Fields) throws {
    let rows: [[Float]] = try fields.read("x")
    guard rows.allSatisfy({ $0.count == 3 }) else { throw fields.invalid("rows of other than three columns") }
    x = NDArray(rows.flatMap { $0 }, shape: [rows.count, 3])
    t = try fields.read("t")
    batchSize = try fields.read("batch_size")
    meanOfSquares = try fields.read("mean_of_row_square_sum")
    meanOfMagnitudes = try fields.read("mean_abs_t")
    columnMeans = try fields.read("column_mean")
    doubledFirstColumn = try fields.read("concat_first")
    secondResult = try fields.read("concat_second")
  }

  func replay() throws {
    let batches = try ArraySource(x, NDArray(t)).batches(of: batchSize)
    try checkMeans(of: batches)
    try checkColumnMeans(of: batches)
    try checkConcatenation(of: batches)
  }

  private typealias Pairs = Batches<ArraySource<(NDArray<Float>, NDArray<Double>), StandardSampler, Never>>

  /// Results with a value for each sample: one as an array, the other as a Swift array.
  private func checkMeans(of batches: Pairs) throws {
    let (squares, magnitudes) = try batches.mean(sumAxis: 0) { x, t in
      (x.map { Double($0) * Double($0) }.sum(axis: 1), t.scalars.map(abs))
    }
    try check(squares.shape, is: [], "the shape of the mean of squares")
    try check(squares.scalars, is: [meanOfSquares], "the mean of squares")
    try check([magnitudes], is: [meanOfMagnitudes], "the mean of magnitudes")
  }

  /// One result per batch, a sum over its samples.
  private func checkColumnMeans(of batches: Pairs) throws {
    let means = try batches.mean { x, _ in x.sum(axis: 0) }
    try check(means.shape, is: [3], "the shape of the column means")
    try check(means.scalars, is: columnMeans, "the column means")
  }

  private func checkConcatenation(of batches: Pairs) throws {
    let (doubled, second) = try batches.concatenated { x, t in
      (NDArray((0..<x.sampleCount).map { x[$0, 0] * 2 }), t)
    }
    try check(doubled.scalars.map(Double.init), is: doubledFirstColumn, "the first concatenation")
    try check(second.scalars, is: secondResult, "the second concatenation")
  }
}
