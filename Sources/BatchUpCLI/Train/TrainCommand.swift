import ArgumentParser
import BatchUp
import BatchUpDatasets
import BatchUpFiles
import BatchUpSystem

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a classifier with one hidden layer from BatchUp's batches.",
    discussion: """
      Without files or the name of a data set (see batchup help datasets), the data are 20,000 synthetic digits: \
      images of 28 x 28 that the program draws, the same in every run. The same options and seed give the same losses \
      again.

      EXAMPLES:
        batchup train
        batchup train --dataset mnist
        batchup train --epochs 3 --hidden 256 --learning-rate 0.05
        batchup train --images train-images.gz --labels train-labels.gz
        batchup train --images images.npy --labels table.csv --labels-array class
        batchup train --workers 1 --buffer 8
        batchup train --save classifier.safetensors
        batchup train --checkpoint training.checkpoint --checkpoint-every 100
        batchup train --json > report.json
        mpirun -np 4 batchup train --mpi

      Images and labels are those of an .npy, .npz, HDF5, MATLAB (version 5), safetensors, IDX or CSV file (the last two \
      plain or gzip-compressed), by its contents. Images are integers from 0 to 255, or truth values or floating-point \
      numbers from 0 to 1; labels are whole numbers, or a column of texts in a CSV file, which become numbers in the \
      order of their bytes.

      \(CSVOptions.discussion)

      With --mpi, each rank takes its part of every batch, and their gradients are added up. The losses are the same \
      on all ranks and in every run with as many of them, but differ in the last digits from those of one process.

      Each epoch is reported by its mean loss, the share of validation samples that are classified wrongly, the \
      training samples per second, the share of the training time spent waiting for batches, and two digests of the \
      training samples: one that depends on their order, and one that does not. Runs with equal digests have trained on \
      the same samples.

      The object that --json writes has the members data_set, training_count, validation_count, values_per_sample, \
      class_count, options, epochs (each with epoch, loss, validation_error, samples_per_second, waiting_share and \
      digests: ordered and unordered), loading_seconds and seconds. Shares and error rates are from 0 to 1; \
      validation_error is null where there are no validation samples.

      The file of --save has the tensors hidden.weight, hidden.bias, output.weight and output.bias, as PyTorch has \
      them: a row of weights for each output. Its metadata are format, version, input_shape, value_range (what the \
      bytes of an image become) and class_count.

      A run with --checkpoint that was stopped, even by a crash, goes on when the same command is given again, and ends \
      with the same losses, digests and classifier as if it had not been stopped. --epochs, --workers and --buffer may \
      be others. On Ctrl-C, SIGTERM or SIGHUP a checkpoint of the last step is written; a second one ends it at once.

      With --mpi, the first rank writes the checkpoint, which all ranks read. There may be more or fewer of them than \
      before: they go on with the same samples, and as many of them with the same losses. mpirun hands a signal on, and \
      kills all ranks a second later; its option --mca odls_base_sigkill_timeout 60 makes that a minute.
      """)

  @Option(
    help: .init("Train on the images in this file.", valueName: "file"),
    completion: .file())
  var images: String?

  @Option(
    help: .init("The labels of the images, 0 to 999, in this file, which may be the same.", valueName: "file"),
    completion: .file())
  var labels: String?

  @OptionGroup var arrays: ArrayOptions

  @Option(help: .init("Train on this data set, which is fetched where it is not there.", valueName: "name"))
  var dataset: DatasetName?

  @OptionGroup var place: DataFolderOption

  @Option(help: .init("Validate on this many samples from the end. (default: a tenth)", valueName: "n"))
  var validationCount: Int?

  @Option(help: .init("Go through the training samples this many times.", valueName: "n"))
  var epochs = 10

  @Option(help: .init("The number of samples in a batch.", valueName: "n"))
  var batchSize = 64

  @Option(help: .init("The number of units in the hidden layer.", valueName: "n"))
  var hidden = 128

  @Option(help: .init("The factor of the gradients; the momentum is 0.9.", valueName: "rate"))
  var learningRate = 0.1

  @Option(help: .init("Chooses the first weights and the order of the samples.", valueName: "seed"))
  var seed: UInt64 = 1

  @Option(help: .init("Prepare batches ahead on this many threads; 0 prepares them in between.", valueName: "n"))
  var workers = 0

  @Option(help: .init("Prepare at most this many batches ahead.", valueName: "n"))
  var buffer = 20

  @Option(
    help: .init("Write the trained classifier to this file, in the safetensors format.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var save: String?

  @Option(
    help: .init("Go on from this file, if it is there, and write it after each epoch.", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  @Option(help: .init("Write the checkpoint every so many steps of an epoch, too.", valueName: "steps"))
  var checkpointEvery: Int?

  @Flag(help: "Share each batch among the processes that mpirun has started.")
  var mpi = false

  @Flag(help: "Write one JSON object at the end, and nothing else, to standard output.")
  var json = false

  @OptionGroup(title: "CSV Options") var csv: CSVOptions

  func validate() throws {
    if (images == nil) != (labels == nil) {
      throw ValidationError("--images and --labels go together: give both, or neither")
    }
    if images == nil, arrays.imagesArray != nil || arrays.labelsArray != nil {
      throw ValidationError("--images-array and --labels-array need --images and --labels")
    }
    if dataset != nil, images != nil {
      throw ValidationError("--dataset does not go with --images and --labels")
    }
    if dataset == nil, place.dataFolder != nil { throw ValidationError("--data-folder needs --dataset") }
    if let validationCount, validationCount < 0 {
      throw ValidationError("--validation-count \(validationCount) is negative")
    }
    for (name, value) in [("epochs", epochs), ("batch-size", batchSize), ("hidden", hidden)] where value < 1 {
      throw ValidationError("--\(name) is at least 1, not \(value)")
    }
    if let checkpointEvery {
      if checkpoint == nil { throw ValidationError("--checkpoint-every needs --checkpoint") }
      if checkpointEvery < 1 { throw ValidationError("--checkpoint-every is at least 1, not \(checkpointEvery)") }
    }
    if let checkpoint, checkpoint == save {
      throw ValidationError("--checkpoint and --save name the same file, \(checkpoint)")
    }
    guard (0...1024).contains(workers) else {
      throw ValidationError("--workers is from 0 to 1024, not \(workers)")
    }
    guard (1...4096).contains(buffer) else {
      throw ValidationError("--buffer is from 1 to 4096, not \(buffer)")
    }
    guard learningRate.isFinite, Float(learningRate) > 0, Float(learningRate).isFinite else {
      throw ValidationError("--learning-rate is a positive number, not \(learningRate)")
    }
  }

  func run() throws {
    // Before the data take what is left; with room for small ones.
    try OpenBLASMemory.require(forThreads: 1, besides: 64 << 20)
    try Ranks.run(overMPI: mpi) { ranks in try train(over: ranks) }
  }

  private func train(over ranks: Ranks) throws {
    for path in [save, checkpoint] { try requireOutput(path, replacesNoneOf: [images, labels]) }
    if ranks.isFirst { for path in [save, checkpoint] { try path.map(SafetensorsWriter.requireWritable) } }
    let start = ContinuousClock.now
    let data = try loadData(isQuiet: !ranks.isFirst)
    let place = checkpoint.map { CheckpointFile.Place(path: $0, interval: checkpointEvery) }
    let trainer = try Trainer(
      data: data, validationCount: validationCount, options: options, checkpoint: place, ranks: ranks)
    if place != nil { StopSignals.postpone() }
    var report = trainer.report(loading: ContinuousClock.now - start)
    if !json, ranks.isFirst { try StandardStream.output.write(line: report.heading) }
    for epoch in 1...epochs {
      let finished = trainer.finishedEpochs
      let outcome =
        epoch <= finished.count
        ? finished[epoch - 1] : try trainer.trainOneEpoch(epoch, after: report.epochs)
      report.epochs.append(outcome)
      if !json, ranks.isFirst {
        try StandardStream.output.write(lines: outcome.line(of: epochs).lines(width: StandardStream.output.width))
      }
    }
    guard ranks.isFirst else { return }
    try save.map(trainer.classifier.write(safetensors:))
    report.seconds = (ContinuousClock.now - start).inSeconds
    try StandardStream.output.write(line: json ? report.json() : report.summary)
  }

  private var options: TrainingOptions {
    TrainingOptions(
      epochs: epochs, batchSize: batchSize, hidden: hidden, learningRate: learningRate, seed: seed, workers: workers,
      buffer: buffer)
  }

  private func loadData(isQuiet: Bool) throws -> TrainingData {
    if let dataset { return try TrainingData(dataset: dataset.dataset, fetching: place.fetchOptions()) }
    guard let images, let labels else { return .syntheticDigits() }
    return try TrainingData(
      imagesFile: images, imagesArray: arrays.imagesArray, labelsFile: labels, labelsArray: arrays.labelsArray,
      csv: csv.settings(isQuiet: isQuiet))
  }
}
