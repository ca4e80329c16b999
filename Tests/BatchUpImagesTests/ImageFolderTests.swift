import BatchUp
import BatchUpImages
import BatchUpSystem
import Foundation
import TestSupport
import Testing

@Suite struct ImageFolderTests {
  private let folder: ImageFixture
  init() throws { folder = try ImageFixture() }

  private func picture(_ value: Int) -> [UInt8] {
    encodedPNG([Int](repeating: value, count: 6), width: 2, height: 3, .gray)
  }

  private func relative(_ paths: [String]) -> [String] {
    paths.map { String($0.dropFirst(folder.url.path(percentEncoded: false).count + 1)) }
  }

  @Test func orderLabelsAndNames() throws {
    let names = [
      "b/2.png", "b/10.png", "a-b/x.JPG", "a/deep/er/z.jpeg", "a/y.png", "B/q.PNG", "é/1.png", "loose.png",
      "b/notes.txt", "b/.hidden.png", ".hidden/1.png", "b/png", "b/x.png.txt",
    ]
    for name in names.shuffled() { try folder.write(picture(1), name) }
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "empty"), withIntermediateDirectories: true)
    let images = try ImageFolder(folder.path(""), width: 2, height: 3)
    #expect(images.classNames == ["B", "a", "a-b", "b", "empty", "é"])
    #expect(images.paths.map { $0.hasPrefix(folder.url.path(percentEncoded: false)) }.allSatisfy { $0 })
    #expect(
      relative(images.paths) == [
        "B/q.PNG", "a/deep/er/z.jpeg", "a/y.png", "a-b/x.JPG", "b/10.png", "b/2.png", "loose.png", "é/1.png",
      ])
    #expect(images.labels.scalars == [0, 1, 1, 2, 3, 3, -1, 5])
    #expect(images.sampleCount == 8)
    #expect("\(images)" == "ImageFolder(8 files, 6 classes)")
    // Content decides: the .JPG is a PNG file.
    #expect(try images.batch(at: BatchIndices(0..<8)).scalars == [UInt8](repeating: 1, count: 8 * 18))
  }

  @Test func shapes() throws {
    try folder.write(picture(9), "a/1.png")
    func shape(_ layout: ImageFormat.Layout, _ channels: ImageFormat.Channels) throws -> [Int] {
      try ImageFolder(folder.path(""), width: 5, height: 4, layout: layout, channels: channels)
        .batch(at: [0, 0]).shape
    }
    #expect(try shape(.channelsFirst, .rgb) == [2, 3, 4, 5])
    #expect(try shape(.channelsLast, .rgb) == [2, 4, 5, 3])
    #expect(try shape(.channelsFirst, .gray) == [2, 1, 4, 5])
    #expect(try shape(.channelsLast, .gray) == [2, 4, 5, 1])
    let images = try ImageFolder(folder.path(""), width: 5, height: 4)
    #expect(try images.batch(at: []).shape == [0, 3, 4, 5])
  }

  @Test func formatsInsteadOfTheirParts() throws {
    try folder.write(picture(9), "a/1.png")
    let format = ImageFormat(width: 2, height: 3, layout: .channelsLast, channels: .gray, fitting: .letterbox)
    let images = try ImageFolder(folder.path(""), format: format)
    #expect(images.format == format && images.classNames == ["a"] && images.labels.scalars == [0])
    #expect(try images.batch(at: [0]) == NDArray(repeating: 9, shape: [1, 3, 2, 1]))
    let files = ImageFolder(paths: images.paths, format: format)
    #expect(files.format == format && files.labels.scalars == [-1])
    #expect(try files.batch(at: [0]) == NDArray(repeating: 9, shape: [1, 3, 2, 1]))
  }

  @Test func linksAreFollowedButNotInCircles() throws {
    try folder.write(picture(1), "a/1.png")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.path("a/loop"), withDestinationPath: folder.path("a"))
    try files.createSymbolicLink(atPath: folder.path("a/root"), withDestinationPath: folder.path(""))
    try files.createSymbolicLink(atPath: folder.path("linked"), withDestinationPath: folder.path("a"))
    let images = try ImageFolder(folder.path(""), width: 2, height: 3)
    #expect(relative(images.paths) == ["a/1.png", "linked/1.png"])
    #expect(images.classNames == ["a", "linked"])
  }

  #if os(Linux)
    /// Names are bytes, and sorted by them: 0xE9 is before the UTF-8 of U+FFFD, and behind that of é.
    @Test func namesThatAreNotUTF8() throws {
      try folder.write(picture(1), "e\u{301}/1.png")
      try folder.write(picture(2), "\u{FFFD}/1.png")
      let names: [[UInt8]] = [[0xE9], Array("é".utf8)]
      for (value, name) in names.enumerated() {
        let file = try folder.write(picture(3 + value), "new.png")
        let path = folder.path("") + "/" + String(pathBytes: name)
        try #require(path.withSystemPath { mkdir($0, 0o700) } == 0)
        try #require((path + "/\(String(pathBytes: [0xFF])).png").withSystemPath { rename(file, $0) } == 0)
      }
      let images = try ImageFolder(folder.path(""), width: 2, height: 3)
      let expected = [Array("e\u{301}".utf8), Array("é".utf8), [0xE9], Array("\u{FFFD}".utf8)]
      #expect(images.classNames.map(\.pathBytes) == expected)
      let values = try (0..<4).map { try images.batch(at: BatchIndices([$0])).scalars[0] }
      #expect(values == [1, 4, 3, 2])
    }
  #endif

  /// It may be a folder of many images.
  @Test func whatCannotBeLookedAtIsAnError() throws {
    try folder.write(picture(1), "a/1.png")
    let loop = folder.path("a/loop")
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: "loop")
    #expect(throws: ImageError.cannotOpen(path: loop, reason: String(cString: strerror(ELOOP)))) {
      try ImageFolder(folder.path(""), width: 2, height: 3)
    }
  }

  @Test func foldersWithoutImages() throws {
    #expect(throws: ImageError.noImages(folder: folder.path("none"))) {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: "none/x.png"), withIntermediateDirectories: true)
      _ = try ImageFolder(folder.path("none"), width: 2, height: 3)
    }
    let missing = folder.path("missing")
    #expect { try ImageFolder(missing, width: 2, height: 3) } throws: { error in
      guard case ImageError.file(.cannotOpen(missing, _)) = error else { return false }
      return "\(error)".contains("No such file")
    }
    let file = try folder.write(picture(1), "file.png")
    #expect { try ImageFolder(file, width: 2, height: 3) } throws: { error in
      guard case ImageError.file(.cannotOpen(file, _)) = error else { return false }
      return true
    }
  }

  /// 60 JPEG and PNG files of many sizes.
  private func manyImages() throws -> ImageFolder {
    for i in 0..<60 {
      let (width, height) = (8 + i * 7 % 50, 8 + i * 11 % 40)
      let pixels = photograph(width: width, height: height, seed: i)
      let file =
        i % 3 == 0
        ? encodedPNG(pixels.map { Int($0) }, width: width, height: height)
        : encodedJPEG(pixels, width: width, height: height, progressive: i % 3 == 1)
      try folder.write(file, "\(i % 4)/\(i).img.\(i % 3 == 0 ? "png" : "jpg")")
    }
    return try ImageFolder(folder.path(""), width: 24, height: 20, fitting: .cropCentre)
  }

  @Test func sameBatchesForAnyNumberOfWorkers() throws {
    let images = try manyImages()
    let source = try ArraySource(loading: images, images.labels)
    var expected: [[UInt8]] = []
    var inline = source.batches(of: 7, shuffle: .seed(5)).makeIterator()
    while let (x, y) = try inline.nextBatch() { expected.append(x.scalars + y.scalars.map { UInt8($0) }) }
    #expect(expected.count == 9)
    for workerCount in [1, 2, 8] {
      let pool = WorkerPool(workerCount: workerCount)
      var found: [[UInt8]] = []
      var iterator = source.batches(of: 7, shuffle: .seed(5)).prefetched(by: pool).makeIterator()
      while let (x, y) = try iterator.nextBatch() { found.append(x.scalars + y.scalars.map { UInt8($0) }) }
      #expect(found == expected)
    }
  }

  @Test func droppedBatchesAreTheMemoryOfLaterOnes() throws {
    let images = try manyImages()
    let context = BatchContext()
    for _ in 0..<5 { _ = try images.batch(at: [1, 2, 3], in: context) }
    #expect(context.allocationCount == 1)
    let kept = try (0..<3).map { _ in try images.batch(at: [1, 2, 3], in: context) }
    #expect(context.allocationCount == 3)
    #expect(kept.allSatisfy { $0 == kept[0] })
  }

  @Test func aDamagedFileFailsAloneOnWorkers() throws {
    _ = try manyImages()
    let damaged = try folder.write([1, 2, 3], "2/2.img.jpg")
    let images = try ImageFolder(folder.path(""), width: 24, height: 20)
    let index = try #require(images.paths.firstIndex { $0.hasSuffix("/2/2.img.jpg") })
    let source = try ArraySource(loading: images, images.labels)
    let pool = WorkerPool(workerCount: 2)
    var iterator = source.batches(of: 8).prefetched(by: pool, onFailure: .skipSample).makeIterator()
    var count = 0
    while let (x, _) = try iterator.nextBatch() { count += x.sampleCount }
    #expect(count == 59)
    #expect(throws: ImageError.notAnImage(path: images.paths[index], firstBytes: [1, 2, 3])) {
      try images.batch(at: [0, index])
    }
    #expect("\(ImageError.notAnImage(path: damaged, firstBytes: [1, 2, 3]))".contains("first bytes are [1, 2, 3]"))
  }
}
