import BatchUp

/// Small photographs: 50,000 training and 10,000 test images of 3 x 32 x 32 pixels, in 100 classes of 20 kinds.
public struct CIFAR100: Sendable {
  /// The training set, without the samples for validation.
  public let train: Part
  /// The last samples of the training set, which `train` is without.
  public let validation: Part
  /// The test set, as it was published.
  public let test: Part
  /// What the labels mean.
  public let classNames: [String]
  /// What the coarse labels mean.
  public let coarseClassNames: [String]

  /// The images of one part, and what is on them.
  public struct Part: Sendable {
    /// Samples of shape (3, 32, 32). Those of the training and test sets are mapped from the file of the data set.
    public let images: RescaledBytes
    /// The class of each image, from 0 to 99.
    public let labels: NDArray<Int32>
    /// The kind of each image's class, from 0 to 19.
    public let coarseLabels: NDArray<Int32>

    /// How many images there are.
    public var sampleCount: Int { labels.sampleCount }
  }

  /// Fetches the data set where it is not there yet; as ``MNIST/init(validationCount:range:fetching:)``.
  public init(
    validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1, fetching options: FetchOptions = FetchOptions()
  ) async throws {
    try self.init(cache: await Dataset.cifar100.fetch(options), validationCount: validationCount, range: range)
  }

  /// Opens the file of the data set; as ``MNIST/init(cache:validationCount:range:)``.
  public init(cache path: String, validationCount: Int = 10_000, range: ClosedRange<Double> = 0...1) throws {
    let cache = try DatasetCache(path: path, layout: .cifar100)
    let train = Part(
      images: RescaledBytes(try cache.images(0), range: range), labels: try cache.labels(0),
      coarseLabels: try cache.labels(0, 1))
    let split = try ValidationSplit(of: train.sampleCount, validationCount: validationCount, path: path)
    self.train = train[rows: split.train]
    validation = train[rows: split.validation]
    test = Part(
      images: RescaledBytes(try cache.images(1), range: range), labels: try cache.labels(1),
      coarseLabels: try cache.labels(1, 1))
    classNames = try cache.names("class_names")
    coarseClassNames = try cache.names("class_names_coarse")
  }
}

extension CIFAR100.Part {
  /// Neighbouring samples, as views.
  fileprivate subscript(rows range: Range<Int>) -> CIFAR100.Part {
    CIFAR100.Part(images: images[rows: range], labels: labels[rows: range], coarseLabels: coarseLabels[rows: range])
  }
}
