import BatchUp
import BatchUpImages
import Foundation
import TestSupport
import Testing

@testable import BatchUpCLI

@Suite struct ViewCommandTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private var sheet: String { folder.url.appending(path: "sheet.png").path }

  /// The pixels of the sheet, three bytes each.
  private func pixels(width: Int, height: Int) throws -> [UInt8] {
    try ImageFolder(paths: [sheet], width: width, height: height, layout: .channelsLast).batch(at: [0]).scalars
  }

  /// Images of 2 x 2 pixels, all of them of the image's number.
  private func numbered(count: Int) throws -> String {
    let bytes = (0..<count).flatMap { [UInt8](repeating: UInt8($0), count: 4) }
    return try folder.write(IDXFixtures.file(shape: [count, 2, 2], bytes), to: "images.idx")
  }

  @Test func firstImages() async throws {
    let run = try await BatchUpProcess.run(
      ["view", numbered(count: 200), "--count", "5", "--columns", "3", "--size", "5", "--output", sheet])
    #expect(run.status == 0 && run.errors.isEmpty)
    // Three columns and two rows of 5 pixels, 6 pixels between them and around.
    #expect(run.output == "\(sheet): 39 x 28 pixels, the first 5 of 200 images\n")
    let pixels = try pixels(width: 39, height: 28)
    func level(_ x: Int, _ y: Int) -> Int { Int(pixels[(y * 39 + x) * 3]) }
    for i in 0..<5 {
      let (left, top) = (6 + i % 3 * 11, 6 + i / 3 * 11)
      // Twice as large, 4 x 4, at the start of the 5.
      for y in top..<top + 4 { for x in left..<left + 4 { #expect(level(x, y) == i) } }
      #expect(level(left + 4, top) == 48 && level(left, top + 4) == 48 && level(left - 1, top) == 48)
    }
    #expect(level(30, 20) == 48, "the sixth place is empty")
  }

  @Test func randomImagesAreThoseOfTheSeed() async throws {
    let images = try numbered(count: 200)
    func chosen(_ options: [String], count: Int = 20) async throws -> [UInt8] {
      let arguments = ["view", images, "--columns", "1", "--size", "2", "--count", "\(count)", "--output", sheet]
      let run = try await BatchUpProcess.run(arguments + ["--random"] + options)
      #expect(run.status == 0)
      let height = 6 + min(count, 200) * 8
      let pixels = try pixels(width: 14, height: height)
      return (0..<min(count, 200)).map { pixels[((6 + $0 * 8) * 14 + 6) * 3] }
    }
    let first = try await chosen([])
    #expect(Set(first).count == 20)
    #expect(try await chosen(["--seed", "0"]) == first)
    #expect(try await chosen(["--seed", "1"]) != first)
    #expect(try await chosen([], count: 199).count == 199)
    #expect(Set(try await chosen([], count: 500)).count == 200)
  }

  @Test func labelsAreDrawn() async throws {
    let images = try numbered(count: 3)
    let labels = try folder.write(IDXFixtures.labels([7, 10, 255] as [UInt8]), to: "labels.idx")
    let run = try await BatchUpProcess.run(
      ["view", images, "--labels", labels, "--size", "40", "--output", sheet])
    #expect(run.status == 0)
    let (width, height) = (3 * 46 + 6, 40 + 18 + 12)
    #expect(run.output.contains("\(width) x \(height) pixels"))
    let pixels = try pixels(width: width, height: height)
    let counts = (0..<3).map { cell in
      (46..<height).reduce(0) { sum, y in
        sum + (6 + cell * 46..<46 + cell * 46).count { pixels[(y * width + $0) * 3] == 240 }
      }
    }
    // Four pixels of the sheet for each of a digit.
    let expected = ["7", "10", "255"].map { number in
      4 * number.reduce(0) { $0 + (DigitFont.rows(of: $1) ?? []).reduce(0) { $0 + $1.nonzeroBitCount } }
    }
    #expect(counts == expected)
  }

  @Test func arraysOfAllKinds() async throws {
    /// Red, then green, then blue of one image of 2 x 2 pixels.
    let planes: [UInt8] = [255, 255, 0, 0, 0, 51, 102, 153, 7, 7, 7, 7]
    let interleaved = (0..<4).flatMap { i in (0..<3).map { planes[$0 * 4 + i] } }
    let path = folder.url.appending(path: "array.npy").path
    var errors = ""
    func shown(_ write: (String) throws -> Void) async throws -> [UInt8] {
      try write(path)
      let run = try await BatchUpProcess.run(["view", path, "--size", "2", "--output", sheet])
      #expect(run.status == 0, "\(run.errors)")
      errors = run.errors
      let pixels = try pixels(width: 14, height: 14)
      return [6, 7].flatMap { y in pixels[(y * 14 + 6) * 3..<(y * 14 + 8) * 3] }
    }
    #expect(try await shown { try NDArray(planes, shape: [1, 3, 2, 2]).write(npyFile: $0) } == interleaved)
    #expect(try await shown { try NDArray(interleaved, shape: [1, 2, 2, 3]).write(npyFile: $0) } == interleaved)
    let floats = planes.map { Float($0) / 255 }
    #expect(try await shown { try NDArray(floats, shape: [1, 3, 2, 2]).write(npyFile: $0) } == interleaved)
    #expect(errors.isEmpty)
    let odd: [Float] = [.nan, -3, 7, .infinity]
    let expected: [UInt8] = [0, 0, 255, 255]
    #expect(
      try await shown { try NDArray(odd, shape: [1, 2, 2]).write(npyFile: $0) } == expected.flatMap { [$0, $0, $0] })
    #expect(errors.contains("array.npy: 1 of the images have numbers that are not from 0 to 1"))
    #expect(
      try await shown { try NDArray(expected, shape: [1, 2, 2, 1]).write(npyFile: $0) }
        == expected.flatMap { [$0, $0, $0] })
  }

  @Test func foldersShowTheirClasses() async throws {
    _ = try await BatchUpProcess.run(["view", numbered(count: 4), "--size", "20", "--output", sheet])
    let image = try Data(contentsOf: URL(filePath: sheet))
    for name in ["cats", "dogs"] {
      let subfolder = folder.url.appending(path: "photos/\(name)")
      try FileManager.default.createDirectory(at: subfolder, withIntermediateDirectories: true)
      try image.write(to: subfolder.appending(path: "1.png"))
    }
    let run = try await BatchUpProcess.run(["view", folder.url.path + "/photos", "--size", "30", "--output", sheet])
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.hasSuffix("the first 2 of 2 images\n0 cats\n1 dogs\n"))
  }

  /// Broken images are one line each, and left out.
  @Test func brokenImages() async throws {
    _ = try await BatchUpProcess.run(["view", numbered(count: 4), "--size", "20", "--output", sheet])
    let photos = folder.url.appending(path: "photos")
    try FileManager.default.createDirectory(at: photos, withIntermediateDirectories: true)
    let image = try Data(contentsOf: URL(filePath: sheet))
    try Data(image.dropLast(40)).write(to: photos.appending(path: "1.png"))
    try Data("text".utf8).write(to: photos.appending(path: "2.jpg"))
    let none = try await BatchUpProcess.run(["view", photos.path, "--output", sheet])
    #expect(none.status == 1 && none.output.isEmpty && none.errorLines.count == 3)
    #expect(none.errors.contains("photos: none of 2 images can be read"))
    try image.write(to: photos.appending(path: "3.png"))
    let run = try await BatchUpProcess.run(["view", photos.path, "--size", "30", "--output", sheet])
    #expect(run.status == 0 && run.output.hasSuffix("the first 3 of 3 images without 2 that cannot be read\n"))
    #expect(run.errorLines.count == 2 && run.errors.contains("/1.png: ") && run.errors.contains("/2.jpg: "))
  }

  @Test(arguments: ["jpg", "JPEG"])
  func sheetsAsJPEG(ending: String) async throws {
    let path = folder.url.path + "/sheet.\(ending)"
    let run = try await BatchUpProcess.run(["view", numbered(count: 4), "--size", "20", "--output", path])
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(try Data(contentsOf: URL(filePath: path)).starts(with: [0xFF, 0xD8, 0xFF]))
    let found = try ImageFolder(paths: [path], width: 110, height: 32).batch(at: [0])
    #expect(abs(Int(found.scalars[0]) - 48) <= 2)
  }

  /// Of a file in another order, and labels of a column.
  @Test func otherFormats() async throws {
    let labels = try folder.write(Array("kind\nb\na\nb\na\n".utf8), to: "labels")
    let run = try await BatchUpProcess.run(
      ["view", caseFile("fortran.npy"), "--labels", labels, "--size", "20", "--output", sheet])
    #expect(run.status == 0 && run.output.contains("the first 4 of 4 images"), "\(run.errors)")
    #expect(run.errorLines.count == 1 && run.errors.contains("label codes: \"kind\""))
  }

  @Test func whatCannotBeShown() async throws {
    let images = try numbered(count: 3)
    let flat = try folder.write(IDXFixtures.file(shape: [4], [1, 2, 3, 4]), to: "flat.idx")
    let empty = try folder.write(IDXFixtures.file(shape: [0, 2, 2], []), to: "empty.idx")
    let few = try folder.write(IDXFixtures.labels([1, 2] as [UInt8]), to: "few.idx")
    let cases: [([String], [String])] = [
      ([flat], ["flat.idx", "[4]"]), ([empty], ["empty.idx", "no images"]),
      ([images, "--labels", few], ["few.idx", "3 images", "2 labels"]),
      ([images, "--labels", images], ["images.idx"]), ([folder.url.path + "/none"], ["none"]),
      ([folder.url.path], ["no images"]),
    ]
    for (arguments, naming) in cases {
      let run = try await BatchUpProcess.run(["view", "--output", sheet] + arguments)
      #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(arguments)")
      for text in naming { #expect(run.errors.contains(text), "\(run.errors)") }
      #expect(!FileManager.default.fileExists(atPath: sheet))
    }
    let unwritable = try await BatchUpProcess.run(["view", images, "--output", "/nonexistent/sheet.png"])
    #expect(unwritable.status == 1 && unwritable.errors.hasPrefix("batchup: /nonexistent/sheet.png: cannot be written"))
  }

  @Test(arguments: [
    (["--seed", "1"], "--seed goes with --random"), (["--count", "0"], "--count is from 1 to 10000, not 0"),
    (["--output", "a.gif"], "a.gif: its name ends with none of .png, .jpg, .jpeg"),
    (["--columns", "1001"], "--columns is from 1 to 1000, not 1001"),
    (["--size", "0"], "--size is from 1 to 2048, not 0"),
    (["--size", "2048", "--count", "10000"], "--count and --size make a sheet of more than 268435456 pixels"),
  ])
  func wrongOptions(options: [String], message: String) async throws {
    let run = try await BatchUpProcess.run(["view", "images", "--output", sheet] + options)
    #expect(run.status == 64)
    #expect(run.errorLines.first ?? "" == "batchup: \(message)")
  }
}
