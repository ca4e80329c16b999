/// A point of a digit: x from left to right, y from top to bottom; the digit fills about 0.2...0.8 by 0...1.
typealias Point = SIMD2<Float>

/// One movement of the pen.
enum Stroke {
  /// Straight lines from point to point.
  case lines([Point])
  /// A smooth curve through all points.
  case curve([Point])
  /// A smooth curve through all points and back to the first.
  case loop([Point])

  /// The points that the curve goes through, each moved by `displacement`.
  func displaced(by displacement: () -> Point) -> Stroke {
    switch self {
    case .lines(let points): .lines(points.map { $0 + displacement() })
    case .curve(let points): .curve(points.map { $0 + displacement() })
    case .loop(let points): .loop(points.map { $0 + displacement() })
    }
  }

  /// The points of straight lines that follow the stroke.
  var flattened: [Point] {
    switch self {
    case .lines(let points): points
    case .curve(let points):
      points.indices.dropLast().flatMap { i in
        Self.arc(
          points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, points.count - 1)])
      } + points.suffix(1)
    case .loop(let points):
      points.indices.flatMap { i in
        let next = { points[(i + $0) % points.count] }
        return Self.arc(next(points.count - 1), points[i], next(1), next(2))
      } + points.prefix(1)
    }
  }

  /// Points from `start` to before `end` on a Catmull-Rom spline.
  private static func arc(_ before: Point, _ start: Point, _ end: Point, _ after: Point) -> [Point] {
    let steps = 4
    let tangent = (end - before) * 0.5
    let endTangent = (after - start) * 0.5
    return (0..<steps).map { step in
      let t = Float(step) / Float(steps)
      let fromStart = start * ((1 + 2 * t) * (1 - t) * (1 - t)) + tangent * (t * (1 - t) * (1 - t))
      let fromEnd = end * (t * t * (3 - 2 * t)) + endTangent * (t * t * (t - 1))
      return fromStart + fromEnd
    }
  }
}

/// The ways of writing each digit.
enum DigitStrokes {
  static let variants: [[[Stroke]]] = [zero, one, two, three, four, five, six, seven, eight, nine]

  private static let zero: [[Stroke]] = [
    [
      .loop([
        [0.5, 0], [0.76, 0.2], [0.8, 0.52], [0.72, 0.86], [0.48, 1], [0.26, 0.84], [0.2, 0.5], [0.27, 0.16],
      ])
    ],
    [.loop([[0.52, 0], [0.68, 0.22], [0.68, 0.7], [0.5, 1], [0.33, 0.76], [0.33, 0.26]])],
    [
      .curve([
        [0.58, 0.06], [0.34, 0.08], [0.2, 0.5], [0.34, 0.94], [0.66, 0.94], [0.8, 0.5], [0.66, 0.1], [0.46, 0],
      ])
    ],
  ]

  private static let one: [[Stroke]] = [
    [.lines([[0.5, 0], [0.5, 1]])],
    [.lines([[0.3, 0.24], [0.54, 0], [0.54, 1]])],
    [.lines([[0.32, 0.22], [0.52, 0], [0.52, 1]]), .lines([[0.3, 1], [0.74, 1]])],
  ]

  private static let two: [[Stroke]] = [
    [
      .curve([[0.22, 0.24], [0.34, 0.04], [0.6, 0.01], [0.76, 0.2], [0.68, 0.46], [0.44, 0.72], [0.2, 1]]),
      .lines([[0.2, 1], [0.82, 1]]),
    ],
    [
      .curve([
        [0.24, 0.16], [0.46, 0], [0.72, 0.12], [0.68, 0.44], [0.44, 0.8], [0.26, 0.98], [0.2, 0.86], [0.36, 0.82],
        [0.58, 0.96], [0.84, 0.92],
      ])
    ],
  ]

