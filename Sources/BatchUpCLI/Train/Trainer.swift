import BatchUp

/// Trains a classifier epoch by epoch, and validates it after each.
struct Trainer {
  private let data: TrainingData
  private let options: TrainingOptions
  private let training: TrainingData.Samples
  private let validation: TrainingData.Samples
  private let trainingCount: Int
  private let validationCount: Int
  private let ranks: Ranks
  private let classifierTraining: ClassifierTraining
  /// Nil where the batches are made between the steps of the training.
  private let workers: WorkerPool?
  /// Nil where none are written.
  private let checkpoints: CheckpointFile?
  /// What an earlier run has left to go on from.
  private let found: TrainingProgress?

  private static let validationBatchSize = 256

  /// - Parameters:
  ///   - validationCount: how many samples from the end of the data are for validation; nil for a tenth.
  ///   - checkpoint: where to go on from, if that file is there, and to write how far the training has come.
  /// - Throws: among others, `ToolError` where the file is damaged or of another training.
  init(
    data: TrainingData, validationCount: Int?, options: TrainingOptions, checkpoint: CheckpointFile.Place? = nil,
    ranks: Ranks = .alone
  ) throws {
    self.ranks = ranks
    let sampleCount = data.sampleCount
    let validationCount = validationCount ?? sampleCount / 10
    guard validationCount < sampleCount else {
      throw ToolError("--validation-count \(validationCount) leaves none of the \(sampleCount) samples to train on")
    }
    self.data = data
    self.options = options
    self.validationCount = validationCount
    trainingCount = sampleCount - validationCount
    try ranks.requireSame(
      "training on \(trainingCount) samples of shape \(data.imageShape) in \(data.classCount) classes and validation on "
        + "\(validationCount), in batches of \(options.batchSize) for \(options.epochs) epochs with \(options.hidden) hidden "
        + "units, learning rate \(options.learningRate) and seed \(options.seed)")
    training = try data.samples(0..<trainingCount)
    validation = try data.samples(trainingCount..<sampleCount)
    try options.requireMemory(
      for: data,
      largestBatch: max(min(options.batchSize, trainingCount), min(Self.validationBatchSize, validationCount)))
    checkpoints = checkpoint.map { place in
      CheckpointFile(place, setup: TrainingSetup(data: data, validationCount: validationCount, options: options))
    }
    let checkpoint = try checkpoints?.read(epochLimit: options.epochs)
    if let checkpoints { try ranks.requireSame(checkpoint?.digest, of: checkpoints.path) }
    found = checkpoint?.progress
    classifierTraining = ClassifierTraining(
      checkpoint?.classifier
        ?? Classifier(
          inputShape: data.imageShape, hiddenCount: options.hidden, classCount: data.classCount,
          seed: options.seed))
    workers = options.workers > 0 ? WorkerPool(workerCount: options.workers) : nil
  }

  /// What has been learnt so far.
  var classifier: Classifier { classifierTraining.classifier }

  /// The outcomes of the epochs that an earlier run has finished.
  var finishedEpochs: [EpochReport] { found?.epochs ?? [] }

