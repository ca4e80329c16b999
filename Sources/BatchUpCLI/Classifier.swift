import BatchUp

/// A classifier of images: one hidden layer of rectified linear units, and one score per class.
///
/// It computes in Float32 with a fixed order of summation.
final class Classifier {
  private(set) var hiddenLayer: LinearLayer
  private(set) var outputLayer: LinearLayer

  /// Intermediate results of a batch, kept so that only the largest batch allocates.
  private var activations: [Float] = []
  private var activationGradients: [Float] = []
  private var scores: [Float] = []

  init(inputCount: Int, hiddenCount: Int, classCount: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    hiddenLayer = LinearLayer(inputCount: inputCount, outputCount: hiddenCount, using: &generator)
    outputLayer = LinearLayer(inputCount: hiddenCount, outputCount: classCount, using: &generator)
  }

  /// Takes one step of gradient descent; returns the loss before it, summed over the batch.
  ///
  /// - Precondition: the images have `inputCount` values each, and there is a label below `classCount` for each.
  func train(on images: NDArray<Float>, _ labels: NDArray<Int32>, learningRate: Float) -> Double {
    let count = images.sampleCount
    return images.withUnsafeBufferPointer { inputs in
      computeScores(of: inputs, count: count)
      let loss = replaceScoresByGradients(labels: labels)
      outputLayer.backpropagate(scores, count: count, inputGradients: &activationGradients)
      stopGradientsOfInactiveUnits(count: count)
      outputLayer.descend(inputs: activations, outputGradients: scores, count: count, learningRate: learningRate)
      hiddenLayer.descend(
        inputs: inputs.baseAddress, outputGradients: activationGradients, count: count, learningRate: learningRate)
      return loss
    }
  }

  /// How many of the images have a class that scores as high as their label, or scores that are not numbers.
  func errorCount(of images: NDArray<Float>, _ labels: NDArray<Int32>) -> Int {
    images.withUnsafeBufferPointer { computeScores(of: $0, count: images.sampleCount) }
    let classCount = outputLayer.outputCount
    return labels.withUnsafeBufferPointer { labels in
      labels.indices.count { sample in
        let row = sample * classCount..<(sample + 1) * classCount
        let label = row.lowerBound + Int(labels[sample])
        return !row.allSatisfy { $0 == label || scores[$0] < scores[label] }
      }
    }
  }

  private func computeScores(of inputs: UnsafeBufferPointer<Float>, count: Int) {
    precondition(inputs.count == count * hiddenLayer.inputCount, "images of another size")
    makeRoom(count: count)
    hiddenLayer.apply(to: inputs.baseAddress, count: count, outputs: &activations)
    activations.withUnsafeMutableBufferPointer { activations in
      // Not max(0, x), which would hide a NaN.
      for i in activations.indices { activations[i] = activations[i] < 0 ? 0 : activations[i] }
    }
    outputLayer.apply(to: activations, count: count, outputs: &scores)
  }

  private func replaceScoresByGradients(labels: NDArray<Int32>) -> Double {
    scores.withUnsafeMutableBufferPointer { scores in
      labels.withUnsafeBufferPointer { labels in
        crossEntropyGradient(ofScores: scores, labels: labels, classCount: outputLayer.outputCount)
      }
    }
  }

  private func stopGradientsOfInactiveUnits(count: Int) {
    activations.withUnsafeBufferPointer { activations in
      activationGradients.withUnsafeMutableBufferPointer { gradients in
        for i in 0..<count * hiddenLayer.outputCount {
          // Read in any case: a loop that reads only some of the gradients is not vectorized.
          let gradient = gradients[i]
          gradients[i] = activations[i] > 0 ? gradient : 0
        }
      }
    }
  }

  private func makeRoom(count: Int) {
    let activationCount = count * hiddenLayer.outputCount
    if activations.count >= activationCount { return }
    activations = Array(repeating: 0, count: activationCount)
    activationGradients = activations
    scores = Array(repeating: 0, count: count * outputLayer.outputCount)
  }
}
