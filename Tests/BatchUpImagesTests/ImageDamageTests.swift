import BatchUp
import BatchUpImages
import Foundation
import Testing

/// Files that are cut off, damaged, hostile or no files: a typed error that names them, or an image, and no more.
@Suite struct ImageDamageTests {
  private let folder: ImageFixture
  init() throws { folder = try ImageFixture() }

  private static let width = 17, height = 9

  private static let files: [(name: String, bytes: [UInt8])] = {
    let pixels = photograph(width: width, height: height)
    let numbers = pixels.map { Int($0) }
    return [
      ("baseline", encodedJPEG(pixels, width: width, height: height).insertingAPP1(exif(orientation: 6))),
      ("progressive", encodedJPEG(pixels, width: width, height: height, progressive: true)),
      (
        "inks",
        encodedJPEG(photograph(width: width, height: height, channels: 4), width: width, height: height, channels: 4)
      ),
      ("plain", encodedPNG(numbers, width: width, height: height).insertingChunk("eXIf", exif(orientation: 3))),
      ("interlaced", encodedPNG(numbers, width: width, height: height, interlaced: true)),
      (
        "palette",
        encodedPNG(
          numbers.prefix(width * height).map { $0 & 15 }, width: width, height: height, .palette, depth: 4,
          palette: Array(pixels.prefix(48)))
      ),
    ]
  }()

  private func outcome(_ bytes: [UInt8], damage: ImageFormat.Damage = .refused) throws -> ImageError? {
    let path = try folder.write(bytes, "file")
    let loader = ImageFolder(paths: [path], width: 8, height: 8, damage: damage, pixelLimit: 1 << 20)
    do throws(ImageError) {
      #expect(try loader.batch(at: [0]).count == 192)
      return nil
    } catch {
      #expect("\(error)".hasPrefix(path) && !"\(error)".contains("\n"))
      return error
    }
  }

  @Test(arguments: files.indices) func everyTruncation(number: Int) throws {
    let (name, bytes) = Self.files[number]
    #expect(try outcome(bytes) == nil)
    for count in bytes.indices {
      let error = try outcome(Array(bytes[..<count]))
      #expect(error == .truncated(path: folder.path("file"), byteCount: count), "\(name), \(count) bytes")
      _ = try outcome(Array(bytes[..<count]), damage: .tolerated)
    }
  }

  @Test func toleratedTruncation() throws {
    let bytes = Self.files[0].bytes
    #expect(try outcome(Array(bytes.dropLast(20)), damage: .tolerated) == nil)
    #expect(try outcome(bytes + [1, 2, 3]) == nil, "what comes behind the image does not matter")
  }

  /// Bytes changed, removed and repeated at places of a fixed seed.
  @Test(arguments: files.indices) func mutations(number: Int) throws {
    let bytes = Self.files[number].bytes
    var generator = SeededGenerator(seed: UInt64(number))
    var errorCount = 0
    for _ in 0..<1500 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<mutated.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: mutated[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: mutated[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: mutated.remove(at: place)
        default: mutated.insert(contentsOf: mutated[place..<min(place + 9, mutated.count)], at: place)
        }
      }
      if try outcome(mutated) != nil { errorCount += 1 }
      _ = try outcome(mutated, damage: .tolerated)
    }
    // PNG has checksums; of a JPEG file, much may change unnoticed.
    #expect(errorCount > (number < 3 ? 300 : 1300))
  }

  /// Headers with other dimensions, their checksums right.
  @Test func hugeDimensions() throws {
    var png = Self.files[4].bytes
    png.replaceSubrange(16..<24, with: UInt32(0x7FFF_FFFF).bigEndianBytes + UInt32(0x7FFF_FFFF).bigEndianBytes)
    png.replaceSubrange(29..<33, with: crc32(Array(png[12..<29])).bigEndianBytes)
    let file = folder.path("file")
    let side = 0x7FFF_FFFF
    #expect(try outcome(png) == .tooManyPixels(path: file, width: side, height: side, limit: 1 << 20))
    for frame: UInt8 in [0xC0, 0xC2] {
      var jpeg = Self.files[frame == 0xC0 ? 0 : 1].bytes
      let start = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == frame })
      jpeg.replaceSubrange(start + 5..<start + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
      #expect(try outcome(jpeg) == .tooManyPixels(path: file, width: 0xFFDC, height: 0xFFDC, limit: 1 << 20))
      jpeg.replaceSubrange(start + 5..<start + 9, with: [0, 0, 0, 0])
      let error = try outcome(jpeg)
      guard case .damaged(file, let reason) = error else {
        Issue.record("\(error as Any)")
        continue
      }
      #expect(reason.contains("Empty"))
    }
    let exact = encodedPNG([Int](repeating: 0, count: 100), width: 10, height: 10, .gray)
    let path = try folder.write(exact, "exact")
    #expect(try ImageFolder(paths: [path], width: 1, height: 1, pixelLimit: 100).batch(at: [0]).count == 3)
    #expect(throws: ImageError.tooManyPixels(path: path, width: 10, height: 10, limit: 99)) {
      try ImageFolder(paths: [path], width: 1, height: 1, pixelLimit: 99).batch(at: [0])
    }
  }

  /// No memory is taken for what the length of a chunk claims.
  @Test func hugeChunks() throws {
    for name in ["eXIf", "iCCP", "tEXt", "zTXt", "PLTE"] {
      // Behind the header, which is 33 bytes long.
      var bytes = Self.files[3].bytes.insertingChunk(name, exif(orientation: 1))
      bytes.replaceSubrange(33..<37, with: UInt32(0x7FFF_FFF0).bigEndianBytes)
      #expect(try outcome(bytes) == .truncated(path: folder.path("file"), byteCount: bytes.count), "\(name)")
    }
  }

  @Test func whatIsNoImage() throws {
    let file = folder.path("file")
    #expect(try outcome([]) == .truncated(path: file, byteCount: 0))
    #expect(try outcome(Array("GIF89a...".utf8)) == .notAnImage(path: file, firstBytes: Array("GIF89a..".utf8)))
    #expect(try outcome([0xFF, 0xD8, 0x00]) == .notAnImage(path: file, firstBytes: [0xFF, 0xD8, 0x00]))
  }

  @Test func whatIsNoFile() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: folder.path("folder.png"), withIntermediateDirectories: true)
    try files.createSymbolicLink(atPath: folder.path("dangling.png"), withDestinationPath: folder.path("nothing"))
    #expect(mkfifo(folder.path("fifo.png"), 0o600) == 0)
    let cases = [("folder.png", "Is a directory"), ("dangling.png", "No such file"), ("fifo.png", "regular")]
    for (name, reason) in cases {
      let path = folder.path(name)
      let loader = ImageFolder(paths: [path], width: 1, height: 1)
      #expect { try loader.batch(at: [0]) } throws: { "\($0)".hasPrefix(path) && "\($0)".contains(reason) }
    }
    // A folder with such names is read; the files fail when they are asked for.
    #expect(
      try ImageFolder(folder.path(""), width: 1, height: 1).paths.map { $0.split(separator: "/").last } == [
        "dangling.png", "fifo.png",
      ])
  }

  /// A file may be larger than any image of the allowed size: it is not read.
  @Test func hugeFiles() throws {
    let path = try folder.write(Self.files[0].bytes, "huge.jpg")
    #expect(truncate(path, 1 << 40) == 0)
    #expect(throws: ImageError.fileTooLarge(path: path, byteCount: 1 << 40, limit: 1 << 26)) {
      try ImageFolder(paths: [path], width: 1, height: 1, pixelLimit: 1000).batch(at: [0])
    }
  }
}
