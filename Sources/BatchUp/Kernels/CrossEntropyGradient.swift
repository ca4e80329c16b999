internal import CBatchKernels

/// Replaces the scores of samples by the gradients of their mean cross-entropy; returns the sum of the cross-entropy.
///
/// The cross-entropy of a sample is -log of the softmax of its scores at its label.
///
/// - Precondition: the labels are below `classCount`.
package func crossEntropyGradient(
  ofScores scores: UnsafeMutableBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>, classCount: Int
) -> Double {
  var options = cbk_cross_entropy_options(
    ignored_label: CBK_NO_IGNORED_LABEL, label_smoothing: 0, gradient_scale: 1 / Double(labels.count))
  var loss = cbk_loss()
  let validCount = cbk_softmax_cross_entropy_f32(
    scores.baseAddress, labels.baseAddress, &options, scores.baseAddress, &loss, labels.count, classCount)
  precondition(validCount == labels.count, "label \(labels[min(validCount, labels.count - 1)]) is no class")
  return loss.sum
}
