import COpenBLAS

/// outputs = inputs x weights + biases for a batch of samples in rows, trained by gradient descent with momentum.
struct LinearLayer {
  let inputCount: Int
  let outputCount: Int
  /// One row per input, one column per output.
  private(set) var weights: [Float]
  private(set) var biases: [Float]
  /// Empty before the first step.
  private(set) var weightVelocities: [Float] = []
  private(set) var biasVelocities: [Float] = []

  /// The share of the last step that is gone again in the next one.
  private static let momentum: Float = 0.9

  /// Biases of 0 and normally distributed weights of variance 2 / `inputCount` (He et al. 2015, for ReLU).
  init(inputCount: Int, outputCount: Int, using generator: inout some RandomNumberGenerator) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    let deviation = (2 / Float(inputCount)).squareRoot()
    weights = normalNumbers(count: inputCount * outputCount, deviation: deviation, using: &generator)
    biases = Array(repeating: 0, count: outputCount)
  }

  /// A layer that has been trained; with the velocities of its last step, to be trained further.
  ///
  /// - Precondition: there is a bias for each output, and for each input a row of as many weights; and as many
  ///   velocities, or none.
  init(
    weights: [Float], biases: [Float], inputCount: Int, weightVelocities: [Float] = [], biasVelocities: [Float] = []
  ) {
    precondition(weights.count == inputCount * biases.count, "weights for another number of inputs or outputs")
    precondition(
      weightVelocities.isEmpty && biasVelocities.isEmpty
        || weightVelocities.count == weights.count && biasVelocities.count == biases.count,
      "velocities of another layer")
    self.weightVelocities = weightVelocities
    self.biasVelocities = biasVelocities
    self.inputCount = inputCount
    outputCount = biases.count
    self.weights = weights
    self.biases = biases
  }

  /// Writes the outputs of `count` samples to the beginning of a buffer.
  func apply(to inputs: UnsafePointer<Float>?, count: Int, outputs: UnsafeMutableBufferPointer<Float>) {
    for sample in 0..<count {
      _ = outputs.extracting((sample * outputCount)...).update(from: biases)
    }
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(count), blasint(outputCount), blasint(inputCount),
      1, inputs, blasint(inputCount), weights, blasint(outputCount),
      1, outputs.baseAddress, blasint(outputCount))
  }

  /// Writes the gradients of the inputs of `count` samples, given those of their outputs.
  func backpropagate(_ outputGradients: [Float], count: Int, inputGradients: inout [Float]) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(count), blasint(inputCount), blasint(outputCount),
      1, outputGradients, blasint(outputCount), weights, blasint(outputCount),
      0, &inputGradients, blasint(inputCount))
  }

  /// Takes one step against the gradients that follow from those of the outputs.
  ///
  /// The product that makes the gradients updates the velocities, too: momentum * velocity - rate * gradient.
  mutating func descend(
    inputs: UnsafePointer<Float>?, outputGradients: [Float], count: Int, learningRate: Float
  ) {
    if weightVelocities.isEmpty {
      weightVelocities = Array(repeating: 0, count: weights.count)
      biasVelocities = Array(repeating: 0, count: biases.count)
    }
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(inputCount), blasint(outputCount), blasint(count),
      -learningRate, inputs, blasint(inputCount), outputGradients, blasint(outputCount),
      Self.momentum, &weightVelocities, blasint(outputCount))
    for output in biasVelocities.indices { biasVelocities[output] *= Self.momentum }
    for sample in 0..<count {
      for output in biasVelocities.indices {
        biasVelocities[output] -= learningRate * outputGradients[sample * outputCount + output]
      }
    }
    add(weightVelocities, to: &weights)
    add(biasVelocities, to: &biases)
  }

  /// The number of weights and biases.
  var parameterCount: Int { weights.count + biases.count }

  /// - rate * gradient, of the weights and then of the biases: what a step adds to the velocities.
  func changes(
    inputs: UnsafePointer<Float>?, outputGradients: [Float], count: Int, learningRate: Float
  ) -> [Float] {
    var changes = Array(repeating: Float(0), count: parameterCount)
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(inputCount), blasint(outputCount), blasint(count),
      -learningRate, inputs, blasint(inputCount), outputGradients, blasint(outputCount),
      0, &changes, blasint(outputCount))
    for sample in 0..<count {
      for output in 0..<outputCount {
        changes[weights.count + output] -= learningRate * outputGradients[sample * outputCount + output]
      }
    }
    return changes
  }

  /// Takes one step, given its changes divided by `scale`.
  mutating func descend(by changes: ArraySlice<Float>, scale: Float) {
    let split = changes.startIndex + weights.count
    Self.descend(by: changes[..<split], scale: scale, &weightVelocities, &weights)
    Self.descend(by: changes[split...], scale: scale, &biasVelocities, &biases)
  }

  private static func descend(
    by changes: ArraySlice<Float>, scale: Float, _ velocities: inout [Float], _ values: inout [Float]
  ) {
    if velocities.isEmpty { velocities = Array(repeating: 0, count: values.count) }
    for (i, change) in zip(values.indices, changes) { velocities[i] = momentum * velocities[i] + scale * change }
    add(velocities, to: &values)
  }
}

private func add(_ changes: [Float], to values: inout [Float]) {
  changes.withUnsafeBufferPointer { changes in
    values.withUnsafeMutableBufferPointer { values in
      for i in values.indices { values[i] += changes[i] }
    }
  }
}
