import ArgumentParser
import BatchUp
import BatchUpSystem

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Writes what a trained classifier makes of images.",
    discussion: """
      The classifier is one that batchup train --save has written. Images and labels are those of an .npy, .npz, HDF5, \
      MATLAB (version 5), safetensors, IDX or CSV file (the last two plain or gzip-compressed), by its contents. Images \
      are integers from 0 to 255, or truth values or floating-point numbers from 0 to 1; others are an error. An .npy \
      file of bytes or Float32 elements, in C order, may be larger than memory.

      \(CSVOptions.discussion)

      The output is an .npy file of Float32 scores, a row for each image and a column for each class. It appears when \
      it is complete. What an interrupted run has done is kept beside it, in a file with .partial behind its name, and \
      the same command goes on from there.

      EXAMPLES:
        batchup predict --model m.safetensors --images images.gz --output scores.npy
        batchup predict --model model --images i.npy --output s.npy --workers 1
        batchup predict --model model --images i.gz --labels l.gz --output s.npy
        batchup predict --model model --images i.npy --output s.npy --json
        mpirun -np 4 batchup predict --mpi --model model --images i.npy --output s.npy

      The object that --json writes has the members image_count, class_count, error_rate (from 0 to 1, null without \
      --labels) and seconds.
      """)

  @Option(
    help: .init("The classifier, in the safetensors format.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(help: .init("The file of the images.", valueName: "file"), completion: .file())
  var images: String

  @Option(
    help: .init("Write the scores to this .npy file.", valueName: "file"), completion: .file(extensions: ["npy"]))
  var output: String

  @Option(
    help: .init("Also tell how many images are not of the class in this file of labels.", valueName: "file"),
    completion: .file())
  var labels: String?

  @OptionGroup var arrays: ArrayOptions

  @Option(help: .init("The number of images in a batch.", valueName: "n"))
  var batchSize = 256

  @Option(help: .init("Read and convert images ahead on this many threads; 0 does it in between.", valueName: "n"))
  var workers = 0

  @Flag(help: "Share the batches among the processes that mpirun has started; such a run cannot be resumed.")
  var mpi = false

  @Flag(help: "Write one JSON object at the end, and nothing else, to standard output.")
  var json = false

  @OptionGroup(title: "CSV Options") var csv: CSVOptions

  func validate() throws {
    guard (1...65_536).contains(batchSize) else {
      throw ValidationError("--batch-size is from 1 to 65536, not \(batchSize)")
    }
    guard (0...1024).contains(workers) else {
      throw ValidationError("--workers is from 0 to 1024, not \(workers)")
    }
  }

  func run() throws {
    // Before the data take what is left; with room for small ones. The workers and this thread apply the model.
    try OpenBLASMemory.require(forThreads: workers + 1, besides: 64 << 20)
    try Ranks.run(overMPI: mpi) { ranks in try predict(over: ranks) }
  }

  private func predict(over ranks: Ranks) throws {
    let start = ContinuousClock.now
    try requireOutput(output, replacesNoneOf: [model, images, labels])
    let classifier = try Classifier(safetensors: model)
    let csv = csv.settings(isQuiet: !ranks.isFirst)
    let images = try ClassifiedImages(file: images, array: arrays.imagesArray, csv: csv)
    try images.requireShape(classifier.inputShape, ofModel: model)
    try classifier.requireMemory(forBatchOf: min(batchSize, images.count))
    let labels = try labels.map {
      try images.labels(file: $0, array: arrays.labelsArray, classCount: classifier.classCount, csv: csv)
    }
    let fingerprint = try fileFingerprint(model) + fileFingerprint(self.images)
    do {
      try images.predictScores(
        by: classifier, batchSize: batchSize, workers: workers > 0 ? WorkerPool(workerCount: workers) : nil,
        into: .npy(output, resuming: fingerprint), over: ranks)
    } catch {
      guard let refusal = ImageRangeError(causing: error) else { throw error }
      // These images are always refused: there is nothing to go on with.
      for ending in [".partial", ".partial.complete"] { _ = (output + ending).withSystemPath { unlink($0) } }
      throw refusal
    }
    guard ranks.isFirst else { return }
    let errorRate = try labels.flatMap { try scoresErrorRate(of: output, labels: $0, batchSize: batchSize) }
    let report = PredictionReport(
      imageCount: images.count, classCount: classifier.classCount, errorRate: errorRate,
      seconds: (ContinuousClock.now - start).inSeconds)
    try StandardStream.output.write(line: json ? report.json() : report.line(output: output))
  }
}

extension Classifier {
  fileprivate func requireMemory(forBatchOf count: Int) throws(ToolError) {
    let (inputs, hidden) = (hiddenLayer.inputCount, hiddenLayer.outputCount)
    guard Self.isWithinLimit(batchSize: count, inputs: inputs, hidden: hidden, classes: classCount) else {
      throw ToolError(
        "batches of \(count) with \(hidden) hidden units need more than "
          + "\(Self.batchValueLimit) intermediate values: choose a smaller --batch-size")
    }
  }
}

/// The share of rows in a file of scores whose largest is not the label's.
private func scoresErrorRate(of path: String, labels: NDArray<Int32>, batchSize: Int) throws -> Double? {
  if labels.sampleCount == 0 { return nil }
  let scores = try MappedArray<Float>(npyFile: path)
  return try ArraySource(loading: scores, labels).batches(of: batchSize).evaluate(ErrorRate()) { ($0, $1) }
}
