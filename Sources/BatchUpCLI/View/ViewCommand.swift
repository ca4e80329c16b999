import ArgumentParser
import BatchUp
import BatchUpFiles
import BatchUpImages
import BatchUpSystem

struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view",
    abstract: "Draws a contact sheet of the images of a file or a folder.",
    discussion: """
      The images are the JPEG and PNG files below a folder, whose subfolders are the classes; or those of an .npy, .npz, \
      HDF5, MATLAB (version 5), safetensors, IDX or CSV file (the last two plain or gzip-compressed): integers from 0 to \
      255, or numbers from 0 to 1, gray or in red, green and blue, channels first or last. Other numbers are drawn black \
      or white, as a line on standard error says. The sheet is a PNG or JPEG file, by its name, which appears whole or \
      not at all. Numbers below the images are the labels, or the classes, whose names are printed.

      An image of a folder that is damaged, or of a kind that is not decoded, is one line on standard error, and is left \
      out; where none is left, the status is 1.

      \(CSVOptions.discussion)

      EXAMPLES:
        batchup view train-images.gz --labels train-labels.gz --output sheet.png
        batchup view images.npy --random --count 100 --columns 20 --output s.png
        batchup view photos --size 160 --output sheet.png
      """)

  @Argument(help: .init("A file of images, or a folder.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    help: .init("The file to write: .png, .jpg or .jpeg.", valueName: "file"),
    completion: .file(extensions: SheetFormat.allCases.map(\.rawValue)))
  var output: String

  @Option(help: .init("Labels for the images, from this file.", valueName: "file"), completion: .file())
  var labels: String?

  @OptionGroup var arrays: ArrayOptions

  @Flag(help: "Random images instead of the first ones.")
  var random = false

  @Option(help: .init("Which random images: the same for the same number. (default: 0)", valueName: "n"))
  var seed: UInt64?

  @Option(help: .init("The largest number of images.", valueName: "n"))
  var count = 64

  @Option(help: .init("The number of images in a row.", valueName: "n"))
  var columns = 8

  @Option(help: .init("The width and height of an image on the sheet, in pixels.", valueName: "n"))
  var size = 96

  @OptionGroup(title: "CSV Options") var csv: CSVOptions

  func validate() throws {
    if SheetFormat(path: output) == nil {
      throw ValidationError("\(output): its name ends with none of \(SheetFormat.endings)")
    }
    if seed != nil, !random { throw ValidationError("--seed goes with --random") }
    for (name, value, limit) in [("count", count, 10_000), ("columns", columns, 1_000), ("size", size, 2_048)]
    where !(1...limit).contains(value) {
      throw ValidationError("--\(name) is from 1 to \(limit), not \(value)")
    }
    // The sheet is made in memory.
    guard count * (size + 32) * (size + 32) <= 1 << 28 else {
      throw ValidationError("--count and --size make a sheet of more than \(1 << 28) pixels")
    }
  }

  func run() throws {
    guard let format = SheetFormat(path: output) else { return }
    let samples = try SheetSamples(path: file, side: size, array: arrays.imagesArray, csv: csv.settings())
    try requireOutput(output, replacesNoneOf: [file, labels] + (samples.folder?.paths ?? []))
    guard samples.count > 0 else { throw ToolError("\(file): has no images") }
    let indices = chosenIndices(of: samples.count)
    let numbers = try numbers(of: samples)
    let drawn = try pictures(at: indices, of: samples)
    if drawn.isEmpty { throw ToolError("\(file): none of \(indices.count) images can be read") }
    let sheet = ContactSheet(
      drawn.map(\.picture), labels: numbers.map { numbers in drawn.map { numbers[$0.index] } }, columnCount: columns,
      side: size)
    try sheet.write(to: output, as: format)
    let chosen = random ? "\(indices.count) random" : "the first \(indices.count)"
    let lost = indices.count - drawn.count
    try StandardStream.output.write(
      line: "\(output): \(sheet.width) x \(sheet.height) pixels, \(chosen) of \(samples.count) images"
        + (lost > 0 ? " without \(lost) that cannot be read" : ""))
    if let folder = samples.folder, labels == nil {
      for (number, name) in folder.classNames.enumerated() {
        try StandardStream.output.write(line: "\(number) \(name)")
      }
    }
  }

  /// The images, as small as they are on the sheet, since there may be many large ones; without those of a folder that
  /// cannot be read.
  private func pictures(
    at indices: [Int], of samples: SheetSamples
  ) throws -> [(index: Int, picture: SheetPicture)] {
    var pictures: [(index: Int, picture: SheetPicture)] = []
    var clippedCount = 0
    for index in indices {
      do {
        let picture = try samples.picture(index)
        if picture.isClipped { clippedCount += 1 }
        pictures.append((index, picture.fitted(to: size)))
      } catch let error as ImageError where error.isAboutContents {
        BatchUpCommand.report("\(error)")
      }
    }
    if clippedCount > 0 {
      BatchUpCommand.note(
        "\(file): \(clippedCount) of the images have numbers that are not from 0 to 1, which are drawn black or white")
    }
    return pictures
  }

  private func chosenIndices(of sampleCount: Int) -> [Int] {
    let count = min(count, sampleCount)
    guard random else { return Array(0..<count) }
    var generator = SeededGenerator(seed: seed ?? 0)
    // Most of all: those of a shuffled list; few of many: drawn until they are different.
    if sampleCount <= 2 * count { return Array((0..<sampleCount).shuffled(using: &generator).prefix(count)) }
    var chosen: [Int] = []
    var known: Set<Int> = []
    while chosen.count < count {
      let index = Int.random(in: 0..<sampleCount, using: &generator)
      if known.insert(index).inserted { chosen.append(index) }
    }
    return chosen
  }

  /// A number for each sample; nil where there are none.
  private func numbers(of samples: SheetSamples) throws -> [Int]? {
    if let labels {
      let numbers = try TrainingData.readLabels(labels, array: arrays.labelsArray, csv: csv.settings()).scalars
      guard numbers.count == samples.count else {
        throw ToolError("\(file) has \(samples.count) images, but \(labels) has \(numbers.count) labels")
      }
      return numbers.map { Int($0) }
    }
    guard let folder = samples.folder, !folder.classNames.isEmpty else { return nil }
    return folder.labels.scalars.map { Int($0) }
  }
}

extension ImageError {
  /// Whether what is in the file is to blame, and not the system that reads it.
  fileprivate var isAboutContents: Bool {
    switch self {
    case .file, .notEnoughMemory: false
    default: true
    }
  }
}
