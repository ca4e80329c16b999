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
      The images are those of an IDX file, plain or gzip-compressed, or of an .npy file: bytes, or Float numbers from 0 \
      to 1, gray or in red, green and blue, channels first or last; or the JPEG and PNG files below a folder, whose \
      subfolders are the classes. The sheet is a PNG file, which appears whole or not at all. Numbers below the images \
      are the labels, or the classes, whose names are printed.

      EXAMPLES:
        batchup view train-images.gz --labels train-labels.gz --output sheet.png
        batchup view images.npy --random --count 100 --columns 20 --output s.png
        batchup view photos --size 160 --output sheet.png
      """)

  @Argument(help: .init("An IDX or .npy file, or a folder.", valueName: "file"), completion: .file())
  var file: String

  @Option(help: .init("The PNG file to write.", valueName: "file"), completion: .file(extensions: ["png"]))
  var output: String

  @Option(help: .init("Labels for the images, from an IDX or .npy file.", valueName: "file"), completion: .file())
  var labels: String?

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

  func validate() throws {
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
    let samples = try SheetSamples(path: file, side: size)
    guard samples.count > 0 else { throw ToolError("\(file): has no images") }
    let indices = chosenIndices(of: samples.count)
    let numbers = try numbers(of: samples)
    var pictures: [SheetPicture] = []
    // As small as they are on the sheet: there may be many large ones.
    for index in indices { pictures.append(try samples.picture(index).fitted(to: size)) }
    let sheet = ContactSheet(
      pictures, labels: numbers.map { numbers in indices.map { numbers[$0] } }, columnCount: columns, side: size)
    try sheet.write(to: output)
    let chosen = random ? "\(indices.count) random" : "the first \(indices.count)"
    try StandardStream.output.write(
      line: "\(output): \(sheet.width) x \(sheet.height) pixels, \(chosen) of \(samples.count) images")
    if let folder = samples.folder, labels == nil {
      for (number, name) in folder.classNames.enumerated() {
        try StandardStream.output.write(line: "\(number) \(name)")
      }
    }
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
      let numbers = try Self.readLabels(labels)
      guard numbers.count == samples.count else {
        throw ToolError("\(file) has \(samples.count) images, but \(labels) has \(numbers.count) labels")
      }
      return numbers
    }
    guard let folder = samples.folder, !folder.classNames.isEmpty else { return nil }
    return folder.labels.scalars.map { Int($0) }
  }

  private static func readLabels(_ path: String) throws -> [Int] {
    guard path.hasSuffix(".npy") else { return try TrainingData.readLabels(path).scalars.map { Int($0) } }
    let file = try NPYFile(path: path)
    guard file.shape.count == 1 else {
      throw ToolError("\(path): has the shape \(file.shape), not that of a list of labels")
    }
    switch file.elementType {
    case .uint8: return try file.array(of: UInt8.self).scalars.map { Int($0) }
    case .int32: return try file.array(of: Int32.self).scalars.map { Int($0) }
    default: return try file.array(of: Int64.self).scalars.map { Int($0) }
    }
  }
}
