import BatchUp
import BatchUpImages
import CBatchUpImages
import Testing

/// The resampling against its definition in whole numbers.
@Suite struct ResamplingTests {
  /// The numerators of the weights of source pixels for pixel `i`, which add up to the second number.
  private func weights(_ i: Int, of out: Int, length: Int) -> ([Int], total: Int) {
    var weights = [Int](repeating: 0, count: length)
    if out <= length {
      // The overlap of [i / out, (i + 1) / out) and [j / length, (j + 1) / length), times out * length.
      for j in 0..<length { weights[j] = max(0, min((i + 1) * length, (j + 1) * out) - max(i * length, j * out)) }
      return (weights, length)
    }
    // Hats of width 1 around the centres of the pixels, at (j + 1/2) / length, times 2 * out.
    let centre = min(max((2 * i + 1) * length, out), (2 * length - 1) * out)
    for j in 0..<length { weights[j] = max(0, 2 * out - abs(centre - (2 * j + 1) * out)) }
    return (weights, 2 * out)
  }

  private func reference(
    _ pixels: [UInt8], _ width: Int, _ height: Int, _ channels: Int, _ outWidth: Int, _ outHeight: Int
  ) -> [UInt8] {
    var result: [UInt8] = []
    for y in 0..<outHeight {
      let (rows, rowTotal) = weights(y, of: outHeight, length: height)
      for x in 0..<outWidth {
        let (columns, columnTotal) = weights(x, of: outWidth, length: width)
        for c in 0..<channels {
          var sum = 0
          for j in 0..<height where rows[j] > 0 {
            for i in 0..<width { sum += rows[j] * columns[i] * Int(pixels[(j * width + i) * channels + c]) }
          }
          result.append(UInt8((sum + rowTotal * columnTotal / 2) / (rowTotal * columnTotal)))
        }
      }
    }
    return result
  }

  private func resampled(
    _ pixels: [UInt8], _ width: Int, _ height: Int, _ channels: Int, _ outWidth: Int, _ outHeight: Int
  ) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: outWidth * outHeight * channels)
    #expect(
      cbi_resample(
        pixels, UInt32(width), UInt32(height), UInt32(channels), &out, UInt32(outWidth), UInt32(outHeight)))
    return out
  }

  @Test(arguments: [1, 3]) func allSmallSizes(channels: Int) {
    var generator = SeededGenerator(seed: 1)
    for width in 1...6 {
      for height in 1...6 {
        let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for outWidth in 1...7 {
          for outHeight in 1...7 {
            let expected = reference(pixels, width, height, channels, outWidth, outHeight)
            let found = resampled(pixels, width, height, channels, outWidth, outHeight)
            #expect(found == expected, "\(width) x \(height) to \(outWidth) x \(outHeight)")
          }
        }
      }
    }
  }

  /// Sums beyond 32 bits, long rows, and pictures whose pixels are all equal and stay so.
  @Test(arguments: [(5000, 3400, 3, 2), (70_000, 300, 5, 1), (3, 2, 1000, 700)])
  func wideSums(width: Int, height: Int, outWidth: Int, outHeight: Int) {
    for channels in [1, 3] {
      for value: UInt8 in [1, 254, 255] {
        let pixels = [UInt8](repeating: value, count: width * height * channels)
        #expect(resampled(pixels, width, height, channels, outWidth, outHeight).allSatisfy { $0 == value })
      }
    }
    // Columns that alternate: each pixel is a mean of as many of both, but for an odd one.
    let columns = (0..<width * 2).map { UInt8($0 % width % 2 * 255) }
    #expect(
      resampled(columns, width, 2, 1, outWidth, 2).prefix(50) == reference(columns, width, 2, 1, outWidth, 2).prefix(50)
    )
  }

  @Test func fitting() throws {
    let folder = try ImageFixture()
    // 6 x 2, columns 0, 10, … 50
    let path = try folder.write(encodedPNG((0..<12).map { $0 % 6 * 10 }, width: 6, height: 2, .gray), "a.png")
    func load(_ fitting: ImageFormat.Fitting, _ width: Int, _ height: Int) throws -> [UInt8] {
      try ImageFolder(paths: [path], width: width, height: height, channels: .gray, fitting: fitting)
        .batch(at: [0]).scalars
    }
    #expect(try load(.stretch, 2, 2) == [10, 40, 10, 40])
    #expect(try load(.cropCentre, 2, 2) == [20, 30, 20, 30])
    #expect(try load(.cropCentre, 1, 1) == [25])
    #expect(try load(.cropCentre, 3, 2) == [10, 20, 30, 10, 20, 30])
    #expect(try load(.letterbox, 6, 4) == [0, 0, 0, 0, 0, 0] + load(.stretch, 6, 2) + [0, 0, 0, 0, 0, 0])
    #expect(try load(.letterbox, 3, 3) == [0, 0, 0, 5, 25, 45, 0, 0, 0])
    let padded: [UInt8] = [0, 0, 10, 20, 30, 40, 50, 0]
    #expect(try load(.letterbox, 8, 2) == padded + padded)
  }
}
