import BatchUp

/// Training samples in two parts: those for validation come from the end.
struct ValidationSplit {
  let train: Range<Int>
  let validation: Range<Int>

  init(of count: Int, validationCount: Int, path: String) throws(DatasetContentsError) {
    guard validationCount >= 0, validationCount <= count else {
      throw .invalidValidationCount(path: path, requested: validationCount, found: count)
    }
    train = 0..<count - validationCount
    validation = count - validationCount..<count
  }
}

extension LabelledImages {
  /// Some of the rows, as views.
  init<Scalar>(_ images: NDArray<Scalar>, _ labels: NDArray<Int32>, rows: Range<Int>) where Images == NDArray<Scalar> {
    self.init(images: images[rows: rows], labels: labels[rows: rows])
  }
}

extension LabelledImages<RescaledBytes> {
  init(_ images: NDArray<UInt8>, _ labels: NDArray<Int32>, rows: Range<Int>, range: ClosedRange<Double>) {
    self.init(images: RescaledBytes(images[rows: rows], range: range), labels: labels[rows: rows])
  }
}

/// The training, validation and test sets of a data set of bytes with one kind of labels.
struct SplitImages {
  let train, validation, test: LabelledImages<RescaledBytes>

  init(cache path: String, layout: CacheLayout, validationCount: Int, range: ClosedRange<Double>) throws {
    let cache = try DatasetCache(path: path, layout: layout)
    let (images, labels) = (try cache.images(0, of: UInt8.self), try cache.labels(0))
    let split = try ValidationSplit(of: labels.sampleCount, validationCount: validationCount, path: path)
    train = LabelledImages(images, labels, rows: split.train, range: range)
    validation = LabelledImages(images, labels, rows: split.validation, range: range)
    test = LabelledImages(
      images: RescaledBytes(try cache.images(1), range: range), labels: try cache.labels(1))
  }
}
