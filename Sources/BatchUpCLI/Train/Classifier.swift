import BatchUp

/// A classifier of images: one hidden layer of rectified linear units, and one score per class.
///
/// It computes in Float32 with a fixed order of summation.
struct Classifier: Sendable {
  /// The lengths of the axes of one image.
  let inputShape: [Int]
  var hiddenLayer: LinearLayer
  var outputLayer: LinearLayer

  /// A classifier that is to be trained.
  init(inputShape: [Int], hiddenCount: Int, classCount: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    self.inputShape = inputShape
    hiddenLayer = LinearLayer(inputCount: inputShape.reduce(1, *), outputCount: hiddenCount, using: &generator)
    outputLayer = LinearLayer(inputCount: hiddenCount, outputCount: classCount, using: &generator)
  }

  /// - Precondition: the hidden layer has an input for each value of an image, and the other one for each hidden unit.
  init(inputShape: [Int], hiddenLayer: LinearLayer, outputLayer: LinearLayer) {
    precondition(hiddenLayer.inputCount == inputShape.reduce(1, *), "a layer for images of another size")
    precondition(outputLayer.inputCount == hiddenLayer.outputCount, "layers that do not fit")
    self.inputShape = inputShape
    self.hiddenLayer = hiddenLayer
    self.outputLayer = outputLayer
  }

  var classCount: Int { outputLayer.outputCount }

  /// The scores of a batch of images: one row for each, one column for each class.
  ///
  /// - Precondition: the images have as many values as `inputShape` says.
  func scores(for images: NDArray<Float>) -> NDArray<Float> {
    let count = images.sampleCount
    return NDArray(unsafeUninitializedShape: [count, classCount]) { scores in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count * hiddenLayer.outputCount) { activations in
        images.withUnsafeBufferPointer {
          computeScores(of: $0, count: count, activations: activations, scores: scores)
        }
      }
    }
  }

  /// Writes the activations of the hidden units, too. The buffers may be longer than the batch needs.
  func computeScores(
    of inputs: UnsafeBufferPointer<Float>, count: Int, activations: UnsafeMutableBufferPointer<Float>,
    scores: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(inputs.count == count * hiddenLayer.inputCount, "images of another size")
    hiddenLayer.apply(to: inputs.baseAddress, count: count, outputs: activations)
    // Not max(0, x), which would hide a NaN.
    for i in 0..<count * hiddenLayer.outputCount { activations[i] = activations[i] < 0 ? 0 : activations[i] }
    outputLayer.apply(to: activations.baseAddress, count: count, outputs: scores)
  }
}