  /// Trains one epoch, or what is left of it, and writes a checkpoint behind it.
  ///
  /// - Parameter earlier: The outcomes of the epochs before this one.
  /// - Throws: `ToolError`, where the loss is no longer finite among others.
  func trainOneEpoch(_ epoch: Int, after earlier: [EpochReport]) throws -> EpochReport {
    let waiting = Stopwatch()
    var sums = EpochSums(epoch: epoch, earlier: earlier)
    var batches = part.batches(of: options.batchSize, shuffle: .seed(options.seed, epoch: epoch)).accounted()
    let totalCount = batches.sampleCount.finite
    if let unfinished = found?.unfinished?.part(of: ranks), earlier.count == found?.epochs.count {
      sums.lossSum = unfinished.lossSum
      do { batches = try batches.resuming(unfinished.iteration) } catch {
        throw ToolError("\(checkpoints?.path ?? ""): \(error)")
      }
    }
    var progress = ProgressCounter(
      completedCount: totalCount - batches.sampleCount.finite, totalCount: totalCount,
      observer: ranks.progress("epoch \(epoch)/\(options.epochs)"))
    let start = ContinuousClock.now
    if let workers {
      var iterator = waiting.measure { batches.prefetched(by: workers, buffering: options.buffer).makeIterator() }
      try train(on: &iterator, &sums, &progress, waiting)
    } else {
      var iterator = waiting.measure { batches.makeIterator() }
      try train(on: &iterator, &sums, &progress, waiting)
    }
    progress.finish()
    try ranks.add(up: &sums)
    let duration = ContinuousClock.now - start

    let outcome = EpochReport(
      epoch: epoch, loss: sums.lossSum / Double(trainingCount), validationError: try validationError(),
      samplesPerSecond: Double(sums.sampleCount) / duration.inSeconds, waitingShare: waiting.total / duration,
      digests: EpochDigests(sums.digest))
    if let checkpoints { try write(TrainingProgress(epochs: earlier + [outcome]), to: checkpoints) }
    return outcome
  }

  /// Writes what all ranks have, on the first one, before a signal ends any of them.
  private func write(_ progress: TrainingProgress, to checkpoints: CheckpointFile) throws {
    if ranks.isFirst { try checkpoints.write(classifier, progress) }
    try ranks.wait()
    StopSignals.stopIfArrived()
  }

  /// What this rank has of each batch.
  private var part: ShardedSource<TrainingData.Samples> {
    training.sharded(rank: ranks.rank, of: ranks.count, end: .uneven)
  }

  /// Trains on the batches that are left of an epoch.
  private func train(
    on batches: inout some StatefulIterator<(NDArray<Float>, NDArray<Int32>)>, _ sums: inout EpochSums,
    _ progress: inout ProgressCounter, _ waiting: Stopwatch
  ) throws {
    while let (images, labels) = waiting.measure({ batches.next() }) {
      let (loss, isStopping) = try classifierTraining.train(
        on: images, labels, learningRate: Float(options.learningRate), over: ranks,
        isStopping: { StopSignals.hasArrived })
      sums.lossSum += loss
      guard sums.lossSum.isFinite else {
        throw ToolError(
          "the loss is no longer finite in epoch \(sums.epoch): "
            + "choose a --learning-rate below \(options.learningRate)")
      }
      sums.sampleCount += images.sampleCount
      progress.advance(by: images.sampleCount)
      if let checkpoints, isStopping || checkpoints.isDue(behind: batches.state.batchCount) {
        try write(sums.progress(at: batches.state, of: ranks), to: checkpoints)
      }
    }
    sums.digest = batches.digest ?? SampleDigest()
  }

  private func validationError() throws -> Double? {
    if validationCount == 0 { return nil }
    return try ranks.mean(of: validation, batchSize: Self.validationBatchSize) { images, labels in
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

extension SampleCount {
  /// Arrays that are gone through once have an end.
  fileprivate var finite: Int {
    guard case .finite(let count) = self else { preconditionFailure("an epoch of training has no end") }
    return count
  }
}

extension TrainingOptions {
  /// Stops what could only end in a failed allocation or in sizes that OpenBLAS's 32-bit integers cannot express.
  fileprivate func requireMemory(for data: TrainingData, largestBatch: Int) throws(ToolError) {
    let (inputs, classes) = (data.valuesPerSample, data.classCount)
    guard Classifier.isWithinLimit(inputs: inputs, hidden: hidden, classes: classes) else {
      throw ToolError(
        "\(inputs) values per image, \(hidden) hidden units and \(classes) classes make more than "
          + "\(Classifier.weightLimit) parameters: choose a smaller --hidden")
    }
    guard Classifier.isWithinLimit(batchSize: largestBatch, inputs: inputs, hidden: hidden, classes: classes) else {
      throw ToolError(
        "batches of \(largestBatch) with \(hidden) hidden units need more than "
          + "\(Classifier.batchValueLimit) intermediate values: choose a smaller --batch-size or --hidden")
    }
  }
}
