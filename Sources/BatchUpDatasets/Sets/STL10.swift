import BatchUp

/// Photographs: 5,000 training and 8,000 test images of 3 x 96 x 96 pixels, in 10 classes, and 100,000 without a class.
public struct STL10: Sendable {
  /// The training images that are in none of the folds for validation, in order.
  public let train: LabelledImages<RescaledBytes>
  /// The training images of the last folds, one fold after the other.
  public let validation: LabelledImages<RescaledBytes>
  /// The test set, as it was published.
  public let test: LabelledImages<RescaledBytes>
  /// Samples of shape (3, 96, 96) without a class, mapped from the file of the data set; in memory where Python's
  /// BatchUp has made that.
  public let unlabelled: RescaledBytes
  /// What the labels mean.
  public let classNames: [String]
  /// For each fold the indices of its images in the training set as it was published. Folds overlap.
  public let foldIndices: [[Int32]]

  /// Fetches the data set where it is not there yet.
  ///
  /// - Parameters:
  ///   - validationFolds: how many of the folds, from the last one on, are for validation.
  ///   - range: what the pixels' values 0 and 255 become.
  ///   - options: where the files come from and go to, and who is told of the progress.
  /// - Throws: `DatasetError`, or as ``init(cache:validationFolds:range:)``.
  public init(
    validationFolds: Int = 1, range: ClosedRange<Double> = 0...1, fetching options: FetchOptions = FetchOptions()
  ) async throws {
    try self.init(cache: await Dataset.stl10.fetch(options), validationFolds: validationFolds, range: range)
  }

  /// Opens the file of the data set, as `Dataset.stl10` or Python's BatchUp has made it. Where there are folds for
  /// validation, the training images are copied.
  ///
  /// - Throws: `HDF5Error`, also where Python's BatchUp has made the file and libhdf5 has no plugin for blosc;
  ///   `DatasetContentsError`, also where there are not as many folds.
  public init(cache path: String, validationFolds: Int = 1, range: ClosedRange<Double> = 0...1) throws {
    let cache = try DatasetCache(path: path, layout: .stl10)
    foldIndices = try cache.folds()
    guard validationFolds >= 0, validationFolds <= foldIndices.count else {
      throw DatasetContentsError.invalidFoldCount(path: path, requested: validationFolds, found: foldIndices.count)
    }
    classNames = try cache.names("class_names")
    let (images, labels) = (try cache.images(0, of: UInt8.self), try cache.labels(0))
    let chosen = foldIndices.suffix(validationFolds).flatMap { $0.map(Int.init) }
    let isChosen = Set(chosen)
    func part(_ indices: BatchIndices) -> LabelledImages<RescaledBytes> {
      LabelledImages(
        images: RescaledBytes(images.batch(at: indices), range: range), labels: labels.batch(at: indices))
    }
    let all = 0..<labels.sampleCount
    train = part(isChosen.isEmpty ? BatchIndices(all) : BatchIndices(all.filter { !isChosen.contains($0) }))
    validation = part(BatchIndices(chosen))
    test = LabelledImages(images: RescaledBytes(try cache.images(1), range: range), labels: try cache.labels(1))
    unlabelled = RescaledBytes(try cache.images(2), range: range)
  }
}
