import BatchUp

/// What a user chooses about training.
struct TrainingOptions: Encodable {
  var epochs = 10
  var batchSize = 64
  var hidden = 128
  var learningRate = 0.1
  var seed: UInt64 = 1
  var workers = 0
  var buffer = 20
}

/// The outcome of one epoch.
struct EpochReport: Codable {
  /// Counted from 1.
  let epoch: Int
  /// The mean over the training samples, each at the time of its batch.
  let loss: Double
  /// The share of validation samples classified wrongly; nil where there are none.
  @Nullable var validationError: Double?
  /// Training samples; validation is not in the time.
  let samplesPerSecond: Double
  /// The share of the training time spent waiting for batches.
  let waitingShare: Double
  /// Of the training samples.
  let digests: EpochDigests

  /// For people.
  func line(of epochCount: Int) -> FieldLine {
    let number = "\(epoch)".padded(to: "\(epochCount)".count)
    let error = validationError.map { "validation error \(($0 * 100).fixed(digits: 2).padded(to: 5)) %" }
    let speed = Int(samplesPerSecond.rounded()).grouped.padded(to: 9)
    return FieldLine(
      fields: ["epoch \(number)/\(epochCount)", "loss \(loss.fixed(digits: 9))"] + [error].compactMap { $0 } + [
        "\(speed) samples/s", "waiting \((waitingShare * 100).fixed(digits: 1).padded(to: 4)) %",
        "digests \(digests.ordered) \(digests.unordered)",
      ])
  }
}

/// The numbers by which two runs can be compared, each as 16 hexadecimal digits, since programs in other languages read
/// long numbers inexactly.
struct EpochDigests: Codable, Hashable {
  /// The same for the same samples in the same order.
  var ordered = ""
  /// The same for the same samples in any order.
  var unordered = ""

  init(_ digest: SampleDigest) {
    let numbers = digest.description.split(separator: " ").map(String.init)
    if numbers.count == 2 { (ordered, unordered) = (numbers[0], numbers[1]) }
  }
}

/// The outcome of a run of the command.
struct TrainingReport: CommandReport {
  let dataSet: String
  let trainingCount: Int
  let validationCount: Int
  let valuesPerSample: Int
  let classCount: Int
  let options: TrainingOptions
  var epochs: [EpochReport] = []
  /// Reading or drawing the data.
  let loadingSeconds: Double
  /// Everything, loading and validation included.
  var seconds = 0.0

  var heading: String {
    "\(dataSet): \(trainingCount.grouped) samples to train on, \(validationCount.grouped) to validate, "
      + "\(valuesPerSample.grouped) values each, \(classCount.grouped) classes"
  }

  var summary: String {
    "\(epochs.count) epochs in \(seconds.fixed(digits: 2)) s, of which loading \(loadingSeconds.fixed(digits: 2)) s"
  }
}
