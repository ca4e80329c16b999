import Testing

/// Data that cannot be trained on end with status 1 and one line that names the file and the defect.
@Suite struct BadDataTests {
  private let folder: TemporaryFolder
  private static let counts = 12

  init() throws { folder = try TemporaryFolder() }

  private func expectFailure(
    images: [UInt8], labels: [UInt8], options: [String] = [], naming names: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let imagesFile = try folder.write(images, to: "images.idx")
    let labelsFile = try folder.write(labels, to: "labels.idx")
    let run = try await BatchUpProcess.run(
      ["train", "--images", imagesFile, "--labels", labelsFile, "--epochs", "2"] + options)
    expectOneLine(run, naming: names, sourceLocation)
  }

  private func expectOneLine(_ run: BatchUpProcess, naming names: [String], _ location: SourceLocation) {
    #expect(run.status == 1, "\(run.output)", sourceLocation: location)
    #expect(run.errorLines.count == 1, "\(run.errors)", sourceLocation: location)
    #expect(run.errors.hasPrefix("batchup: "), "\(run.errors)", sourceLocation: location)
    for name in names { #expect(run.errors.contains(name), "\(run.errors)", sourceLocation: location) }
  }

  private let goodImages = IDXFixtures.images(count: counts)
  private let goodLabels = IDXFixtures.labels((0..<UInt8(counts)).map { $0 % 3 })

  @Test func missingFile() async throws {
    let labels = try folder.write(goodLabels, to: "labels.idx")
    let run = try await BatchUpProcess.run(
      ["train", "--images", folder.url.path + "/none.idx", "--labels", labels])
    expectOneLine(run, naming: ["none.idx"], #_sourceLocation)
  }

  @Test func folderForAFile() async throws {
    let labels = try folder.write(goodLabels, to: "labels.idx")
    let run = try await BatchUpProcess.run(["train", "--images", folder.url.path, "--labels", labels])
    expectOneLine(run, naming: [folder.url.path], #_sourceLocation)
  }

  @Test func emptyFile() async throws {
    try await expectFailure(images: [], labels: goodLabels, naming: ["images.idx"])
    try await expectFailure(images: goodImages, labels: [], naming: ["labels.idx"])
  }

  @Test func truncatedFile() async throws {
    try await expectFailure(images: goodImages.dropLast(), labels: goodLabels, naming: ["images.idx"])
    try await expectFailure(images: Array(goodImages.prefix(9)), labels: goodLabels, naming: ["images.idx"])
    try await expectFailure(images: goodImages, labels: goodLabels.dropLast(), naming: ["labels.idx"])
  }

  @Test func trailingBytes() async throws {
    try await expectFailure(images: goodImages + [0], labels: goodLabels, naming: ["images.idx"])
    try await expectFailure(images: goodImages, labels: goodLabels + [0, 1], naming: ["labels.idx"])
  }

  @Test func otherFormat() async throws {
    try await expectFailure(
      images: [1, 2, 3, 4], labels: goodLabels, naming: ["images.idx", "starts with [1, 2, 3"])
  }

  @Test func otherElementType() async throws {
    // 0.5 and 2.
    let floats = IDXFixtures.file(type: 0x0D, shape: [2, 1], [0x3F, 0, 0, 0, 0x40, 0, 0, 0])
    try await expectFailure(
      images: floats, labels: IDXFixtures.labels([0, 1] as [UInt8]),
      naming: ["images.idx: image 1 has the number 2.0, expected 0 to 1", "--to uint8"])
    let list = IDXFixtures.file(type: 0x0D, shape: [1], [0x3F, 0, 0, 0])
    try await expectFailure(
      images: goodImages, labels: list, naming: ["labels.idx: element 0.5 at position 0 is not a label"])
    let shorts = IDXFixtures.file(type: 0x0B, shape: [1, 2], [0, 255, 1, 0])
    try await expectFailure(
      images: shorts, labels: goodLabels, naming: ["images.idx: element 256 at position 1 is not a byte"])
  }

  @Test func damagedGzip() async throws {
    try await expectFailure(images: [0x1F, 0x8B, 8, 0, 1, 2], labels: goodLabels, naming: ["images.idx"])
  }

  @Test func unequalCounts() async throws {
    try await expectFailure(
      images: goodImages, labels: IDXFixtures.labels([0, 1, 2] as [UInt8]),
      naming: ["images.idx has 12 images", "labels.idx has 3 labels"])
  }

  @Test func labelsOutOfRange() async throws {
    var labels = [Int32](repeating: 1, count: Self.counts)
    labels[7] = -1
    try await expectFailure(
      images: goodImages, labels: IDXFixtures.labels(labels), naming: ["labels.idx: label -1 at position 7"])
    labels[7] = 1_000
    try await expectFailure(
      images: goodImages, labels: IDXFixtures.labels(labels), naming: ["labels.idx: label 1000 at position 7"])
  }

  @Test(arguments: [[12], [12, 0], [12, 4, 0], [3, 2, 2, 1, 1]])
  func notImages(shape: [Int]) async throws {
    let images = IDXFixtures.file(shape: shape, [UInt8](repeating: 1, count: shape.reduce(1, *)))
    try await expectFailure(images: images, labels: goodLabels, naming: ["images.idx", "\(shape)"])
  }

  @Test func notLabels() async throws {
    try await expectFailure(
      images: goodImages, labels: IDXFixtures.file(shape: [12, 1], [UInt8](repeating: 0, count: 12)),
      naming: ["labels.idx: has 2 axes"])
  }

  @Test func noSamples() async throws {
    try await expectFailure(
      images: IDXFixtures.images(count: 0), labels: IDXFixtures.labels([] as [UInt8]),
      naming: ["there are no samples to train on"])
  }

  @Test(arguments: [12, 13, Int.max])
  func nothingLeftToTrainOn(validationCount: Int) async throws {
    try await expectFailure(
      images: goodImages, labels: goodLabels, options: ["--validation-count", "\(validationCount)"],
      naming: ["--validation-count \(validationCount)", "12 samples"])
  }

  @Test func modelBeyondMemory() async throws {
    try await expectFailure(
      images: goodImages, labels: goodLabels, options: ["--hidden", "\(Int.max)"], naming: ["--hidden"])
  }

  @Test func batchesBeyondMemory() async throws {
    let images = IDXFixtures.file(shape: [20, 1], [UInt8](repeating: 1, count: 20))
    let labels = IDXFixtures.labels([UInt8](repeating: 2, count: 20))
    try await expectFailure(
      images: images, labels: labels, options: ["--hidden", "67000000", "--batch-size", "1000000"],
      naming: ["batches of 18 with 67000000 hidden units", "--batch-size"])
  }

  @Test func divergence() async throws {
    try await expectFailure(
      images: goodImages, labels: goodLabels, options: ["--learning-rate", "1e30"],
      naming: ["the loss is no longer finite", "--learning-rate below 1e+30"])
  }
}
