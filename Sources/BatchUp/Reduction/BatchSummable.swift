/// Sums over the samples of a batch that can be added up to the sum over all samples, in Float64.
public protocol BatchSummable {
  /// What the sum over all samples, and its mean, is: in Float64.
  associatedtype Mean

  /// This sum added to what was summed up before; nil before the first batch.
  func added(to total: Mean?) -> Mean

  /// The total over `sampleCount` samples, divided by their number.
  static func mean(of total: Mean, over sampleCount: Int) -> Mean
}

extension BatchSummable where Mean == Double {
  public static func mean(of total: Double, over sampleCount: Int) -> Double { total / Double(sampleCount) }
}

extension Double: BatchSummable {
  public func added(to total: Double?) -> Double { (total ?? 0) + self }
}

extension Float: BatchSummable {
  public func added(to total: Double?) -> Double { (total ?? 0) + Double(self) }
}

extension Int: BatchSummable {
  public func added(to total: Double?) -> Double { (total ?? 0) + Double(self) }
}

extension NDArray: BatchSummable where Scalar: SummableScalar {
  /// Adds element by element, for sums per class or per column.
  ///
  /// - Precondition: the sums of all batches have the same shape.
  public func added(to total: NDArray<Double>?) -> NDArray<Double> {
    var total = total ?? NDArray<Double>(repeating: 0, shape: shape)
    precondition(total.shape == shape, "a sum of shape \(shape) after sums of shape \(total.shape)")
    total.withUnsafeMutableBufferPointer { total in
      withUnsafeBufferPointer { sum in
        for i in sum.indices { total[i] += sum[i].summand }
      }
    }
    return total
  }

  public static func mean(of total: NDArray<Double>, over sampleCount: Int) -> NDArray<Double> {
    var mean = total
    mean.withUnsafeMutableBufferPointer { mean in
      for i in mean.indices { mean[i] /= Double(sampleCount) }
    }
    return mean
  }
}
