import BatchUp
import BatchUpFiles

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
  /// Reads two IDX files.
  ///
  /// - Throws: `IDXError` or `ToolError`, which name the file.
  init(imagesFile: String, labelsFile: String) throws {
    let images = try Self.readImages(imagesFile)
    self.images = .bytes(images)
    labels = try Self.readLabels(labelsFile)
    guard images.sampleCount == labels.sampleCount else {
      throw ToolError(
        "\(imagesFile) has \(images.sampleCount) images, but \(labelsFile) has \(labels.sampleCount) labels")
    }
    guard images.sampleCount > 0 else { throw ToolError("\(imagesFile): there are no samples to train on") }
    classCount = try Self.classCount(of: labels, file: labelsFile)
    name = imagesFile.split(separator: "/").last.map(String.init) ?? imagesFile
  }

  private static func readImages(_ file: String) throws -> NDArray<UInt8> {
    let images = try NDArray<UInt8>(idxFile: file)
    guard (2...4).contains(images.rank), !images.rowShape.contains(0) else {
      throw ToolError(
        "\(file): has shape \(images.shape), not one of images: 2 to 4 axes, none of them of length 0 but for the first"
      )
    }
    return images
  }

  static func readLabels(_ path: String) throws -> NDArray<Int32> {
    let file = try IDXFile(path: path)
    guard file.shape.count == 1 else {
      throw ToolError("\(path): has \(file.shape.count) axes, not the one of a list of labels")
    }
    if file.elementType == .int32 { return try file.array() }
    return try file.array(of: UInt8.self).map { Int32($0) }
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
