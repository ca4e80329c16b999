import BatchUp

/// Small photographs: 50,000 training and 10,000 test images of 3 x 32 x 32 pixels, in 10 classes.
public struct CIFAR10: Sendable {
  /// The training set, without the samples for validation.
  public let train: LabelledImages<RescaledBytes>
  /// The last samples of the training set, which `train` is without.
  public let validation: LabelledImages<RescaledBytes>
  /// The test set, as it was published.
  public let test: LabelledImages<RescaledBytes>
  /// What the labels mean.
  public let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// Fetches the data set where it is not there yet; as ``MNIST/init(validationCount:range:fetching:)``.
  public init(
    validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1, fetching options: FetchOptions = FetchOptions()
  ) async throws {
    try self.init(cache: await Dataset.cifar10.fetch(options), validationCount: validationCount, range: range)
  }

  /// Opens the file of the data set; as ``MNIST/init(cache:validationCount:range:)``.
  public init(cache path: String, validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1) throws {
    let parts = try SplitImages(cache: path, layout: .cifar10, validationCount: validationCount, range: range)
    (train, validation, test) = (parts.train, parts.validation, parts.test)
  }
}
