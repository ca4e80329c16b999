import BatchUp
import Testing

@testable import BatchUpCLI

@Suite struct SyntheticDigitsTests {
  /// Fowler, Noll and Vo's hash (FNV-1a).
  private func checksum(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  @Test func theImagesOfASeedNeverChange() {
    let digits = SyntheticDigits(seed: 1)
    #expect(checksum(digits.images(count: 100).scalars) == 7_898_073_253_784_752_758)
    #expect(checksum(digits.labels(count: 100).scalars.map(UInt8.init)) == 8_837_899_958_191_687_905)
    #expect(digits.labels(count: 10).scalars == [5, 4, 8, 6, 3, 1, 2, 9, 0, 7])
  }

  @Test func anImageDoesNotDependOnTheirNumber() {
    let digits = SyntheticDigits(seed: 2)
    let many = digits.images(count: 25)
    let labels = digits.labels(count: 25)
    for count in [0, 1, 9, 10, 11, 24] {
      #expect(digits.images(count: count) == many[rows: 0..<count])
      #expect(digits.labels(count: count) == labels[rows: 0..<count])
    }
  }

  @Test func eachTenShowsEachDigitOnceInRandomOrder() {
    let labels = SyntheticDigits(seed: 3).labels(count: 1_000).scalars
    let tens = (0..<100).map { Array(labels[$0 * 10..<$0 * 10 + 10]) }
    for ten in tens { #expect(ten.sorted() == Array(0..<10)) }
    #expect(Set(tens).count == 100)
    // Each digit is expected 10 times in each place, with a standard deviation of 3.
    for place in 0..<10 {
      for digit in 0..<10 { #expect((1...22).contains(tens.count { $0[place] == digit })) }
    }
  }

  @Test func seedsDiffer() {
    #expect(SyntheticDigits(seed: 1).images(count: 10) != SyntheticDigits(seed: 2).images(count: 10))
    #expect(SyntheticDigits(seed: 1).labels(count: 50) != SyntheticDigits(seed: 2).labels(count: 50))
  }

  @Test func imagesHaveInkAndPaper() {
    let images = SyntheticDigits(seed: 4).images(count: 200)
    #expect(images.shape == [200, 28, 28])
    for image in 0..<200 {
      let pixels = images[row: image].scalars
      #expect((15..<300).contains(pixels.count { $0 > 128 }), "ink of image \(image)")
      #expect(pixels.count { $0 < 80 } > 400, "paper of image \(image)")
    }
  }

  @Test func imagesOfADigitDiffer() {
    let digits = SyntheticDigits(seed: 4)
    let images = digits.images(count: 300)
    let zeros = digits.labels(count: 300).scalars.enumerated().filter { $0.element == 0 }.map(\.offset)
    #expect(Set(zeros.map { images[row: $0].scalars }).count == 30)
  }

  @Test func everyDigitCanBeWrittenInSeveralWays() {
    #expect(DigitStrokes.variants.count == 10)
    for variants in DigitStrokes.variants { #expect(variants.count >= 2) }
  }

  @Test func curvesGoThroughTheirPoints() {
    let points: [Point] = [[0, 0], [1, 2], [3, 1], [2, 0]]
    for point in points {
      #expect(Stroke.curve(points).flattened.contains(point))
      #expect(Stroke.loop(points).flattened.contains(point))
    }
    #expect(Stroke.loop(points).flattened.last == points[0])
    #expect(Stroke.lines(points).flattened == points)
  }

  @Test func aLineIsInkedUpToItsRadius() {
    var canvas = InkCanvas(side: 8)
    canvas.drawLine(from: [0, 4], to: [8, 4], reach: 3)
    var generator = SeededGenerator(seed: 0)
    var pixels = [UInt8](repeating: 0, count: 64)
    pixels.withUnsafeMutableBufferPointer {
      canvas.develop(radius: 1, ink: 200, noise: 0, using: &generator, into: $0)
    }
    // The middles of the rows are 3.5, 2.5, 1.5 and 0.5 pixels from the line.
    let column = (0..<8).map { pixels[$0 * 8 + 3] }
    #expect(column == [0, 0, 0, 200, 200, 0, 0, 0])
  }
}
