import BatchUp

/// Trains a classifier epoch by epoch, and validates it after each.
struct Trainer {
  private let data: TrainingData
  private let options: TrainingOptions
  private let training: TrainingData.Samples
  private let validation: TrainingData.Samples
  private let trainingCount: Int
  private let validationCount: Int
  private let classifierTraining: ClassifierTraining
  /// Nil where the batches are made between the steps of the training.
  private let workers: WorkerPool?

  private static let validationBatchSize = 256

  /// - Parameter validationCount: how many samples from the end of the data are for validation; nil for a tenth.
  init(data: TrainingData, validationCount: Int?, options: TrainingOptions) throws {
    let sampleCount = data.sampleCount
    let validationCount = validationCount ?? sampleCount / 10
    guard validationCount < sampleCount else {
      throw TrainingError.nothingToTrainOn(validationCount: validationCount, sampleCount: sampleCount)
    }
    self.data = data
    self.options = options
    self.validationCount = validationCount
    trainingCount = sampleCount - validationCount
    training = try data.samples(0..<trainingCount)
    validation = try data.samples(trainingCount..<sampleCount)
    try options.requireMemory(
      for: data,
      largestBatch: max(min(options.batchSize, trainingCount), min(Self.validationBatchSize, validationCount)))
    classifierTraining = ClassifierTraining(
      Classifier(
        inputShape: data.images.rowShape, hiddenCount: options.hidden, classCount: data.classCount,
        seed: options.seed))
    workers = options.workers > 0 ? WorkerPool(workerCount: options.workers) : nil
  }

  /// What has been learnt so far.
  var classifier: Classifier { classifierTraining.classifier }

  /// - Throws: `TrainingError.diverged`
  func trainOneEpoch(_ epoch: Int) throws -> EpochReport {
    let waiting = Stopwatch()
    let batches = training.batches(of: options.batchSize, shuffle: .seed(options.seed, epoch: epoch))
    let start = ContinuousClock.now
    let lossSum =
      if let workers {
        try lossSum(
          of: epoch, batches.prefetched(by: workers, buffering: options.buffer).timed(by: waiting))
      } else {
        try lossSum(of: epoch, batches.timed(by: waiting))
      }
    let duration = ContinuousClock.now - start

    return EpochReport(
      epoch: epoch, loss: lossSum / Double(trainingCount), validationError: try validationError(),
      samplesPerSecond: Double(trainingCount) / duration.inSeconds, waitingShare: waiting.total / duration)
  }

  /// Trains on the batches of one epoch.
  private func lossSum(
    of epoch: Int, _ batches: some Sequence<(NDArray<Float>, NDArray<Int32>)>
  ) throws(TrainingError) -> Double {
    var progress = ProgressCounter(
      totalCount: trainingCount, observer: TerminalProgress(label: "epoch \(epoch)/\(options.epochs)"))
    var lossSum = 0.0
    for (images, labels) in batches {
      lossSum += classifierTraining.train(on: images, labels, learningRate: Float(options.learningRate))
      guard lossSum.isFinite else {
        throw .diverged(epoch: epoch, learningRate: options.learningRate)
      }
      progress.advance(by: images.sampleCount)
    }
    progress.finish()
    return lossSum
  }

  private func validationError() throws -> Double? {
    if validationCount == 0 { return nil }
    return try validation.batches(of: Self.validationBatchSize).mean { images, labels in
      classifierTraining.errorCount(of: images, labels)
    }
  }

  /// What there is to say before the first epoch.
  func report(loading: Duration) -> TrainingReport {
    TrainingReport(
      dataSet: data.name, trainingCount: trainingCount, validationCount: validationCount,
      valuesPerSample: data.valuesPerSample, classCount: data.classCount, options: options,
      loadingSeconds: loading.inSeconds)
  }
}

extension TrainingOptions {
  /// Stops what could only end in a failed allocation or in sizes that OpenBLAS's 32-bit integers cannot express.
  fileprivate func requireMemory(for data: TrainingData, largestBatch: Int) throws(TrainingError) {
    let limit = Classifier.weightLimit
    let inputs = data.valuesPerSample
    guard Classifier.isWithinLimit(inputs: inputs, hidden: hidden, classes: data.classCount) else {
      throw .modelTooLarge(inputs: inputs, hidden: hidden, classes: data.classCount, limit: limit)
    }
    if largestBatch * max(hidden, inputs, data.classCount) > 4 * limit {
      throw .batchTooLarge(batchSize: largestBatch, hidden: hidden, limit: 4 * limit)
    }
  }
}
