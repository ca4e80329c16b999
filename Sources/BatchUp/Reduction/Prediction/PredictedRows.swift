/// Takes one of the results of a model, batch after batch: checked, and put where it belongs.
class PredictedRows<Scalar: BitwiseCopyable & Sendable> {
  private let output: Int
  private var rowShape: [Int]?

  /// - Parameter rowShape: the shape of a row; nil where the first batch tells.
  init(output: Int, rowShape: [Int]? = nil) {
    self.output = output
    self.rowShape = rowShape
  }

  /// - Parameter expectedCount: how many rows the model has to return; those behind `rows.count` are left out.
  final func write(_ results: NDArray<Scalar>, at rows: Range<Int>, expectedCount: Int) throws {
    guard results.rank > 0 else { throw PredictionError.noRows(output: output, rows: rows) }
    guard results.sampleCount == expectedCount else {
      throw PredictionError.wrongRowCount(
        output: output, rows: rows, expected: expectedCount, found: results.sampleCount)
    }
    let expectedShape = rowShape ?? results.rowShape
    guard results.rowShape == expectedShape else {
      throw PredictionError.wrongRowShape(
        output: output, rows: rows, expected: expectedShape, found: results.rowShape)
    }
    rowShape = expectedShape
    try put(results.sampleCount == rows.count ? results : results[rows: 0..<rows.count], at: rows)
  }

  /// Stores checked rows, which come in order.
  func put(_ results: NDArray<Scalar>, at rows: Range<Int>) throws {}
}

/// Rows in memory, which is there for all of them from the first batch on.
final class RowsInMemory<Scalar: BitwiseCopyable & Sendable>: PredictedRows<Scalar> {
  private let concatenation: Concatenation<NDArray<Scalar>>

  init(output: Int, expectedCount: Int?) {
    concatenation = NDArray.makeConcatenation(expectedCount: expectedCount)
    super.init(output: output)
  }

  override func put(_ results: NDArray<Scalar>, at rows: Range<Int>) throws {
    try concatenation.append(results, sampleCount: rows.count)
  }

  var array: NDArray<Scalar> { concatenation.whole() }
}

/// Rows in a file, which is made when the first batch has told their shape.
final class RowsInFile<Scalar: NPYScalar>: PredictedRows<Scalar> {
  private let file: PredictionFile
  private let rowCount: Int
  private let batchSize: Int
  private var npy: NPYOutput<Scalar>?

  init(_ file: PredictionFile, output: Int, rowCount: Int?, batchSize: Int) throws(PredictionError) {
    guard let rowCount else { throw .unknownSampleCount(path: file.path) }
    self.file = file
    self.rowCount = rowCount
    self.batchSize = batchSize
    super.init(output: output)
  }

  /// How many rows are done, by an earlier run too.
  var completedRowCount: Int { npy?.completedRowCount ?? 0 }

  override func put(_ results: NDArray<Scalar>, at rows: Range<Int>) throws {
    let npy = try opened(rowShape: results.rowShape)
    let done = max(npy.completedRowCount, rows.lowerBound)
    if done < rows.upperBound { try npy.write(results[rows: done - rows.lowerBound..<rows.count], at: done) }
  }

  func finish() throws { try opened(rowShape: []).finish() }

  private func opened(rowShape: [Int]) throws(NPYOutputError) -> NPYOutput<Scalar> {
    if let npy { return npy }
    let shape = [rowCount] + rowShape
    let opened =
      if let fingerprint = file.fingerprint {
        try NPYOutput<Scalar>(path: file.path, shape: shape, resuming: fingerprint + [UInt64(batchSize)])
      } else {
        try NPYOutput<Scalar>(path: file.path, shape: shape)
      }
    npy = opened
    return opened
  }
}

/// Rows in an array that is there already.
final class RowsInArray<Scalar: BitwiseCopyable & Sendable>: PredictedRows<Scalar> {
  private(set) var array: NDArray<Scalar>
  private var writtenCount = 0

  /// - Throws: where the array does not have as many rows as there are samples.
  init(_ array: NDArray<Scalar>, rowCount: Int) throws(PredictionError) {
    guard array.rank > 0, array.sampleCount == rowCount else {
      throw .wrongResultCount(expected: rowCount, found: array.rank > 0 ? array.sampleCount : 0)
    }
    self.array = array
    super.init(output: 0, rowShape: array.rowShape)
  }

  override func put(_ results: NDArray<Scalar>, at rows: Range<Int>) throws {
    guard rows.upperBound <= array.sampleCount else {
      throw PredictionError.wrongResultCount(expected: rows.upperBound, found: array.sampleCount)
    }
    writtenCount = rows.upperBound
    let rowLength = array.rowLength
    array.withUnsafeMutableBufferPointer { elements in
      results.withUnsafeBufferPointer { results in
        let place = elements.extracting(rows.lowerBound * rowLength..<rows.upperBound * rowLength)
        _ = place.update(from: results)
      }
    }
  }

  /// - Throws: where the source has delivered fewer samples than it said.
  func finish() throws(PredictionError) {
    guard writtenCount == array.sampleCount else {
      throw .wrongResultCount(expected: writtenCount, found: array.sampleCount)
    }
  }
}
