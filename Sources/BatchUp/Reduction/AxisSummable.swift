/// Results with a value for each sample of a batch, to be added up along an axis.
public protocol AxisSummable {
  /// What is left when an axis is summed up.
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
