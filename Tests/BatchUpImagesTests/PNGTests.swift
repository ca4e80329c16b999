import BatchUp
import BatchUpImages
import TestSupport
import Testing

/// Every colour type, depth and interlacing of PNG, of sizes around those of Adam7's passes, decoded without a loss.
@Suite(.namingCases) struct PNGTests {
  private static let palette: [UInt8] = (0..<256).flatMap { (i: Int) -> [UInt8] in
    [UInt8(i), UInt8(255 - i), UInt8(i * 7 & 255)]
  }

  /// What a sample of some depth is in 8 bits, by definition.
  private func byte(_ sample: Int, depth: Int) -> UInt8 {
    let largest = (1 << depth) - 1
    return UInt8((sample * 255 * 2 + largest) / (2 * largest))
  }

  /// The picture in red, green and blue.
  private func expected(_ samples: [Int], _ color: PNGColor, depth: Int) -> [UInt8] {
    let count = color.channelCount
    return stride(from: 0, to: samples.count, by: count).flatMap { (start: Int) -> [UInt8] in
      let first = samples[start]
      switch color {
      case .palette: return Array(Self.palette[first * 3..<first * 3 + 3])
      case .gray, .grayAlpha: return [UInt8](repeating: byte(first, depth: depth), count: 3)
      case .rgb, .rgba: return samples[start..<start + 3].map { byte($0, depth: depth) }
      }
    }
  }

  @Test(arguments: PNGColor.allCases) func allDepths(color: PNGColor) throws {
    let folder = try ImageFixture()
    var generator = SeededGenerator(seed: 12345)
    try withEvery("depth", in: color.depths) { depth in
      try withEvery("interlaced", in: [false, true]) { interlaced in
        try withEvery("width, height", in: [(1, 1), (2, 5), (5, 2), (8, 8), (9, 17), (33, 3)]) { width, height in
          let samples = (0..<width * height * color.channelCount).map { _ in
            Int.random(in: 0..<1 << depth, using: &generator)
          }
          let palette = color == .palette ? Array(Self.palette.prefix(3 << depth)) : []
          let file = encodedPNG(
            samples, width: width, height: height, color, depth: depth, interlaced: interlaced, palette: palette)
          let path = try folder.write(file, "file")
          let rgb = expected(samples, color, depth: depth)
          let last = ImageFolder(paths: [path], width: width, height: height, layout: .channelsLast)
          let name: Comment = "\(color) \(depth) \(interlaced) \(width) x \(height)"
          #expect(try last.batch(at: [0]).scalars == rgb, name)
          let gray = ImageFolder(paths: [path], width: width, height: height, channels: .gray)
          let batch = try gray.batch(at: [0])
          #expect(batch.shape == [1, 1, height, width])
          #expect(batch.scalars == luma(rgb), name)
        }
      }
    }
  }

  /// Of equal channels it is the channel.
  private func luma(_ rgb: [UInt8]) -> [UInt8] {
    stride(from: 0, to: rgb.count, by: 3).map { (i: Int) -> UInt8 in
      let (red, green, blue) = (Int(rgb[i]), Int(rgb[i + 1]), Int(rgb[i + 2]))
      let sum = 19595 * red + 38470 * green + 7471 * blue
      return UInt8((sum + 32768) / 65536)
    }
  }

  @Test func transparentColoursAreDropped() throws {
    let folder = try ImageFixture()
    let file = encodedPNG([0, 100, 200, 255], width: 2, height: 2, .gray).insertingChunk("tRNS", [0, 100])
    let loader = ImageFolder(paths: [try folder.write(file, "a.png")], width: 2, height: 2, channels: .gray)
    #expect(try loader.batch(at: [0]).scalars == [0, 100, 200, 255])
  }
}
