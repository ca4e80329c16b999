import BatchUp

/// Images of handwriting-like digits, drawn by the program: data to train on where there is no file and no network.
///
/// Image i is a pure function of the seed and i, in integer and IEEE arithmetic without library functions, so that it
/// has the same bytes on every machine. Images 10 k ..< 10 k + 10 show each digit once, in random order.
struct SyntheticDigits {
  static let name = "synthetic digits"
  static let side = 28
  static let classCount = 10

  private let imageKey: UInt64
  private let orderKey: UInt64

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    imageKey = generator.next()
    orderKey = generator.next()
  }

  /// The first `count` images, of shape (count, 28, 28): ink is 255.
  func images(count: Int) -> NDArray<UInt8> {
    let pixelCount = Self.side * Self.side
    var canvas = InkCanvas(side: Self.side)
    return NDArray(unsafeUninitializedShape: [count, Self.side, Self.side]) { pixels in
      for image in 0..<count {
        draw(image, on: &canvas, into: pixels.extracting(image * pixelCount..<(image + 1) * pixelCount))
      }
    }
  }

  /// The digits that the first `count` images show.
  func labels(count: Int) -> NDArray<Int32> {
    let tens = (count + Self.classCount - 1) / Self.classCount
    return NDArray(Array((0..<tens).flatMap(digits(inTen:)).prefix(count)))
  }

  /// The digits of ten neighbouring images: each once.
  private func digits(inTen ten: Int) -> [Int32] {
    var generator = SeededGenerator(seed: orderKey &+ UInt64(ten))
    var digits = Array(Int32(0)..<Int32(Self.classCount))
    for last in digits.indices.reversed().dropLast() {
      digits.swapAt(last, generator.integer(below: last + 1))
    }
    return digits
  }

  private func draw(_ image: Int, on canvas: inout InkCanvas, into pixels: UnsafeMutableBufferPointer<UInt8>) {
    let digit = Int(digits(inTen: image / Self.classCount)[image % Self.classCount])
    var generator = SeededGenerator(seed: imageKey &+ UInt64(image))
    let variants = DigitStrokes.variants[digit]
    let strokes = variants[generator.integer(below: variants.count)]
    let hand = Handwriting(side: Float(Self.side), using: &generator)
    canvas.clear()
    for stroke in strokes {
      let written = stroke.displaced { hand.unsteadiness(using: &generator) }
      let points = written.flattened.map(hand.position(of:))
      for (start, end) in zip(points, points.dropFirst()) {
        canvas.drawLine(from: start, to: end, reach: hand.radius + 1)
      }
    }
    canvas.develop(radius: hand.radius, ink: hand.ink, noise: hand.noise, using: &generator, into: pixels)
  }
}

/// How one image is written: what is random about it besides the digit.
struct Handwriting {
  /// Half the width of the pen, in pixels.
  let radius: Float
  /// The brightness of the ink and the amplitude of the noise, where a pixel is 0...255.
  let ink: Float
  let noise: Float
  /// The columns of the map from a digit's coordinates to pixels, and where its middle goes.
  private let right: Point
  private let down: Point
  private let middle: Point
  private static let shake: Float = 0.06

  init(side: Float, using generator: inout SeededGenerator) {
    radius = generator.float(in: 0.8...1.8)
    ink = generator.float(in: 170...255)
    noise = generator.float(in: 10...70)
    let height = side * generator.float(in: 0.55...0.75)
    let width = height * generator.float(in: 0.75...1.15)
    let shear = generator.float(in: -0.35...0.35)
    // tan of half the angle: within 23 degrees
    let t = generator.float(in: -0.2...0.2)
    let cosine = (1 - t * t) / (1 + t * t)
    let sine = 2 * t / (1 + t * t)
    right = Point(cosine, sine) * width
    down = Point(shear * cosine - sine, shear * sine + cosine) * height
    let shift = Point(generator.float(in: -3...3), generator.float(in: -3...3))
    middle = Point(side / 2, side / 2) + shift
  }

  /// How far a point of a stroke misses its place.
  func unsteadiness(using generator: inout SeededGenerator) -> Point {
    Point(generator.float(in: -Self.shake...Self.shake), generator.float(in: -Self.shake...Self.shake))
  }

  func position(of point: Point) -> Point {
    middle + right * (point.x - 0.5) + down * (point.y - 0.5)
  }
}

extension SeededGenerator {
  /// A number in the range, from 24 bits.
  mutating func float(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Float(next() >> 40) * 0x1p-24)
  }

  /// A number below `bound`, which is so small that the bias (`bound` / 2^64) does not matter.
  mutating func integer(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
