/// Why predictions cannot be put where they belong.
///
/// `rows` are those of the result that a batch is for, counted from 0; `output` says which of several results of the
/// model it was, counted from 0.
public enum PredictionError: Error, Hashable, Sendable {
  /// The model returned another number of rows than its batch has samples.
  case wrongRowCount(output: Int, rows: Range<Int>, expected: Int, found: Int)
  /// The model returned an array of rank 0, which has no rows.
  case noRows(output: Int, rows: Range<Int>)
  /// The rows for this batch have another shape than those before.
  case wrongRowShape(output: Int, rows: Range<Int>, expected: [Int], found: [Int])
  /// The array for the results has not as many rows as the source has samples, or has delivered where that is another
  /// number than it said.
  case wrongResultCount(expected: Int, found: Int)
  /// A file has a fixed size, but nobody knows how many samples the source will deliver.
  case unknownSampleCount(path: String)
}

extension PredictionError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .wrongRowCount(let output, let rows, let expected, let found):
      "result \(output) of the model for samples \(rows) has \(found) rows, not one for each of the \(expected) "
        + (expected == rows.count ? "samples" : "rows of the padded batch")
    case .noRows(let output, let rows):
      "result \(output) of the model for samples \(rows) is an array of rank 0, not one with a row for each sample"
    case .wrongRowShape(let output, let rows, let expected, let found):
      "result \(output) of the model for samples \(rows) has rows of shape \(found); those before have \(expected)"
    case .wrongResultCount(let expected, let found):
      "the array for the results has \(found) rows, but there are \(expected) samples"
    case .unknownSampleCount(let path):
      "\(path): the number of samples is not known beforehand; predict into memory, or limit the source"
    }
  }
}
