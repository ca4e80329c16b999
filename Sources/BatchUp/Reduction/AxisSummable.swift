/// Results with a value for each sample of a batch, to be added up along an axis.
public protocol AxisSummable {
  associatedtype Sum: BatchSummable

  /// The sums along an axis, which is left out; added up in Float64.
  func sum(axis: Int) -> Sum
}

extension NDArray: AxisSummable where Scalar: SummableScalar {
  /// The sums along an axis, which is left out of the shape; added up in Float64, in NumPy's order.
  ///
  /// Along the last axis that is pairwise summation (`numpy.sum` of contiguous float64 numbers), and along others from
  /// the first index to the last.
  ///
  /// - Precondition: `axis` is in `0..<rank`.
  @inlinable
  public func sum(axis: Int) -> NDArray<Double> {
    precondition((0..<rank).contains(axis), "axis \(axis) of an array of rank \(rank)")
    let length = shape[axis]
    let after = shape[(axis + 1)...].reduce(1, *)
    var sums = NDArray<Double>(
      repeating: 0, shape: Array(shape[..<axis] + shape[(axis + 1)...]))
    withUnsafeBufferPointer { elements in
      sums.withUnsafeMutableBufferPointer { sums in
        for position in sums.indices {
          let (outer, inner) = position.quotientAndRemainder(dividingBy: after)
          let first = outer * length * after + inner
          if after == 1 {
            sums[position] = pairwiseSum(0..<length) { elements[first + $0].summand }
          } else {
            for i in 0..<length { sums[position] += elements[first + i * after].summand }
          }
        }
      }
    }
    return sums
  }
}

extension Array: AxisSummable where Element: SummableScalar {
  /// The sum of all elements in Float64, pairwise.
  ///
  /// - Precondition: `axis` is 0, the only one.
  @inlinable
  public func sum(axis: Int) -> Double {
    precondition(axis == 0, "axis \(axis) of a one-dimensional array")
    return pairwiseSum(indices) { self[$0].summand }
  }
}

/// The sum of a function of integers, in the order of NumPy's pairwise summation of contiguous numbers: halves of a multiple
/// of 8 down to 128 numbers, which eight partial sums take in turn.
@inlinable
func pairwiseSum(_ range: Range<Int>, _ value: (Int) -> Double) -> Double {
  let first = range.lowerBound
  if range.count > 128 {
    let middle = first + range.count / 2 / 8 * 8
    return pairwiseSum(first..<middle, value) + pairwiseSum(middle..<range.upperBound, value)
  }
  if range.count < 8 { return range.reduce(0) { $0 + value($1) } }
  let whole = first + range.count / 8 * 8
  var partial = SIMD8<Double>()
  for start in stride(from: first, to: whole, by: 8) {
    for lane in 0..<8 { partial[lane] += value(start + lane) }
  }
  let sum =
    ((partial[0] + partial[1]) + (partial[2] + partial[3])) + ((partial[4] + partial[5]) + (partial[6] + partial[7]))
  return (whole..<range.upperBound).reduce(sum) { $0 + value($1) }
}
