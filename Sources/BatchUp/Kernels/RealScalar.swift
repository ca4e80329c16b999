internal import CBatchKernels

/// The numbers that metrics and covariances are computed from: `Float` and `Double`, and no other type.
public protocol RealScalar: BinaryFloatingPoint, BitwiseCopyable, StatisticsScalar {
  /// What reads them; only this package can make one.
  static var realKernels: RealKernels<Self> { get }
}

/// The kernels of one type of numbers, as cbk_reductions.h and cbk_statistics.h describe them.
public struct RealKernels<Scalar>: Sendable {
  typealias Input = UnsafePointer<Scalar>?
  typealias Output = UnsafeMutablePointer<Scalar>?
  typealias Labels = UnsafePointer<Int32>?
  typealias Doubles = UnsafeMutablePointer<Double>?
  typealias Count = UnsafeMutablePointer<Int>?

  fileprivate let termSum: @Sendable (cbk_term, Input, Input, Int) -> Double
  fileprivate let softmaxCrossEntropy:
    @Sendable (
      Input, Labels, UnsafePointer<cbk_cross_entropy_options>?, Output, UnsafeMutablePointer<cbk_loss>?, Int, Int
    ) -> Int
  fileprivate let countErrors: @Sendable (Input, Labels, Int64, Count, Int, Int) -> Int
  fileprivate let countTopErrors: @Sendable (Input, Labels, Int64, Int, Count, Int, Int) -> Int
  fileprivate let largestClasses: @Sendable (Input, UnsafeMutablePointer<Int32>?, Int, Int) -> Void
  let columnMeans: @Sendable (Input, _ means: Doubles, _ rowCount: Int, _ columnCount: Int) -> Void
  let addProducts:
    @Sendable (
      Input, _ shifts: Input, _ shifted: Output, _ scratch: Output, _ products: Doubles, _ sums: Doubles,
      _ rowCount: Int, _ columnCount: Int
    ) -> Void
}

extension Float: RealScalar {
  public static var realKernels: RealKernels<Float> {
    RealKernels(
      termSum: cbk_term_sum_f32, softmaxCrossEntropy: cbk_softmax_cross_entropy_f32, countErrors: cbk_count_errors_f32,
      countTopErrors: cbk_count_top_errors_f32, largestClasses: cbk_largest_classes_f32,
      columnMeans: cbk_column_means_f32, addProducts: cbk_add_products_f32)
  }
}

extension Double: RealScalar {
  public static var realKernels: RealKernels<Double> {
    RealKernels(
      termSum: cbk_term_sum_f64, softmaxCrossEntropy: cbk_softmax_cross_entropy_f64, countErrors: cbk_count_errors_f64,
      countTopErrors: cbk_count_top_errors_f64, largestClasses: cbk_largest_classes_f64,
      columnMeans: cbk_column_means_f64, addProducts: cbk_add_products_f64)
  }
}

// MARK: Sums

/// What is summed for each pair of elements.
struct LossTerm {
  fileprivate let kernelTerm: cbk_term

  static var value: LossTerm { LossTerm(kernelTerm: CBK_TERM_VALUE) }
  static var product: LossTerm { LossTerm(kernelTerm: CBK_TERM_PRODUCT) }
  static var squaredError: LossTerm { LossTerm(kernelTerm: CBK_TERM_SQUARED_ERROR) }
  static var absoluteError: LossTerm { LossTerm(kernelTerm: CBK_TERM_ABSOLUTE_ERROR) }
  static var binaryCrossEntropy: LossTerm { LossTerm(kernelTerm: CBK_TERM_BINARY_CROSS_ENTROPY) }
  static var logisticCrossEntropy: LossTerm { LossTerm(kernelTerm: CBK_TERM_LOGISTIC_CROSS_ENTROPY) }
}

/// The sum of a term of x and y, which have as many elements.
func termSum<Scalar: RealScalar>(_ term: LossTerm, _ x: NDArray<Scalar>, _ y: NDArray<Scalar>? = nil) -> Double {
  x.withUnsafeBufferPointer { x in
    guard let y else { return Scalar.realKernels.termSum(term.kernelTerm, x.baseAddress, nil, x.count) }
    return y.withUnsafeBufferPointer {
      Scalar.realKernels.termSum(term.kernelTerm, x.baseAddress, $0.baseAddress, x.count)
    }
  }
}

// MARK: Classes

/// Rows of a score for each class, and the label of each row.
struct LabelledScores<Scalar: RealScalar> {
  let scores: NDArray<Scalar>
  let labels: NDArray<Int32>
  let ignoredLabel: Int32?

  var classCount: Int { scores.rowLength }
  var sampleCount: Int { scores.sampleCount }

  private var kernelIgnoredLabel: Int64 { ignoredLabel.map(Int64.init) ?? CBK_NO_IGNORED_LABEL }

  private func withPointers<Result>(
    _ body: (_ scores: UnsafePointer<Scalar>?, _ labels: UnsafePointer<Int32>?) -> Result
  ) -> Result {
    scores.withUnsafeBufferPointer { scores in
      labels.withUnsafeBufferPointer { body(scores.baseAddress, $0.baseAddress) }
    }
  }

  private func countedRows() -> (counted: Int, validCount: Int) {
    var counted = 0
    let validCount = withPointers { cbk_count_labels($1, kernelIgnoredLabel, &counted, sampleCount, classCount) }
    return (counted, validCount)
  }
}

extension LabelledScores {
  // Each also returns the number of rows, or the position of the first label that is neither a class nor ignored.

  func softmaxCrossEntropy(smoothing: Double) -> (RowSum, validCount: Int) {
    var options = cbk_cross_entropy_options(
      ignored_label: kernelIgnoredLabel, label_smoothing: smoothing, gradient_scale: 1)
    var loss = cbk_loss()
    let validCount = withPointers {
      Scalar.realKernels.softmaxCrossEntropy($0, $1, &options, nil, &loss, sampleCount, classCount)
    }
    return (RowSum(sum: loss.sum, rowCount: loss.row_count), validCount)
  }

  func errors(top: Int) -> (RowSum, validCount: Int) {
    var errors = 0
    let (kernels, ignored) = (Scalar.realKernels, kernelIgnoredLabel)
    let validCount = withPointers { scores, labels in
      top == 1
        ? kernels.countErrors(scores, labels, ignored, &errors, sampleCount, classCount)
        : kernels.countTopErrors(scores, labels, ignored, top, &errors, sampleCount, classCount)
    }
    return (RowSum(sum: Double(errors), rowCount: countedRows().counted), validCount)
  }

  /// The class of the largest score of each row, the first of equal ones; -1 where there is a NaN.
  func largestClasses() -> ([Int32], validCount: Int) {
    let classes = [Int32](unsafeUninitializedCapacity: sampleCount) { classes, filled in
      withPointers { scores, _ in
        Scalar.realKernels.largestClasses(scores, classes.baseAddress, sampleCount, classCount)
      }
      filled = sampleCount
    }
    return (classes, countedRows().validCount)
  }
}

/// A sum over rows, and the number of those that were not ignored.
struct RowSum {
  var sum = 0.0
  var rowCount = 0
}
