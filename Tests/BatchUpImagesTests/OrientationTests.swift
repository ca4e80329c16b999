import BatchUp
import BatchUpImages
import CBatchUpImages
import Testing

@Suite struct OrientationTests {
  /// A picture of one channel.
  private struct Picture: Equatable {
    var rows: [[UInt8]]
    var width: Int { rows[0].count }
    var height: Int { rows.count }
    var mirrored: Picture { Picture(rows: rows.map { $0.reversed() }) }
    /// By 90 degrees, clockwise.
    var turned: Picture { Picture(rows: (0..<width).map { x in rows.reversed().map { $0[x] } }) }

    /// How a picture with that orientation is to be shown, in the words of Exif's specification.
    func shown(_ orientation: Int) -> Picture {
      switch orientation {
      case 2: mirrored
      case 3: turned.turned
      case 4: turned.turned.mirrored
      case 5: mirrored.turned.turned.turned
      case 6: turned
      case 7: mirrored.turned
      case 8: turned.turned.turned
      default: self
      }
    }

    var png: [UInt8] { encodedPNG(rows.flatMap { $0 }.map { Int($0) }, width: width, height: height, .gray) }
  }

  private let folder: ImageFixture
  init() throws { folder = try ImageFixture() }

  private func load(
    _ file: [UInt8], _ width: Int, _ height: Int, _ fitting: ImageFormat.Fitting = .stretch,
    layout: ImageFormat.Layout = .channelsFirst, channels: ImageFormat.Channels = .gray
  ) throws -> [UInt8] {
    let path = try folder.write(file, "file")
    return try ImageFolder(
      paths: [path], width: width, height: height, layout: layout, channels: channels, fitting: fitting
    ).batch(at: [0]).scalars
  }

  /// Exif data as ImageMagick keeps it in a text.
  @Test func profiles() throws {
    let stored = Picture(rows: [[0, 50, 100], [150, 200, 250]])
    let bytes = Array("Exif\0\0".utf8) + exif(orientation: 6)
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let lines = stride(from: 0, to: digits.count, by: 36).map { digits[$0...].prefix(36).joined() }
    func pixels(_ text: String) throws -> [UInt8] {
      try load(stored.png.insertingChunk("tEXt", Array("Raw profile type exif\0\(text)".utf8)), 2, 3)
    }
    let shown = try load(stored.shown(6).png, 2, 3)
    #expect(try pixels("\nexif\n      \(bytes.count)\n" + lines.joined(separator: "\n") + "\n") == shown)
    let upright = try load(stored.png, 2, 3)
    for text in ["", "\nexif", "\nexif\n 4\n45786", "\nexif\n 6\n457869660000", "\niptc\n 3\n45\n"] {
      #expect(try pixels(text) == upright, "\(text)")
    }
  }

  @Test(arguments: 1...8) func png(orientation: Int) throws {
    for (width, height) in [(4, 3), (5, 9), (8, 2), (1, 3)] {
      let stored = Picture(
        rows: (0..<height).map { y in (0..<width).map { x -> UInt8 in UInt8((x * 23 + y * 51) & 255) } })
      let marked = stored.png.insertingChunk("eXIf", exif(orientation: orientation, bigEndian: orientation % 2 == 0))
      let shown = stored.shown(orientation)
      for fitting in [ImageFormat.Fitting.stretch, .cropCentre, .letterbox] {
        for (toWidth, toHeight) in [(shown.width, shown.height), (3, 2), (2, 5), (6, 6), (1, 1)] {
          #expect(
            try load(marked, toWidth, toHeight, fitting) == load(shown.png, toWidth, toHeight, fitting),
            "\(width) x \(height) to \(toWidth) x \(toHeight), \(fitting)")
        }
      }
    }
  }

  @Test(arguments: 1...8) func jpeg(orientation: Int) throws {
    let (width, height) = (21, 10)
    let file = encodedJPEG(photograph(width: width, height: height), width: width, height: height)
    let upright = try load(file, width, height, channels: .rgb)
    let planes = (0..<3).map { c -> Picture in
      let rows = (c * height..<(c + 1) * height).map { row -> [UInt8] in Array(upright[row * width..<(row + 1) * width])
      }
      return Picture(rows: rows).shown(orientation)
    }
    let marked = file.insertingAPP1(exif(orientation: orientation))
    let (shownWidth, shownHeight) = (planes[0].width, planes[0].height)
    let first = try load(marked, shownWidth, shownHeight, channels: .rgb)
    #expect(first == planes.flatMap { $0.rows.flatMap { $0 } })
    let last = try load(marked, shownWidth, shownHeight, layout: .channelsLast, channels: .rgb)
    let count = width * height
    #expect(last == (0..<count).flatMap { i -> [UInt8] in [first[i], first[count + i], first[2 * count + i]] })
  }

  @Test func whatIsNoOrientationIsUpright() {
    #expect(cbi_exif_orientation(exif(orientation: 6), 38) == 6)
    for wrong in [0, 9, 255, 65535] { #expect(cbi_exif_orientation(exif(orientation: wrong), 38) == 1) }
    let whole = exif(orientation: 6)
    for count in 0..<whole.count {
      // An array of its own, so that the address sanitizer sees every byte too many.
      let part = Array(whole[..<count])
      // The entry ends at 34; behind it comes the offset of the next directory.
      #expect(cbi_exif_orientation(part, count) == (count < 34 ? 1 : 6))
    }
    for offset in [UInt32(0), 7, 33, 37, 38, 1 << 31, .max] {
      var damaged = whole
      damaged.replaceSubrange(4..<8, with: offset.bigEndianBytes)
      #expect((1...8).contains(cbi_exif_orientation(damaged, damaged.count)))
    }
  }
}
