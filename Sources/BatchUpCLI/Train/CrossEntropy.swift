#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Replaces the scores of samples by the gradients of their mean cross-entropy; returns the sum of the cross-entropy.
///
/// The cross-entropy of a sample is -log of the softmax of its scores at its label. Each row of `scores` is shifted by
/// its largest score, which changes nothing but keeps the exponentials finite.
func crossEntropyGradient(
  ofScores scores: UnsafeMutableBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>, classCount: Int
) -> Double {
  let scale = 1 / Float(labels.count)
  var loss = 0.0
  for sample in labels.indices {
    let row = scores.extracting(sample * classCount..<(sample + 1) * classCount)
    let label = Int(labels[sample])
    let largest = row.reduce(-.infinity) { $0 > $1 ? $0 : $1 }
    let shiftedScore = row[label] - largest
    var sum: Float = 0
    for i in row.indices {
      row[i] = exp(row[i] - largest)
      sum += row[i]
    }
    loss += Double(log(sum) - shiftedScore)
    let factor = scale / sum
    for i in row.indices { row[i] *= factor }
    row[label] -= scale
  }
  return loss
}
