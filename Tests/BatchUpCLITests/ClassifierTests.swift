import BatchUp
import Foundation
import Testing

@testable import BatchUpCLI

/// Two layers in Float64, written for clarity, to compare the classifier with.
private struct ReferenceNetwork {
  var parameters: [Double]
  let inputCount: Int
  let hiddenCount: Int
  let classCount: Int

  init(_ classifier: Classifier) {
    let hidden = classifier.hiddenLayer
    let output = classifier.outputLayer
    parameters = classifier.parameters.map(Double.init)
    inputCount = hidden.inputCount
    hiddenCount = hidden.outputCount
    classCount = output.outputCount
  }

  func scores(of image: [Double]) -> [Double] {
    let hidden = layer(image, outputCount: hiddenCount, at: 0).map { max($0, 0) }
    return layer(hidden, outputCount: classCount, at: (inputCount + 1) * hiddenCount)
  }

  private func layer(_ inputs: [Double], outputCount: Int, at offset: Int) -> [Double] {
    (0..<outputCount).map { output in
      let bias = parameters[offset + inputs.count * outputCount + output]
      return inputs.indices.reduce(bias) { $0 + inputs[$1] * parameters[offset + $1 * outputCount + output] }
    }
  }

  func meanLoss(_ images: [[Double]], _ labels: [Int32]) -> Double {
    let losses = zip(images, labels).map { image, label in
      let scores = scores(of: image)
      return log(scores.reduce(0) { $0 + exp($1) }) - scores[Int(label)]
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  /// Central differences: with steps of 1e-6, off by about 1e-10.
  func gradients(_ images: [[Double]], _ labels: [Int32]) -> [Double] {
    let step = 1e-6
    return parameters.indices.map { i in
      var up = self
      var down = self
      up.parameters[i] += step
      down.parameters[i] -= step
      return (up.meanLoss(images, labels) - down.meanLoss(images, labels)) / (2 * step)
    }
  }
}

extension Classifier {
  fileprivate var parameters: [Float] {
    hiddenLayer.weights + hiddenLayer.biases + outputLayer.weights + outputLayer.biases
  }
}

@Suite struct ClassifierTests {
  private let inputCount = 5
  private let images: [[Double]]
  private let labels: [Int32] = [0, 2, 1, 1, 0, 2, 2]
  private let imageBatch: NDArray<Float>
  private let labelBatch: NDArray<Int32>

  init() {
    var generator = SeededGenerator(seed: 17)
    let inputCount = inputCount
    let scalars = (0..<inputCount * labels.count).map { _ in generator.float(in: -1...1) }
    images = labels.indices.map { i in scalars[i * inputCount..<(i + 1) * inputCount].map(Double.init) }
    imageBatch = NDArray(scalars, shape: [labels.count, inputCount])
    labelBatch = NDArray(labels)
  }

  private func makeTraining(seed: UInt64 = 3) -> ClassifierTraining {
    ClassifierTraining(Classifier(inputShape: [inputCount], hiddenCount: 6, classCount: 3, seed: seed))
  }

  @Test func stepsFollowTheGradientsWithMomentum() {
    let training = makeTraining()
    var velocities = [Double](repeating: 0, count: training.classifier.parameters.count)
    for step in 1...3 {
      let reference = ReferenceNetwork(training.classifier)
      let gradients = reference.gradients(images, labels)
      #expect(gradients.contains { abs($0) > 0.1 })
      velocities = zip(velocities, gradients).map { 0.9 * $0 - 0.25 * $1 }

      let loss = training.train(on: imageBatch, labelBatch, learningRate: 0.25)

      // A few Float32 roundings of numbers about 1, each up to 6e-8.
      #expect(abs(loss / Double(labels.count) - reference.meanLoss(images, labels)) < 1e-6, "loss of step \(step)")
      for (i, parameter) in training.classifier.parameters.enumerated() {
        let expected = reference.parameters[i] + velocities[i]
        #expect(abs(Double(parameter) - expected) < 2e-6, "parameter \(i) after step \(step)")
      }
    }
  }

  @Test func errorsAreCountedAsByTheReference() {
    for seed in UInt64(0)..<20 {
      let training = makeTraining(seed: seed)
      let reference = ReferenceNetwork(training.classifier)
      let expected = zip(images, labels).count { image, label in
        let scores = reference.scores(of: image)
        let others = scores.indices.filter { $0 != Int(label) }
        return others.contains { scores[$0] >= scores[Int(label)] }
      }
      #expect(training.errorCount(of: imageBatch, labelBatch) == expected)
    }
  }

  @Test func smallerBatchesAfterLargerOnesUseOnlyTheirOwnSamples() {
    let first = makeTraining()
    let second = makeTraining()
    let small = (imageBatch[rows: 2..<4], labelBatch[rows: 2..<4])
    _ = first.errorCount(of: imageBatch, labelBatch)
    let firstLoss = first.train(on: small.0, small.1, learningRate: 0.1)
    let secondLoss = second.train(on: small.0, small.1, learningRate: 0.1)
    #expect(firstLoss == secondLoss)
    #expect(first.classifier.parameters == second.classifier.parameters)
  }

  /// The same for any batch, and the same as the scores that training computes.
  @Test func scoresAreThoseOfTheReference() {
    let classifier = makeTraining().classifier
    let reference = ReferenceNetwork(classifier)
    let scores = classifier.scores(for: imageBatch)
    #expect(scores.shape == [labels.count, 3])
    for (i, image) in images.enumerated() {
      for (c, expected) in reference.scores(of: image).enumerated() {
        // Twelve products and sums of numbers about 1, each rounded to Float32.
        #expect(abs(Double(scores[i, c]) - expected) < 1e-5)
      }
    }
    #expect(classifier.scores(for: imageBatch[rows: 0..<0]).shape == [0, 3])
  }

  @Test func scoresOnSeveralThreadsAreTheSame() async {
    let classifier = makeTraining().classifier
    let images = imageBatch
    let expected = classifier.scores(for: images)
    let results = await withTaskGroup(of: NDArray<Float>.self) { group in
      for _ in 0..<16 { group.addTask { classifier.scores(for: images) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.count == 16 && results.allSatisfy { $0 == expected })
  }

  @Test func theLossDecreases() throws {
    let digits = SyntheticDigits(seed: 5)
    let source = try ArraySource(RescaledBytes(digits.images(count: 100)), digits.labels(count: 100))
    let training = ClassifierTraining(Classifier(inputShape: [28, 28], hiddenCount: 16, classCount: 10, seed: 1))
    let losses = (0..<6).map { epoch in
      var loss = 0.0
      for (images, labels) in source.batches(of: 20, shuffle: .seed(1, epoch: epoch)) {
        loss += training.train(on: images, labels, learningRate: 0.05)
      }
      return loss / 100
    }
    #expect(losses[0] > 1.5)
    #expect(losses[5] < losses[0] / 2)
  }

  @Test func overflowShowsInTheLoss() {
    let training = makeTraining()
    let huge = NDArray<Float>(repeating: 3e38, shape: [labels.count, inputCount])
    let losses = (0..<3).map { _ in training.train(on: huge, labelBatch, learningRate: 1) }
    #expect(losses.contains { !$0.isFinite })
    #expect(training.errorCount(of: huge, labelBatch) == labels.count)
  }

  @Test func theFirstWeightsAreNormallyDistributed() {
    var generator = SeededGenerator(seed: 9)
    let numbers = normalNumbers(count: 40_001, deviation: 2, using: &generator).map(Double.init)
    #expect(numbers.count == 40_001)
    let mean = numbers.reduce(0, +) / 40_001
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / 40_001
    // Four standard errors: 2 / 200 for the mean, 4 * sqrt(2) / 200 for the variance.
    #expect(abs(mean) < 0.04)
    #expect(abs(variance - 4) < 0.12)
    #expect(numbers.count { abs($0) < 2 } > 27_000)  // 68.3 % of them
    #expect(numbers.allSatisfy { abs($0) < 12 })
  }
}
