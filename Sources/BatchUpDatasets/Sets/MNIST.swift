import BatchUp

/// Handwritten digits: 60,000 training and 10,000 test images of 1 x 28 x 28 pixels, in 10 classes.
public struct MNIST: Sendable {
  /// The training set, without the samples for validation.
  public let train: LabelledImages<RescaledBytes>
  /// The last samples of the training set, which `train` is without.
  public let validation: LabelledImages<RescaledBytes>
  /// The test set, as it was published.
  public let test: LabelledImages<RescaledBytes>

  /// Fetches the data set where it is not there yet.
  ///
  /// - Parameters:
  ///   - validationCount: how many samples of the training set are for validation.
  ///   - range: what the pixels' values 0 and 255 become.
  ///   - options: where the files come from and go to, and who is told of the progress.
  /// - Throws: `DatasetError`, or as ``init(cache:validationCount:range:)``.
  public init(
    validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1, fetching options: FetchOptions = FetchOptions()
  ) async throws {
    try self.init(cache: await Dataset.mnist.fetch(options), validationCount: validationCount, range: range)
  }

  /// Opens the file of the data set, as `Dataset.mnist` or Python's BatchUp has made it.
  ///
  /// - Throws: `HDF5Error`; `DatasetContentsError`, also where there are not as many training samples.
  public init(cache path: String, validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1) throws {
    let parts = try SplitImages(cache: path, layout: .mnist, validationCount: validationCount, range: range)
    (train, validation, test) = (parts.train, parts.validation, parts.test)
  }
}

/// Articles of clothing, in the form of MNIST: 60,000 training and 10,000 test images of 1 x 28 x 28 pixels, in 10
/// classes.
public struct FashionMNIST: Sendable {
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
    try self.init(cache: await Dataset.fashionMNIST.fetch(options), validationCount: validationCount, range: range)
  }

  /// Opens the file of the data set; as ``MNIST/init(cache:validationCount:range:)``.
  public init(cache path: String, validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1) throws {
    let parts = try SplitImages(cache: path, layout: .mnist, validationCount: validationCount, range: range)
    (train, validation, test) = (parts.train, parts.validation, parts.test)
  }
}
