import BatchUp

/// What a training needs to go on as if it had not been stopped.
struct TrainingCheckpoint {
  /// With the velocities of its layers.
  let classifier: Classifier
  let progress: TrainingProgress
  /// Of all that is in it.
  let digest: UInt64
}

/// How far a training has come.
struct TrainingProgress: Codable {
  /// The outcomes of the epochs that are finished.
  var epochs: [EpochReport]
  /// The epoch behind them, where it has begun.
  var unfinished: Unfinished?

  struct Unfinished: Codable {
    /// Of the samples that were delivered to each rank, in the order of the ranks.
    var lossSums: [Double]
    /// With the digest of all ranks.
    var iteration: IterationState

    /// Where a rank goes on. There may be more ranks than before, or fewer: then the first one takes all sums. With as
    /// many, each takes its own again, so that the epoch ends with the same bits.
    func part(of ranks: Ranks) -> (lossSum: Double, iteration: IterationState) {
      let sums = lossSums.count == ranks.count ? lossSums : [lossSums.reduce(0, +)]
      var iteration = iteration
      if !ranks.isFirst { iteration.digest = SampleDigest() }
      return (ranks.rank < sums.count ? sums[ranks.rank] : 0, iteration)
    }
  }
}

/// All that the losses depend on. A checkpoint fits a training with an equal one.
struct TrainingSetup: Codable, Equatable {
  let imageShape: [Int]
  let trainingCount: Int
  let validationCount: Int
  let classCount: Int
  /// Of the images and labels, byte for byte.
  let dataDigest: UInt64
  let batchSize: Int
  let hidden: Int
  let learningRate: Double
  let seed: UInt64

  /// - Complexity: O(bytes of the data).
  init(data: TrainingData, validationCount: Int, options: TrainingOptions) {
    imageShape = data.imageShape
    trainingCount = data.sampleCount - validationCount
    self.validationCount = validationCount
    classCount = data.classCount
    var digest = ByteDigest()
    switch data.images {
    case .bytes(let bytes): digest.combine(bytes)
    case .numbers(let numbers): digest.combine(numbers)
    }
    digest.combine(data.labels)
    dataDigest = digest.word
    batchSize = options.batchSize
    hidden = options.hidden
    learningRate = options.learningRate
    seed = options.seed
  }

  /// The first thing that differs, as it is here and there.
  func difference(from other: TrainingSetup) -> (what: String, expected: String, found: String)? {
    let all: [(what: String, expected: String, found: String)] = [
      ("image shape", "\(imageShape)", "\(other.imageShape)"),
      ("number of training samples", "\(trainingCount)", "\(other.trainingCount)"),
      ("number of validation samples", "\(validationCount)", "\(other.validationCount)"),
      ("number of classes", "\(classCount)", "\(other.classCount)"),
      ("digest of the data", "\(dataDigest)", "\(other.dataDigest)"),
      ("--batch-size", "\(batchSize)", "\(other.batchSize)"),
      ("--hidden", "\(hidden)", "\(other.hidden)"),
      ("--learning-rate", "\(learningRate)", "\(other.learningRate)"),
      ("--seed", "\(seed)", "\(other.seed)"),
    ]
    return all.first { $0.expected != $0.found }
  }
}
