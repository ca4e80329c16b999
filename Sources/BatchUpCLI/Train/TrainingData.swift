import BatchUp

/// Images and their labels, checked: there is at least one sample, and every label is in `0..<classCount`.
struct TrainingData {
  let name: String
  let images: Images
  let labels: NDArray<Int32>
  let classCount: Int

  typealias Samples = ArraySource<(NDArray<Float>, NDArray<Int32>), StandardSampler, Never>

  /// What the images are made of.
  enum Images {
    /// Bytes, which become numbers from 0 to 1.
    case bytes(NDArray<UInt8>)
    case numbers(NDArray<Float>)
  }

  private static let classLimit = 1_000
  private static let syntheticCount = 20_000

  /// The same digits in every run.
  static func syntheticDigits() -> TrainingData {
    let digits = SyntheticDigits(seed: 1)
    return TrainingData(
      name: SyntheticDigits.name, images: .bytes(digits.images(count: syntheticCount)),
      labels: digits.labels(count: syntheticCount), classCount: SyntheticDigits.classCount)
  }

  /// The samples in a range.
  func samples(_ range: Range<Int>) throws(SourceError) -> Samples {
    switch images {
    case .bytes(let bytes): try ArraySource(RescaledBytes(bytes)[rows: range], labels[rows: range])
    case .numbers(let numbers): try ArraySource(numbers[rows: range], labels[rows: range])
    }
  }

  var sampleCount: Int { labels.sampleCount }

  var imageShape: [Int] {
    switch images {
    case .bytes(let bytes): bytes.rowShape
    case .numbers(let numbers): numbers.rowShape
    }
  }

  var valuesPerSample: Int { imageShape.reduce(1, *) }
}

extension TrainingData {
  /// Reads two files of any known format, or one for both.
  ///
  /// - Parameters:
  ///   - imagesArray: the name of the images in a file of several arrays.
  ///   - labelsArray: that of the labels.
  /// - Throws: what names the file, in one line.
  init(
    imagesFile: String, imagesArray: String? = nil, labelsFile: String, labelsArray: String? = nil,
    csv: CSVSettings = CSVSettings()
  ) throws {
    images = try Self.readImages(imagesFile, array: imagesArray, csv: csv)
    labels = try Self.readLabels(labelsFile, array: labelsArray, csv: csv)
    let imageCount = images.shape[0]
    guard imageCount == labels.sampleCount else {
      throw ToolError("\(imagesFile) has \(imageCount) images, but \(labelsFile) has \(labels.sampleCount) labels")
    }
    guard imageCount > 0 else { throw ToolError("\(imagesFile): there are no samples to train on") }
    classCount = try Self.classCount(of: labels, file: labelsFile)
    name = imagesFile.split(separator: "/").last.map(String.init) ?? imagesFile
  }

  private static func readImages(_ file: String, array: String?, csv: CSVSettings) throws -> Images {
    let images = try Images(file: file, array: array, csv: csv)
    guard (2...4).contains(images.shape.count), !images.shape.dropFirst().contains(0) else {
      throw ToolError(
        "\(file): has shape \(images.shape), not one of images: 2 to 4 axes, none of them of length 0 but for the first"
      )
    }
    try images.requireUnitRange(file: file)
    return images
  }

  static func classCount(of labels: NDArray<Int32>, file: String) throws(ToolError) -> Int {
    var largest: Int32 = 0
    for (position, label) in labels.scalars.enumerated() {
      guard label >= 0, label < classLimit else {
        throw ToolError("\(file): label \(label) at position \(position) is outside 0..<\(classLimit)")
      }
      largest = max(largest, label)
    }
    return Int(largest) + 1
  }
}