  private static let three: [[Stroke]] = [
    [
      .curve([[0.22, 0.12], [0.46, 0], [0.72, 0.1], [0.7, 0.34], [0.42, 0.46]]),
      .curve([[0.42, 0.46], [0.74, 0.56], [0.78, 0.82], [0.52, 1], [0.2, 0.9]]),
    ],
    [
      .lines([[0.22, 0], [0.76, 0], [0.46, 0.4]]),
      .curve([[0.46, 0.4], [0.74, 0.5], [0.78, 0.78], [0.54, 0.99], [0.2, 0.9]]),
    ],
  ]

  private static let four: [[Stroke]] = [
    [.lines([[0.34, 0.02], [0.2, 0.58], [0.84, 0.56]]), .lines([[0.66, 0.2], [0.62, 1]])],
    [.lines([[0.64, 1], [0.64, 0], [0.16, 0.66], [0.86, 0.66]])],
    [.curve([[0.28, 0.04], [0.26, 0.4], [0.46, 0.52], [0.72, 0.4]]), .lines([[0.76, 0], [0.68, 1]])],
  ]

  private static let five: [[Stroke]] = [
    [
      .lines([[0.76, 0], [0.32, 0], [0.28, 0.44]]),
      .curve([[0.28, 0.44], [0.52, 0.37], [0.76, 0.52], [0.76, 0.82], [0.5, 1], [0.2, 0.9]]),
    ],
    [
      .curve([[0.34, 0.02], [0.3, 0.4], [0.58, 0.44], [0.74, 0.66], [0.6, 0.94], [0.24, 0.96]]),
      .lines([[0.34, 0.04], [0.8, 0]]),
    ],
  ]

  private static let six: [[Stroke]] = [
    [
      .curve([
        [0.7, 0.02], [0.42, 0.2], [0.25, 0.56], [0.3, 0.9], [0.54, 1], [0.76, 0.86], [0.72, 0.6], [0.5, 0.52],
        [0.28, 0.7],
      ])
    ],
    [
      .curve([
        [0.5, 0], [0.3, 0.46], [0.26, 0.84], [0.46, 1], [0.68, 0.9], [0.68, 0.66], [0.48, 0.6], [0.28, 0.8],
      ])
    ],
  ]

  private static let seven: [[Stroke]] = [
    [.lines([[0.2, 0.02], [0.8, 0], [0.44, 1]])],
    [.lines([[0.2, 0], [0.78, 0.02], [0.42, 1]]), .lines([[0.38, 0.5], [0.76, 0.48]])],
    [.curve([[0.18, 0.14], [0.24, 0.02], [0.52, 0.06], [0.8, 0.02], [0.62, 0.36], [0.5, 0.66], [0.46, 1]])],
  ]

  private static let eight: [[Stroke]] = [
    [
      .loop([
        [0.72, 0.12], [0.5, 0], [0.29, 0.14], [0.36, 0.36], [0.66, 0.6], [0.74, 0.84], [0.5, 1], [0.26, 0.84],
        [0.34, 0.6], [0.66, 0.36],
      ])
    ],
    [
      .loop([[0.5, 0], [0.7, 0.1], [0.7, 0.34], [0.5, 0.46], [0.3, 0.34], [0.3, 0.1]]),
      .loop([[0.5, 0.46], [0.75, 0.6], [0.75, 0.88], [0.5, 1], [0.25, 0.88], [0.25, 0.6]]),
    ],
  ]

  private static let nine: [[Stroke]] = [
    [
      .loop([[0.72, 0.2], [0.54, 0], [0.3, 0.1], [0.27, 0.36], [0.46, 0.5], [0.68, 0.4]]),
      .curve([[0.72, 0.18], [0.7, 0.6], [0.64, 1]]),
    ],
    [
      .curve([
        [0.74, 0.16], [0.52, 0], [0.3, 0.12], [0.28, 0.36], [0.46, 0.48], [0.68, 0.38], [0.74, 0.16], [0.76, 0.5],
        [0.66, 0.86], [0.44, 1], [0.26, 0.9],
      ])
    ],
  ]
}
