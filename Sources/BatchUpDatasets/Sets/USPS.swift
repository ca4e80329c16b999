import BatchUp

/// Handwritten digits from envelopes: 7,291 training and 2,007 test images of 1 x 16 x 16 pixels, in 10 classes.
public struct USPS: Sendable {
  /// The training set, without the samples for validation.
  public let train: LabelledImages<NDArray<Float>>
  /// The last samples of the training set, which `train` is without.
  public let validation: LabelledImages<NDArray<Float>>
  /// The test set, as it was published.
  public let test: LabelledImages<NDArray<Float>>

  /// Fetches the data set where it is not there yet.
  ///
  /// - Parameters:
  ///   - validationCount: how many samples of the training set are for validation.
  ///   - options: where the files come from and go to, and who is told of the progress.
  /// - Throws: `DatasetError`, or as ``init(cache:validationCount:)``.
  public init(validationCount: Int = 729, fetching options: FetchOptions = FetchOptions()) async throws {
    try self.init(cache: await Dataset.usps.fetch(options), validationCount: validationCount)
  }

  /// Opens the file of the data set.
  ///
  /// - Throws: `HDF5Error`; `DatasetContentsError`, also where there are not as many training samples.
  public init(cache path: String, validationCount: Int = 729) throws {
    let cache = try DatasetCache(path: path, layout: .usps)
    let (images, labels) = (try cache.images(0, of: Float.self), try cache.labels(0))
    let split = try ValidationSplit(of: labels.sampleCount, validationCount: validationCount, path: path)
    train = LabelledImages(images, labels, rows: split.train)
    validation = LabelledImages(images, labels, rows: split.validation)
    test = LabelledImages(images: try cache.images(1), labels: try cache.labels(1))
  }
}
