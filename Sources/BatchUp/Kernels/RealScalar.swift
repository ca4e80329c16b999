internal import CBatchKernels

/// The numbers that metrics and covariances are computed from: `Float` and `Double`, and no other type.
public protocol RealScalar: BinaryFloatingPoint, BitwiseCopyable, StatisticsScalar {
  /// What reads them; only this package can make one.
  static var realKernels: RealKernels<Self> { get }
}

/// What the metrics of one type of numbers are made from. Trusts that lengths fit and that rows are not empty.
public struct RealKernels<Scalar>: Sendable {
  typealias Elements = UnsafeBufferPointer<Scalar>

  /// The sum of a term of x and y.
  let termSum: @Sendable (_ term: LossTerm, _ x: Elements, _ y: Elements?) -> Double

  /// Each returns the number of rows, or the position of the first label that is neither a class nor ignored.
  let softmaxCrossEntropy: @Sendable (LabelledScores<Scalar>, _ smoothing: Double, inout RowSum) -> Int
  let topErrorCount: @Sendable (LabelledScores<Scalar>, _ top: Int, inout RowSum) -> Int

  /// The class of the largest score of each row, the first of equal ones; -1 where there is a NaN.
  let largestClasses: @Sendable (LabelledScores<Scalar>, UnsafeMutablePointer<Int32>) -> Void

  let columnMeans:
    @Sendable (Elements, _ means: UnsafeMutablePointer<Double>, _ rowCount: Int, _ columnCount: Int) -> Void

  /// Adds the sums of x - shift, and of their products, over rows.
  let addProducts: @Sendable (ProductBlock<Scalar>) -> Void
}

/// What is summed for each pair of elements.
enum LossTerm {
  case value, product, squaredError, absoluteError, binaryCrossEntropy, logisticCrossEntropy

  fileprivate var kernelTerm: cbk_term {
    switch self {
    case .value: CBK_TERM_VALUE
    case .product: CBK_TERM_PRODUCT
    case .squaredError: CBK_TERM_SQUARED_ERROR
    case .absoluteError: CBK_TERM_ABSOLUTE_ERROR
    case .binaryCrossEntropy: CBK_TERM_BINARY_CROSS_ENTROPY
    case .logisticCrossEntropy: CBK_TERM_LOGISTIC_CROSS_ENTROPY
    }
  }
}

/// Rows of a score for each class, and the label of each row.
struct LabelledScores<Scalar> {
  let scores: UnsafeBufferPointer<Scalar>
  let labels: UnsafeBufferPointer<Int32>
  let classCount: Int
  let ignoredLabel: Int32?

  fileprivate var kernelIgnoredLabel: Int64 { ignoredLabel.map(Int64.init) ?? CBK_NO_IGNORED_LABEL }

  fileprivate func countedRows() -> (valid: Int, counted: Int) {
    var counted = 0
    let valid = cbk_count_labels(labels.baseAddress, kernelIgnoredLabel, &counted, labels.count, classCount)
    return (valid, counted)
  }
}

/// A sum over rows, and the number of those that were not ignored.
struct RowSum {
  var sum = 0.0
  var rowCount = 0
}

/// Rows whose products are added up; all pointers as in cbk_statistics.h.
struct ProductBlock<Scalar> {
  let values: UnsafePointer<Scalar>
  let shifts: UnsafePointer<Scalar>
  let shifted: UnsafeMutablePointer<Scalar>
  let scratch: UnsafeMutablePointer<Scalar>
  let products: UnsafeMutablePointer<Double>
  let sums: UnsafeMutablePointer<Double>
  let rowCount: Int
  let columnCount: Int
}

extension Float: RealScalar {
  public static var realKernels: RealKernels<Float> {
    RealKernels(
      termSum: { term, x, y in cbk_term_sum_f32(term.kernelTerm, x.baseAddress, y?.baseAddress, x.count) },
      softmaxCrossEntropy: { batch, smoothing, result in
        var options = cbk_cross_entropy_options(
          ignored_label: batch.kernelIgnoredLabel, label_smoothing: smoothing, gradient_scale: 1)
        var loss = cbk_loss()
        let valid = cbk_softmax_cross_entropy_f32(
          batch.scores.baseAddress, batch.labels.baseAddress, &options, nil, &loss, batch.labels.count,
          batch.classCount)
        result = RowSum(sum: loss.sum, rowCount: loss.row_count)
        return valid
      },
      topErrorCount: { batch, top, result in
        var errors = 0
        let (scores, labels) = (batch.scores.baseAddress, batch.labels.baseAddress)
        let (ignored, rows) = (batch.kernelIgnoredLabel, batch.labels.count)
        let valid =
          top == 1
          ? cbk_count_errors_f32(scores, labels, ignored, &errors, rows, batch.classCount)
          : cbk_count_top_errors_f32(scores, labels, ignored, top, &errors, rows, batch.classCount)
        result = RowSum(sum: Double(errors), rowCount: batch.countedRows().counted)
        return valid
      },
      largestClasses: { batch, classes in
        cbk_largest_classes_f32(batch.scores.baseAddress, classes, batch.labels.count, batch.classCount)
      },
      columnMeans: { values, means, rows, columns in
        cbk_column_means_f32(values.baseAddress, means, rows, columns)
      },
      addProducts: { block in
        cbk_add_products_f32(
          block.values, block.shifts, block.shifted, block.scratch, block.products, block.sums, block.rowCount,
          block.columnCount)
      })
  }
}

extension Double: RealScalar {
  public static var realKernels: RealKernels<Double> {
    RealKernels(
      termSum: { term, x, y in cbk_term_sum_f64(term.kernelTerm, x.baseAddress, y?.baseAddress, x.count) },
      softmaxCrossEntropy: { batch, smoothing, result in
        var options = cbk_cross_entropy_options(
          ignored_label: batch.kernelIgnoredLabel, label_smoothing: smoothing, gradient_scale: 1)
        var loss = cbk_loss()
        let valid = cbk_softmax_cross_entropy_f64(
          batch.scores.baseAddress, batch.labels.baseAddress, &options, nil, &loss, batch.labels.count,
          batch.classCount)
        result = RowSum(sum: loss.sum, rowCount: loss.row_count)
        return valid
      },
      topErrorCount: { batch, top, result in
        var errors = 0
        let (scores, labels) = (batch.scores.baseAddress, batch.labels.baseAddress)
        let (ignored, rows) = (batch.kernelIgnoredLabel, batch.labels.count)
        let valid =
          top == 1
          ? cbk_count_errors_f64(scores, labels, ignored, &errors, rows, batch.classCount)
          : cbk_count_top_errors_f64(scores, labels, ignored, top, &errors, rows, batch.classCount)
        result = RowSum(sum: Double(errors), rowCount: batch.countedRows().counted)
        return valid
      },
      largestClasses: { batch, classes in
        cbk_largest_classes_f64(batch.scores.baseAddress, classes, batch.labels.count, batch.classCount)
      },
      columnMeans: { values, means, rows, columns in
        cbk_column_means_f64(values.baseAddress, means, rows, columns)
      },
      addProducts: { block in
        cbk_add_products_f64(
          block.values, block.shifts, block.shifted, block.scratch, block.products, block.sums, block.rowCount,
          block.columnCount)
      })
  }
}

extension LabelledScores {
  /// As the kernels: the number of rows, or the position of the first label that is neither a class nor ignored.
  func validLabelCount() -> Int { countedRows().valid }
}
