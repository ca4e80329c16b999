import BatchUp

/// House numbers: 73,257 training and 26,032 test images of 3 x 32 x 32 pixels around a digit, in 10 classes.
public struct SVHN: Sendable {
  /// The training set, without the samples for validation.
  public let train: LabelledImages<RescaledBytes>
  /// The last samples of the training set, which `train` is without.
  public let validation: LabelledImages<RescaledBytes>
  /// The test set, as it was published.
  public let test: LabelledImages<RescaledBytes>

  /// Fetches the data set where it is not there yet; as ``MNIST/init(validationCount:range:fetching:)``.
  public init(
    validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1, fetching options: FetchOptions = FetchOptions()
  ) async throws {
    try self.init(cache: await Dataset.svhn.fetch(options), validationCount: validationCount, range: range)
  }

  /// Opens the file of the data set; as ``MNIST/init(cache:validationCount:range:)``.
  public init(cache path: String, validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1) throws {
    let parts = try SplitImages(cache: path, layout: .svhn, validationCount: validationCount, range: range)
    (train, validation, test) = (parts.train, parts.validation, parts.test)
  }
}

/// The 531,131 further training images of ``SVHN``, which are less difficult.
public struct SVHNExtra: Sendable {
  /// Samples of shape (3, 32, 32), mapped from the file of the data set; in memory where Python's BatchUp has made
  /// that.
  public let images: RescaledBytes
  /// The digit of each image.
  public let labels: NDArray<Int32>

  /// Fetches the data set where it is not there yet; as ``MNIST/init(validationCount:range:fetching:)``.
  public init(range: ClosedRange<Double> = 0...1, fetching options: FetchOptions = FetchOptions()) async throws {
    try self.init(cache: await Dataset.svhnExtra.fetch(options), range: range)
  }

  /// Opens the file of the data set.
  ///
  /// - Throws: `HDF5Error`, also where Python's BatchUp has made the file and libhdf5 has no plugin for blosc;
  ///   `DatasetContentsError`.
  public init(cache path: String, range: ClosedRange<Double> = 0...1) throws {
    let cache = try DatasetCache(path: path, layout: .svhnExtra)
    labels = try cache.labels(0)
    images = RescaledBytes(try cache.images(0), range: range)
  }
}
