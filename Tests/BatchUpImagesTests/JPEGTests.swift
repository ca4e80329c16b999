import BatchUp
import BatchUpImages
import CBatchUpImages
import Testing

@Suite struct JPEGTests {
  /// What a plain loop over libjpeg makes of a file at scale/8.
  private func plain(_ path: String, scale: UInt32, width: Int, height: Int) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    let capacity = pixels.count
    #expect(cbi_plain_jpeg(path, scale, &pixels, capacity) == height)
    return pixels
  }

  private func load(_ path: String, width: Int, height: Int, channels: ImageFormat.Channels = .rgb) throws -> [UInt8] {
    let loader = ImageFolder(paths: [path], width: width, height: height, layout: .channelsLast, channels: channels)
    return try loader.batch(at: [0]).scalars
  }

  /// At sizes that libjpeg itself scales to, the pixels are libjpeg's.
  @Test(arguments: [(16, 16), (37, 21), (64, 40), (161, 95)]) func scales(width: Int, height: Int) throws {
    let folder = try ImageFixture()
    let file = encodedJPEG(photograph(width: width, height: height), width: width, height: height)
    let path = try folder.write(file, "a.jpg")
    for scale in [8, 4, 2, 1] {
      let (scaledWidth, scaledHeight) = ((width * scale + 7) / 8, (height * scale + 7) / 8)
      // Not at less than the wanted size: libjpeg rounds upwards.
      guard scale == 8 || (width * scale % 8, height * scale % 8) == (0, 0) else { continue }
      let expected = plain(path, scale: UInt32(scale), width: scaledWidth, height: scaledHeight)
      #expect(try load(path, width: scaledWidth, height: scaledHeight) == expected)
    }
  }

  @Test func progressiveIsTheSame() throws {
    let folder = try ImageFixture()
    for channels in [1, 3, 4] {
      let pixels = photograph(width: 45, height: 33, channels: channels)
      let loaded = try [false, true].map { progressive in
        let file = encodedJPEG(pixels, width: 45, height: 33, channels: channels, progressive: progressive)
        return try load(folder.write(file, "a.jpg"), width: 45, height: 33)
      }
      #expect(loaded[0] == loaded[1])
    }
  }

  @Test func grayHasEqualChannels() throws {
    let folder = try ImageFixture()
    let file = encodedJPEG(photograph(width: 20, height: 10, channels: 1), width: 20, height: 10, channels: 1)
    let path = try folder.write(file, "a.jpg")
    let gray = try load(path, width: 20, height: 10, channels: .gray)
    #expect(try load(path, width: 20, height: 10) == gray.flatMap { [$0, $0, $0] })
    #expect(plain(path, scale: 8, width: 20, height: 10) == gray.flatMap { [$0, $0, $0] })
  }

  /// One colour, which JPEG keeps to a level or so in each of the inks.
  @Test(arguments: [false, true]) func inks(asYCCK: Bool) throws {
    let folder = try ImageFixture()
    let inks: [UInt8] = [200, 100, 50, 180]  // inverted: the light that passes
    let pixels = (0..<16 * 16).flatMap { _ in inks }
    let file = encodedJPEG(pixels, width: 16, height: 16, channels: 4, quality: 100, asYCCK: asYCCK)
    let loaded = try load(folder.write(file, "a.jpg"), width: 16, height: 16)
    for (i, byte) in loaded.enumerated() {
      // Two levels by the conversion of YCCK, one by that of the inks.
      let expected = (Int(inks[i % 3]) * 180 + 127) / 255
      #expect(abs(Int(byte) - expected) <= 3)
    }
  }

  /// A file of more than the few scans that programs make would cost a pass over the picture for each.
  @Test func tooManyScans() throws {
    let folder = try ImageFixture()
    let pixels = photograph(width: 16, height: 16, channels: 1)
    let file = encodedJPEG(pixels, width: 16, height: 16, channels: 1, progressive: true)
    // The last scan, which refines the coefficients by nothing new, again and again.
    let starts = file.indices.dropLast().filter { file[$0] == 0xFF && file[$0 + 1] == 0xDA }
    let last = try #require(starts.last)
    let scan = file[last..<file.count - 2]
    let many = file[..<last] + (0..<600).flatMap { _ in scan } + file.suffix(2)
    let path = try folder.write(Array(many), "a.jpg")
    let loader = ImageFolder(paths: [path], width: 16, height: 16, damage: .tolerated)
    #expect { try loader.batch(at: [0]) } throws: { error in
      guard case ImageError.unsupported(path, let reason) = error else { return false }
      return reason.contains("500 scans")
    }
  }
}
