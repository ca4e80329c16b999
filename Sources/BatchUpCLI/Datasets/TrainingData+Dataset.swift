import BatchUp
import BatchUpDatasets

extension TrainingData {
  /// The training samples of a standard data set, those for validation included, which come last; it is fetched where it
  /// is not there.
  ///
  /// - Throws: `DatasetError`, among others.
  init(dataset: Dataset, fetching options: FetchOptions) throws {
    let path = try blocking { try await dataset.fetch(options) }
    if dataset.pixelType == .float32 {
      let samples = try dataset.trainingSamples(cache: path, of: Float.self)
      try self.init(dataset, .numbers(samples.images), samples.labels)
    } else {
      let samples = try dataset.trainingSamples(cache: path, of: UInt8.self)
      try self.init(dataset, .bytes(samples.images), samples.labels)
    }
  }

  private init(_ dataset: Dataset, _ images: Images, _ labels: NDArray<Int32>) throws {
    guard labels.sampleCount > 0 else { throw ToolError("\(dataset.name): there are no samples to train on") }
    self.init(
      name: dataset.name, images: images, labels: labels,
      classCount: try Self.classCount(of: labels, file: dataset.name))
  }
}
