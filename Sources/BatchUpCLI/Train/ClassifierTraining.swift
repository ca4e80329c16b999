import BatchUp

/// Trains a classifier batch by batch.
final class ClassifierTraining {
  private(set) var classifier: Classifier

  /// Intermediate results of a batch, kept so that only the largest batch allocates.
  private var activations: [Float] = []
  private var activationGradients: [Float] = []
  private var scores: [Float] = []

  init(_ classifier: Classifier) {
    self.classifier = classifier
  }

  /// Takes one step of gradient descent; returns the loss before it, summed over the batch.
  ///
  /// - Precondition: the images have as many values as the classifier takes, and for each there is a label below
  ///   `classCount`.
  func train(on images: NDArray<Float>, _ labels: NDArray<Int32>, learningRate: Float) -> Double {
    let count = images.sampleCount
    return images.withUnsafeBufferPointer { inputs in
      computeScores(of: inputs, count: count)
      let loss = replaceScoresByGradients(labels: labels)
      classifier.outputLayer.backpropagate(scores, count: count, inputGradients: &activationGradients)
      stopGradientsOfInactiveUnits(count: count)
      classifier.outputLayer.descend(
        inputs: activations, outputGradients: scores, count: count, learningRate: learningRate)
      classifier.hiddenLayer.descend(
        inputs: inputs.baseAddress, outputGradients: activationGradients, count: count, learningRate: learningRate)
      return loss
    }
  }

  /// As above, for a batch of which each rank has a part: the step is one against the gradients of the whole batch.
  ///
  /// All ranks have the same weights before and after.
  ///
  /// - Parameter isStopping: Whether this rank is to stop behind the step; asked as late as all can still hear of it.
  /// - Returns: The loss of the part, and whether any rank is to stop.
  func train(
    on images: NDArray<Float>, _ labels: NDArray<Int32>, learningRate: Float, over ranks: Ranks,
    isStopping: () -> Bool
  ) throws -> (loss: Double, isStopping: Bool) {
    if ranks.count == 1 { return (train(on: images, labels, learningRate: learningRate), isStopping()) }
    var (loss, changes) = changes(for: images, labels, learningRate: learningRate)
    changes += [isStopping() ? 1 : 0, Float(images.sampleCount)]
    try ranks.sum(&changes)
    let scale = 1 / (changes.popLast() ?? 1)
    let isAnyStopping = changes.popLast() != 0
    let outputCount = classifier.outputLayer.parameterCount
    classifier.outputLayer.descend(by: changes[..<outputCount], scale: scale)
    classifier.hiddenLayer.descend(by: changes[outputCount...], scale: scale)
    return (loss, isAnyStopping)
  }

  /// The loss of some samples, and what their gradients change in the velocities of the output layer and of the hidden
  /// one, both summed over the samples.
  private func changes(
    for images: NDArray<Float>, _ labels: NDArray<Int32>, learningRate: Float
  ) -> (loss: Double, changes: [Float]) {
    let (output, hidden) = (classifier.outputLayer, classifier.hiddenLayer)
    let count = images.sampleCount
    // A rank's part of a short batch may be empty.
    if count == 0 { return (0, Array(repeating: 0, count: output.parameterCount + hidden.parameterCount)) }
    // The gradients are those of the mean over the part.
    let rate = learningRate * Float(count)
    return images.withUnsafeBufferPointer { inputs in
      computeScores(of: inputs, count: count)
      let loss = replaceScoresByGradients(labels: labels)
      output.backpropagate(scores, count: count, inputGradients: &activationGradients)
      stopGradientsOfInactiveUnits(count: count)
      let changes =
        output.changes(inputs: activations, outputGradients: scores, count: count, learningRate: rate)
        + hidden.changes(
          inputs: inputs.baseAddress, outputGradients: activationGradients, count: count, learningRate: rate)
      return (loss, changes)
    }
  }

  /// How many of the images have a class that scores as high as their label, or scores that are not numbers.
  func errorCount(of images: NDArray<Float>, _ labels: NDArray<Int32>) -> Int {
    images.withUnsafeBufferPointer { computeScores(of: $0, count: images.sampleCount) }
    let classCount = classifier.classCount
    return labels.withUnsafeBufferPointer { labels in
      labels.indices.count { sample in
        let row = sample * classCount..<(sample + 1) * classCount
        let label = row.lowerBound + Int(labels[sample])
        return !row.allSatisfy { $0 == label || scores[$0] < scores[label] }
      }
    }
  }

  private func computeScores(of inputs: UnsafeBufferPointer<Float>, count: Int) {
    makeRoom(count: count)
    activations.withUnsafeMutableBufferPointer { activations in
      scores.withUnsafeMutableBufferPointer { scores in
        classifier.computeScores(of: inputs, count: count, activations: activations, scores: scores)
      }
    }
  }

  private func replaceScoresByGradients(labels: NDArray<Int32>) -> Double {
    scores.withUnsafeMutableBufferPointer { scores in
      labels.withUnsafeBufferPointer { labels in
        crossEntropyGradient(ofScores: scores, labels: labels, classCount: classifier.classCount)
      }
    }
  }

  private func stopGradientsOfInactiveUnits(count: Int) {
    activations.withUnsafeBufferPointer { activations in
      activationGradients.withUnsafeMutableBufferPointer { gradients in
        for i in 0..<count * classifier.hiddenLayer.outputCount {
          // Read in any case: a loop that reads only some of the gradients is not vectorized.
          let gradient = gradients[i]
          gradients[i] = activations[i] > 0 ? gradient : 0
        }
      }
    }
  }

  private func makeRoom(count: Int) {
    let activationCount = count * classifier.hiddenLayer.outputCount
    if activations.count >= activationCount { return }
    activations = Array(repeating: 0, count: activationCount)
    activationGradients = activations
    scores = Array(repeating: 0, count: count * classifier.classCount)
  }
}
